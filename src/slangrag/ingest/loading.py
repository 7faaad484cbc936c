"""Into the lexicon: deduplicated batches written with their vectors, and the ledger with them.

Knows nothing of where the records come from: a source, or the shards of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.ingest.deduplicate import Batch, Deduplicator, Item, rejected_row
from slangrag.ingest.embedding import REFUSED
from slangrag.ingest.pipeline import Answers, Embed, run_through
from slangrag.ingest.plan import IngestPlan, Report, batching_for
from slangrag.ingest.progress import Meter
from slangrag.ingest.stop import StopFlag
from slangrag.sources.source import Position
from slangrag.store.codes.keeping import update_codes
from slangrag.store.counts import Counts
from slangrag.store.early_index import EarlyIndexBuilder
from slangrag.store.ledger import Ledger
from slangrag.store.rows import NewEntry
from slangrag.store.writer import LexiconWriter


class Feed(Protocol):
    """Records on their way in: a source's reader, or shards side by side."""

    notes: tuple[str, ...]

    def chunks(self) -> Iterator[Sequence[Item]]:
        """The records in their order. `notes` is complete once they have ended."""
        ...


@dataclass(frozen=True, slots=True)
class Load:
    """What a load works with: what is asked, who embeds, where it goes, who is told and who may stop it.

    lock is the descriptor of the store's lock. expected says how many records there are in all, judged at
    a position; None where nobody knows.
    """

    plan: IngestPlan
    identity: EmbedderIdentity
    embed: Embed
    writer: LexiconWriter
    lock: int
    expected: Callable[[Position], int | None]
    progress: Report
    stop: StopFlag

    def take(self, feed: Feed, ledger: Ledger, early_index: EarlyIndexBuilder) -> tuple[str, ...]:
        """Take a feed into the lexicon; notes on it. A stop is raised as `StopFlag.leave` says.

        Every record read is accounted for once when this ends, however it ends. Raises StoreMismatch, with
        nothing written, for a file that begins like one of another source.
        """
        plan = self.plan
        batching = plan.batching or batching_for(self.identity)
        deduplicator = Deduplicator(self.writer, ledger, plan, self.identity, batching)
        chunks = feed.chunks()
        notes: tuple[str, ...] = ()
        if ledger.position is None:
            first = next(chunks, [])
            notes = deduplicator.require_belonging(first)
            chunks = chain([first], chunks)
        sink = _LexiconSink(self, ledger, early_index, deduplicator, chunks)
        ended = run_through(sink, self.embed, batching, plan.pace, self.stop)
        if not ledger.balanced:
            raise AssertionError(f"records are not accounted for: {ledger}")
        if not ended:
            raise self.stop.leave(f"{ledger.record:,} records are done and kept in {plan.store}")
        return (*feed.notes, *notes)


class _LexiconSink:
    """The batches of one load, and how each is written. The ledger moves with every batch."""

    def __init__(
        self,
        load: Load,
        ledger: Ledger,
        early_index: EarlyIndexBuilder,
        deduplicator: Deduplicator,
        chunks: Iterable[Sequence[Item]],
    ) -> None:
        self._load = load
        self._ledger = ledger
        self._early_index = early_index
        self._deduplicator = deduplicator
        self._chunks = chunks
        self._meter = Meter("read/embed", load.progress)

    def batches(self) -> Iterator[Batch]:
        """The records in batches, each decided on."""
        return self._deduplicator.batches(self._chunks)

    def write(self, batch: Batch, answers: Answers) -> None:
        """Entries, vectors, rejects and the ledger's counts."""
        made = iter(answers)
        new: list[NewEntry] = []
        changed: list[tuple[int, NewEntry]] = []
        handed_over = 0
        rejects = list(batch.rejects)
        writer, ledger = self._load.writer, self._ledger
        for awaiting in batch.awaiting:
            item, entry = awaiting.item, awaiting.entry
            vector = item.vector if item.vector is not None else next(made)
            if isinstance(vector, str):
                rejects.append(rejected_row(item, REFUSED, f"{entry.word}: {vector}", entry))
                continue
            row = NewEntry(entry, item.fold, item.text_hash, vector)
            if awaiting.rid is None:
                new.append(row)
            elif writer.copies.hand_over(awaiting.rid):
                handed_over += 1
                new.append(row)
            else:
                changed.append((awaiting.rid, row))
        writer.let_go(batch.let_go)
        writer.copies.keep(batch.copies, ledger.id)
        writer.add(new, ledger.id)
        writer.change(changed, ledger.id)
        writer.see(batch.seen, ledger.id)
        writer.revise(batch.revised, ledger.id)
        writer.reject(rejects, ledger.id)
        self._deduplicator.written(batch, refused=any(row.entry_id for row in rejects))
        assert batch.after is not None
        ledger.move(batch.after)
        ledger.counts += Counts(
            accepted=len(new) + len(changed) + len(batch.seen) + len(batch.revised) + len(batch.copies),
            rejected=len(rejects),
            duplicates=batch.duplicates,
            filtered=batch.filtered,
            embedded=len(new) + len(changed),
            rewritten=len(changed) + len(batch.revised) + handed_over + len(batch.let_go),
            shared=len(batch.copies),
        )

    def commit(self) -> None:
        """Rows and ledger together, and how far the early index is; then codes for the rows, if many wait."""
        writer = self._load.writer
        position = self._ledger.position
        expected = self._load.expected(position) if position else None
        self._early_index.look(expected or writer.last_row())
        self._early_index.keep_place()
        writer.save_load(self._ledger)
        writer.commit()
        update_codes(writer, self._load.plan.store)

    def tell(self) -> None:
        """Report progress in records of the whole source."""
        position = self._ledger.position
        self._meter.tell(self._ledger.record, self._load.expected(position) if position else None)
