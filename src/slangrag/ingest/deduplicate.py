"""What becomes of each record: new, changed, seen before, a duplicate, filtered or set aside.

One load is a sequence of records in their source's order, and the first record with an id owns it:
- the same id and text again, in one load, is a duplicate;
- the same id with another text, in one load, is another sense: kept under `id~` and the first eight
  hexadecimal digits of its text's hash, so that the same source always gives the same ids;
- an id from an earlier load is seen (same), revised (other votes, author or rating) or changed (other text).
Knows nothing of files, embedders or threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.ingest.plan import Batching
from slangrag.sources.entry import Entry
from slangrag.sources.filters import FilterPass, Filters
from slangrag.sources.source import Position, Reject
from slangrag.store.writer import Known, LexiconWriter, RejectedRow, rest_of

# A batch ends after this many records per text it may hold, so that reading shows even where nothing is new.
_RECORDS_PER_TEXT: Final = 16


@dataclass(frozen=True, slots=True)
class Item:
    """One record on its way in. after is where to go on; after.record counts it as done.

    entry or reject; both for an entry that the embedder has refused already, in a shard. vector is
    there for an entry that was embedded already, in a shard. text_hash and fold (of its headword) are
    given with every entry.
    """

    line: int
    entry: Entry | None
    reject: Reject | None
    after: Position
    text_hash: bytes = b""
    fold: str = ""
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class Awaiting:
    """An entry that waits for its vector; rid is the row to change, None for a new one."""

    item: Item
    entry: Entry
    rid: int | None = None


@dataclass(slots=True)
class Batch:
    """Consecutive records, decided on: what to embed, what to write, and where they end."""

    awaiting: list[Awaiting] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    revised: list[tuple[int, Entry]] = field(default_factory=list)
    rejects: list[RejectedRow] = field(default_factory=list)
    claimed: list[str] = field(default_factory=list)
    duplicates: int = 0
    filtered: int = 0
    records: int = 0
    characters: int = 0
    after: Position | None = None


def text_hash(entry: Entry) -> bytes:
    """Sixteen bytes that tell one text from another: BLAKE2b of word and definition."""
    return hashlib.blake2b(f"{entry.word}\0{entry.definition}".encode(), digest_size=16).digest()


def rejected_row(item: Item, reason: str, text: str, entry: Entry | None = None) -> RejectedRow:
    """The row that sets `item` aside; with `entry`, its id stays taken within this load."""
    return RejectedRow(
        record=item.after.record,
        line=item.line,
        reason=reason,
        text=text,
        entry_id=entry.entry_id if entry else None,
        text_hash=item.text_hash if entry else None,
        fold=item.fold if entry else None,
    )


class Deduplicator:
    """Decides on records in the source's order, by the lexicon and by what is still on its way to it."""

    def __init__(
        self,
        writer: LexiconWriter,
        source: int,
        filters: Filters,
        identity: EmbedderIdentity,
        batching: Batching,
    ) -> None:
        self._writer = writer
        self._source = source
        self._pass = FilterPass(
            filters,
            admitted=writer.count_of_load(source),
            earlier=lambda folded: writer.count_of(folded, source),
        )
        self._identity = identity
        self._batching = batching
        self._on_the_way: dict[str, bytes] = {}
        self._refused = writer.any_refused(source)
        self._batch = Batch()

    def batches(self, chunks: Iterable[Sequence[Item]]) -> Iterator[Batch]:
        """Batches within the bounds. Each must be handed to `written` once it is in the lexicon."""
        for chunk in chunks:
            # Decided on whole before any of it goes out: what is looked up must not change half-way.
            yield from self._take(chunk)
            if self._pass.full:
                break
        if self._batch.records:
            yield self._batch
            self._batch = Batch()

    def written(self, batch: Batch, *, refused: bool) -> None:
        """The batch is in the lexicon: look its ids up there from now on. refused: not all of it was."""
        self._refused = self._refused or refused
        for entry_id in batch.claimed:
            del self._on_the_way[entry_id]

    def _take(self, chunk: Sequence[Item]) -> list[Batch]:
        """Decide on these items; the batches that became full."""
        full: list[Batch] = []
        ids = [item.entry.entry_id for item in chunk if item.entry]
        known = self._writer.known(ids)
        refused = self._writer.refused(ids, self._source) if self._refused else {}
        for item in chunk:
            if self._pass.full:
                break
            if self._is_full():
                full.append(self._batch)
                self._batch = Batch()
            self._batch.records += 1
            self._batch.after = item.after
            if item.entry is None:
                assert item.reject is not None
                self._batch.rejects.append(rejected_row(item, item.reject.reason, item.reject.text))
            else:
                self._resolve(item, item.entry, known, refused)
        return full

    def _is_full(self) -> bool:
        batch, limits = self._batch, self._batching
        return (
            len(batch.texts) >= limits.items
            or batch.characters >= limits.characters
            or batch.records >= _RECORDS_PER_TEXT * limits.items
        )

    def _resolve(self, item: Item, entry: Entry, known: dict[str, Known], refused: dict[str, bytes]) -> None:
        digest = item.text_hash
        owner = self._owner(entry.entry_id, known, refused)
        if owner is not None and owner != digest:
            entry = replace(entry, entry_id=f"{entry.entry_id}~{digest.hex()[:8]}")
            known = self._writer.known([entry.entry_id])
            refused = self._writer.refused([entry.entry_id], self._source)
            owner = self._owner(entry.entry_id, known, refused)
        batch = self._batch
        if owner is not None:
            batch.duplicates += 1
            return
        if self._pass.reason(entry) is not None:
            batch.filtered += 1
            return
        self._on_the_way[entry.entry_id] = digest
        batch.claimed.append(entry.entry_id)
        there = known.get(entry.entry_id)
        if there and there.text_hash == digest:
            if there.rest == rest_of(entry):
                batch.seen.append(there.rid)
            else:
                batch.revised.append((there.rid, entry))
        elif item.reject:
            batch.rejects.append(rejected_row(item, item.reject.reason, item.reject.text, entry))
        else:
            batch.awaiting.append(Awaiting(item, entry, there.rid if there else None))
            if item.vector is None:
                text = self._identity.render_document(entry.word, entry.definition)
                batch.texts.append(text)
                batch.characters += len(text)

    def _owner(self, entry_id: str, known: dict[str, Known], refused: dict[str, bytes]) -> bytes | None:
        """Hash of the text that has this id in this load already."""
        if entry_id in self._on_the_way:
            return self._on_the_way[entry_id]
        there = known.get(entry_id)
        if there and there.source == self._source:
            return there.text_hash
        return refused.get(entry_id)
