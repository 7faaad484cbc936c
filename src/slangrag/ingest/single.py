"""One file into one store, from the first record to the settled index.

Holds the store's lock all the way. Prints nothing, installs no signal handler: see `StopFlag`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from slangrag.engines.protocols import Embedder, EmbedderIdentity
from slangrag.errors import StoreMissing
from slangrag.ingest.deduplicate import Item
from slangrag.ingest.embedding import PatientEmbedder
from slangrag.ingest.loading import load
from slangrag.ingest.pipeline import Embed
from slangrag.ingest.plan import IngestPlan, IngestReport, Report, batching_for, expected_records
from slangrag.ingest.progress import Meter
from slangrag.ingest.reader_process import Reader
from slangrag.ingest.reembed import reembed
from slangrag.ingest.report import report_of
from slangrag.ingest.stop import StopFlag
from slangrag.sources.csv.reader import Position, open_source
from slangrag.store import fingerprint
from slangrag.store.build import update_index
from slangrag.store.counts import Counts
from slangrag.store.early_index import EarlyIndexBuilder
from slangrag.store.index import index_of
from slangrag.store.index.notes import is_current
from slangrag.store.journal import guard
from slangrag.store.ledger import Ledger
from slangrag.store.lexicon import open_lexicon
from slangrag.store.lock import hold
from slangrag.store.writer import LexiconWriter, open_writer


def finished(plan: IngestPlan) -> IngestReport | None:
    """The report of an ingest that has nothing left to do; None if there is something. Needs no engine.

    Always None with `reembed`: only the embedder knows whether the vectors are its own.
    """
    began = time.monotonic()
    if plan.reembed:
        return None
    try:
        with open_lexicon(plan.store) as lexicon, open_source(plan.csv, columns=plan.columns) as source:
            done = lexicon.finished_load(source.fingerprint.sha256, plan.options)
            if done is None or not is_current(lexicon, index_of(plan.store)):
                return None
            return report_of(done.counts, plan.store, embedded=0, complete=True, began=began)
    except StoreMissing:
        return None


def run(
    plan: IngestPlan,
    embedder: Embedder,
    *,
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> IngestReport:
    """Load the file: read, clean, embed, write, index. Killed anywhere, the same call goes on.

    Raises StoppedEarly (KeyboardInterrupt for SIGINT) after a stop, StoreLocked, StoreMismatch, StoreError,
    the InputErrors of the reader and the EngineErrors that no patience could mend. In every case what
    was committed stays.
    """
    began = time.monotonic()
    stop = stop or StopFlag()
    identity = embedder.identity
    meta = {
        fingerprint.EMBEDDER: fingerprint.to_meta(identity),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with (
        open_source(plan.csv, columns=plan.columns) as source,
        hold(plan.store) as lock,
        open_writer(plan.store, meta=meta) as writer,
        guard(writer.path),
    ):
        read = source.fingerprint
        patient = PatientEmbedder(embedder, stop)
        reembed(writer, patient, plan, progress, stop)
        done = writer.finished_load(read.sha256, plan.options)
        notes: tuple[str, ...] = ()
        early_index = EarlyIndexBuilder(writer, plan.store, lock)
        if done is None:
            done = writer.begin_load(read.name, read.size, read.sha256, plan.options)
            embedded_before = done.counts.embedded
            start = Position(done.record, done.line, done.byte) if done.record else None
            with Reader(plan.csv, plan.columns, start) as reader, early_index:
                load_file(
                    writer, done, reader.chunks(), identity, patient.embed, plan, progress, stop, early_index
                )
            notes = reader.notes
            complete(writer, done, plan, progress)
        else:
            embedded_before = done.counts.embedded
        index(writer, plan, lock, progress, stop, closed_properly=early_index.closed_properly)
        return report_of(
            done.counts,
            plan.store,
            embedded=done.counts.embedded - embedded_before,
            complete=done.state == "complete",
            began=began,
            notes=notes,
        )


def load_file(
    writer: LexiconWriter,
    ledger: Ledger,
    chunks: Iterable[Sequence[Item]],
    identity: EmbedderIdentity,
    embed: Embed,
    plan: IngestPlan,
    progress: Report,
    stop: StopFlag,
    early_index: EarlyIndexBuilder,
) -> None:
    """Take records into the lexicon as the plan says; a stop is raised as `run` says."""
    meter = Meter("read/embed", progress)

    def told(now: Ledger) -> None:
        meter.tell(now.record, expected_records(now.name, now.size, now.record, now.byte))

    batching = plan.batching or batching_for(identity)
    load(writer, ledger, chunks, identity, embed, plan.filters, batching, plan.pace, stop, told, early_index)


def complete(writer: LexiconWriter, ledger: Ledger, plan: IngestPlan, progress: Report) -> None:
    """The load's end, in one transaction: prune, what depends on all entries, the ledger's last word."""
    meter = Meter("headwords", progress)
    total = writer.count("headwords")
    meter.tell(0, total)
    if plan.prune:
        ledger.counts += Counts(rewritten=writer.prune(ledger.id))
    writer.finish_headwords(sweep=ledger.counts.rewritten > 0)
    ledger.state = "complete"
    writer.save_load(ledger)
    writer.commit()
    meter.tell(total, total)


def index(
    writer: LexiconWriter,
    plan: IngestPlan,
    lock: int,
    progress: Report,
    stop: StopFlag,
    *,
    closed_properly: bool = False,
) -> None:
    """Bring the index up to the lexicon; a stop is raised as `run` says."""
    meters = {"index": Meter("index", progress), "settle": Meter("settle", progress)}
    ended = update_index(
        writer,
        plan.store,
        lock=lock,
        closed_properly=closed_properly,
        told=lambda stage, done, total: meters[stage].tell(done, total),
        stop=lambda: stop.requested,
    )
    if not ended:
        raise stop.leave(f"every entry is in {plan.store}, the index is not finished")
