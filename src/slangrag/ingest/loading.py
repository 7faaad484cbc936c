"""Into the lexicon: settled batches written with their vectors, and the ledger with them.

Knows nothing of where the records come from: a file, or the shards of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.ingest.deduplicate import Batch, Item, Settler, rejected_row
from slangrag.ingest.embedding import REFUSED
from slangrag.ingest.pipeline import Answers, Embed, run_through
from slangrag.ingest.plan import Batching, Pace
from slangrag.ingest.stop import StopFlag
from slangrag.sources.filters import Filters
from slangrag.store.counts import Counts
from slangrag.store.early_index import EarlyIndexBuilder
from slangrag.store.ledger import Ledger
from slangrag.store.writer import LexiconWriter, NewEntry


class LexiconSink:
    """One load: its batches, and how each is written. The ledger moves with every batch."""

    def __init__(
        self,
        writer: LexiconWriter,
        ledger: Ledger,
        settler: Settler,
        chunks: Iterable[Sequence[Item]],
        told: Callable[[Ledger], None],
        early_index: EarlyIndexBuilder,
    ) -> None:
        self._early_index = early_index
        self._writer = writer
        self._ledger = ledger
        self._settler = settler
        self._chunks = chunks
        self._told = told

    def batches(self) -> Iterator[Batch]:
        """The records, settled, in batches."""
        return self._settler.batches(self._chunks)

    def write(self, batch: Batch, answers: Answers) -> None:
        """Entries, vectors, rejects and the ledger's counts."""
        made = iter(answers)
        new: list[NewEntry] = []
        changed: list[tuple[int, NewEntry]] = []
        rejects = list(batch.rejects)
        for awaiting in batch.awaiting:
            item, entry = awaiting.item, awaiting.entry
            vector = item.vector if item.vector is not None else next(made)
            if isinstance(vector, str):
                rejects.append(rejected_row(item, REFUSED, f"{entry.word}: {vector}", entry))
                continue
            row = NewEntry(entry, item.fold, item.text_hash, vector)
            if awaiting.rid is None:
                new.append(row)
            else:
                changed.append((awaiting.rid, row))
        writer, ledger = self._writer, self._ledger
        writer.add(new, ledger.id)
        writer.change(changed, ledger.id)
        writer.see(batch.seen, ledger.id)
        writer.revise(batch.revised, ledger.id)
        writer.reject(rejects, ledger.id)
        self._settler.written(batch, refused=any(row.entry_id for row in rejects))
        assert batch.after is not None
        ledger.record, ledger.line, ledger.byte = batch.after.record, batch.after.line, batch.after.offset
        ledger.counts += Counts(
            accepted=len(new) + len(changed) + len(batch.seen) + len(batch.revised),
            rejected=len(rejects),
            duplicates=batch.duplicates,
            filtered=batch.filtered,
            embedded=len(new) + len(changed),
            rewritten=len(changed) + len(batch.revised),
        )

    def commit(self) -> None:
        """Rows and ledger together, and how far the early index is."""
        self._early_index.look()
        self._early_index.keep_place()
        self._writer.save_load(self._ledger)
        self._writer.commit()

    def tell(self) -> None:
        """Hand the ledger to whoever shows progress."""
        self._told(self._ledger)


def load(
    writer: LexiconWriter,
    ledger: Ledger,
    chunks: Iterable[Sequence[Item]],
    identity: EmbedderIdentity,
    embed: Embed,
    filters: Filters,
    batching: Batching,
    pace: Pace,
    stop: StopFlag,
    told: Callable[[Ledger], None],
    early_index: EarlyIndexBuilder,
) -> None:
    """Take records from the ledger's place on into the lexicon; a stop is raised as `StopFlag.leave` says.

    Every record read is accounted for once when this ends, however it ends.
    """
    settler = Settler(writer, ledger.id, filters, identity, batching)
    sink = LexiconSink(writer, ledger, settler, chunks, told, early_index)
    ended = run_through(sink, embed, batching, pace, stop)
    if not ledger.balanced:
        raise AssertionError(f"records are not accounted for: {ledger}")
    if not ended:
        raise stop.leave(f"{ledger.record:,} records are done and kept in {writer.path.parent}")
