"""The pipeline: records are read ahead, embedded in order of arrival, written in order of the file.

Another process reads, `in_flight` threads call the embedder, and the calling thread alone touches the
lexicon. Batches are written in file order and committed with the ledger, so the ledger is one
watermark: everything before it is in the store, nothing after it is.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Final

from slangrag.errors import InputError
from slangrag.ingest.embedding import REFUSED, PatientEmbedder, Stopped
from slangrag.ingest.plan import Batching, Pace
from slangrag.ingest.settle import Batch, Item, Settler, rejected_row
from slangrag.ingest.stop import StopFlag
from slangrag.store import ledger as ledgers
from slangrag.store.ledger import Ledger
from slangrag.store.writer import LexiconWriter, NewEntry, RejectedRow

Answers = list[bytes | str]
Waiting = deque[tuple[Batch, Future[Answers]]]
_TOLD_EVERY: Final = 0.2


class Load:
    """One load under way: takes settled batches through the embedder into the lexicon."""

    def __init__(
        self,
        writer: LexiconWriter,
        ledger: Ledger,
        settler: Settler,
        embedder: PatientEmbedder,
        batching: Batching,
        pace: Pace,
        stop: StopFlag,
        told: Callable[[Ledger], None],
    ) -> None:
        self._writer = writer
        self._ledger = ledger
        self._settler = settler
        self._embedder = embedder
        self._batching = batching
        self._pace = pace
        self._stop = stop
        self._told = told
        self._ended = False
        self._failure: InputError | None = None
        self._whole = True  # False from the first statement of a batch to its last
        self._next_told = 0.0
        self._next_commit = time.monotonic() + pace.least

    def run(self, chunks: Iterable[Sequence[Item]]) -> bool:
        """Load these items; True when they came to their end, False when a stop came first.

        Whatever is raised, the batches before it in the file are committed.
        """
        waiting: Waiting = deque()
        workers = ThreadPoolExecutor(self._batching.in_flight, thread_name_prefix="slangrag-embed")
        batches = self._settler.batches(chunks)
        try:
            while self._fill(waiting, batches, workers) and not self._stop.requested:
                self._write(*waiting[0])
                waiting.popleft()
            if self._stop.requested:
                self._finish_in_hand(waiting)
        except Stopped:
            return False
        finally:
            workers.shutdown(wait=True, cancel_futures=True)
            if self._whole:
                self._commit()
        if self._failure:
            raise self._failure
        return not self._stop.requested or (self._ended and not waiting)

    def _fill(self, waiting: Waiting, batches: Iterator[Batch], workers: ThreadPoolExecutor) -> bool:
        """Keep the embedder's queue full; False when nothing is waiting and nothing is left to come."""
        while not self._ended and len(waiting) < self._batching.in_flight + self._batching.waiting:
            if self._stop.requested:
                break
            try:
                batch = next(batches, None)
            except InputError as error:
                # What was read before the fault is written before it is told.
                self._failure, batch = error, None
            if batch is None:
                self._ended = True
            else:
                waiting.append((batch, workers.submit(self._embedder.embed, batch.texts)))
        return bool(waiting)

    def _finish_in_hand(self, waiting: Waiting) -> None:
        """Write what is embedded or being embedded; what has not begun is left for the next run."""
        for _, answers in reversed(waiting):
            answers.cancel()
        while waiting:
            try:
                self._write(*waiting[0])
            except (CancelledError, Stopped):
                return
            waiting.popleft()

    def _write(self, batch: Batch, answers: Future[Answers]) -> None:
        vectors = iter(answers.result())
        writer, ledger = self._writer, self._ledger
        new: list[NewEntry] = []
        changed: list[tuple[int, NewEntry]] = []
        rejects: list[RejectedRow] = batch.rejects
        for awaiting in batch.awaiting:
            vector = awaiting.item.vector
            if vector is None:
                answer = next(vectors)
                if isinstance(answer, str):
                    entry = awaiting.entry
                    rejects.append(rejected_row(awaiting.item, REFUSED, f"{entry.word}: {answer}", entry))
                    continue
                vector = answer
            row = NewEntry(awaiting.entry, awaiting.item.fold, awaiting.item.text_hash, vector)
            if awaiting.rid is None:
                new.append(row)
            else:
                changed.append((awaiting.rid, row))
        self._whole = False
        writer.add(new, ledger.id)
        writer.change(changed, ledger.id)
        writer.see(batch.seen, ledger.id)
        writer.revise(batch.revised, ledger.id)
        writer.reject(rejects, ledger.id)
        self._settler.written(batch, refused=any(row.entry_id for row in rejects))
        self._count(batch, len(new), len(changed), len(rejects))
        self._whole = True
        now = time.monotonic()
        if now >= self._next_commit:
            self._commit()
        if now >= self._next_told:
            self._told(ledger)
            self._next_told = now + _TOLD_EVERY

    def _count(self, batch: Batch, new: int, changed: int, rejects: int) -> None:
        ledger = self._ledger
        assert batch.after is not None
        ledger.record, ledger.line, ledger.byte = batch.after.record, batch.after.line, batch.after.offset
        ledger.accepted += new + changed + len(batch.seen) + len(batch.revised)
        ledger.rejected += rejects
        ledger.duplicates += batch.duplicates
        ledger.filtered += batch.filtered
        ledger.embedded += new + changed
        ledger.rewritten += changed + len(batch.revised)

    def _commit(self) -> None:
        began = time.monotonic()
        self._whole = False
        ledgers.save(self._writer.connection, self._ledger)
        self._writer.commit()
        self._whole = True
        took = time.monotonic() - began
        self._next_commit = began + took + max(self._pace.least, self._pace.share * took)
