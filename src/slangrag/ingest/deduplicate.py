"""What becomes of each record: new, changed, seen before, a duplicate, filtered or set aside.

One load is a sequence of records in their source's order, and the first record with an id owns it:
- the same id and text again, in one load, is a duplicate;
- the same id with another text, in one load, is another sense: kept under `id~` and the first eight
  hexadecimal digits of its text's hash, so that the same source always gives the same ids;
- an id from an earlier load is seen (same), revised (other votes, author or rating) or changed (other text);
- a headword and definition that another source has is kept as a copy of that entry, and not embedded.
Ids are each source's own: those of the source that the store began with are kept as they are, every other
source's name stands before its own. Knows nothing of files, embedders or threads.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.ingest.belonging import MANY, Belonging
from slangrag.ingest.plan import Batching, IngestPlan
from slangrag.sources.entry import Entry
from slangrag.sources.filters import FilterPass
from slangrag.sources.source import Position, Reject
from slangrag.store.copies import Copy
from slangrag.store.ledger import Ledger
from slangrag.store.rows import RejectedRow, rest_of
from slangrag.store.sources import Known
from slangrag.store.writer import LexiconWriter

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
    """Consecutive records, decided on: what to embed, what to write, and where they end.

    let_go: rows whose text is another source's by now, so that they became copies.
    """

    awaiting: list[Awaiting] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    revised: list[tuple[int, Entry]] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    let_go: list[int] = field(default_factory=list)
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


@dataclass(frozen=True, slots=True)
class _LookUp:
    """What the lexicon has of some ids; copies and refused: text hashes of what this load had before."""

    known: dict[str, Known]
    copies: dict[str, bytes]
    refused: dict[str, bytes]


class Deduplicator:
    """Decides on records in the source's order, by the lexicon and by what is still on its way to it."""

    def __init__(
        self,
        writer: LexiconWriter,
        load: Ledger,
        plan: IngestPlan,
        identity: EmbedderIdentity,
        batching: Batching,
    ) -> None:
        self._writer = writer
        self._load = load.id
        self._own = Belonging(writer, load.source, plan)
        self._has_others = writer.has_other_sources(load.source)
        self._pass = FilterPass(
            plan.filters,
            admitted=writer.count_of_load(load.id),
            earlier=lambda folded: writer.count_of(folded, load.id),
        )
        self._identity = identity
        self._batching = batching
        self._on_the_way: dict[str, bytes] = {}
        self._refused = writer.any_refused(load.id)
        self._batch = Batch()

    def require_belonging(self, chunk: Sequence[Item]) -> tuple[str, ...]:
        """Raise StoreMismatch if the first records show that they are of another source; notes if not."""
        return self._own.require_sample(item.entry for item in chunk if item.entry)

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
        entries = [item.entry and self._own.named(item.entry) for item in chunk]
        there = [entry for entry in entries if entry]
        look = self._look_up([entry.entry_id for entry in there])
        self._own.require(there, look.known, load=self._load, least=MANY)
        for item, entry in zip(chunk, entries, strict=True):
            if self._pass.full:
                break
            if self._is_full():
                full.append(self._batch)
                self._batch = Batch()
            self._batch.records += 1
            self._batch.after = item.after
            if entry is None:
                assert item.reject is not None
                self._batch.rejects.append(rejected_row(item, item.reject.reason, item.reject.text))
            else:
                self._resolve(item, entry, look)
        return full

    def _look_up(self, ids: Sequence[str]) -> _LookUp:
        return _LookUp(
            self._writer.known(ids),
            self._writer.copies.of_load(ids, self._load) if self._has_others else {},
            self._writer.refused(ids, self._load) if self._refused else {},
        )

    def _is_full(self) -> bool:
        batch, limits = self._batch, self._batching
        return (
            len(batch.texts) >= limits.items
            or batch.characters >= limits.characters
            or batch.records >= _RECORDS_PER_TEXT * limits.items
        )

    def _resolve(self, item: Item, entry: Entry, look: _LookUp) -> None:
        digest = item.text_hash
        owner = self._owner(entry.entry_id, look)
        if owner is not None and owner != digest:
            entry = replace(entry, entry_id=f"{entry.entry_id}~{digest.hex()[:8]}")
            look = self._look_up([entry.entry_id])
            owner = self._owner(entry.entry_id, look)
        batch = self._batch
        if owner is not None:
            batch.duplicates += 1
            return
        if self._pass.reason(entry) is not None:
            batch.filtered += 1
            return
        self._on_the_way[entry.entry_id] = digest
        batch.claimed.append(entry.entry_id)
        there = look.known.get(entry.entry_id)
        if there and there.text_hash == digest:
            if there.rest == rest_of(entry):
                batch.seen.append(there.rid)
            else:
                batch.revised.append((there.rid, entry))
        elif (rid := self._row_elsewhere(item, entry)) is not None:
            batch.copies.append(Copy(entry, digest, rid))
            if there:
                batch.let_go.append(there.rid)
        elif item.reject:
            batch.rejects.append(rejected_row(item, item.reject.reason, item.reject.text, entry))
        else:
            batch.awaiting.append(Awaiting(item, entry, there.rid if there else None))
            if item.vector is None:
                text = self._identity.render_document(entry.word, entry.definition)
                batch.texts.append(text)
                batch.characters += len(text)

    def _row_elsewhere(self, item: Item, entry: Entry) -> int | None:
        """The row of another source that says the same."""
        if not self._has_others:
            return None
        return self._writer.copies.row_elsewhere(item.fold, entry.definition, self._own.source)

    def _owner(self, entry_id: str, look: _LookUp) -> bytes | None:
        """Hash of the text that has this id in this load already, or that another source has under it."""
        if entry_id in self._on_the_way:
            return self._on_the_way[entry_id]
        there = look.known.get(entry_id)
        if there and (there.load == self._load or there.source != self._own.source):
            return there.text_hash
        return look.copies.get(entry_id) or look.refused.get(entry_id)
