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
from slangrag.ingest.stop import StopFlag
from slangrag.sources.csv.reader import Position, open_source
from slangrag.store import fingerprint
from slangrag.store import ledger as ledgers
from slangrag.store.build import is_current, update_index
from slangrag.store.early_index import Follower
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
            done = ledgers.finished(lexicon.connection, source.fingerprint.sha256, plan.options)
            if done is None or not is_current(lexicon, plan.store):
                return None
            return report_of(plan, done, embedded=0, began=began)
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
        done = ledgers.finished(writer.connection, read.sha256, plan.options)
        notes: tuple[str, ...] = ()
        follower = Follower(writer, plan.store, lock)
        if done is None:
            done = ledgers.begin(writer.connection, read.name, read.size, read.sha256, plan.options)
            embedded_before = done.embedded
            start = Position(done.record, done.line, done.byte) if done.record else None
            with Reader(plan.csv, plan.columns, start) as reader, follower:
                load_file(
                    writer, done, reader.chunks(), identity, patient.embed, plan, progress, stop, follower
                )
            notes = reader.notes
            complete(writer, done, plan, progress)
        else:
            embedded_before = done.embedded
        index(writer, plan, lock, progress, stop, sound=follower.clean)
        return report_of(plan, done, embedded=done.embedded - embedded_before, began=began, notes=notes)


def load_file(
    writer: LexiconWriter,
    ledger: Ledger,
    chunks: Iterable[Sequence[Item]],
    identity: EmbedderIdentity,
    embed: Embed,
    plan: IngestPlan,
    progress: Report,
    stop: StopFlag,
    follower: Follower,
) -> None:
    """Take records into the lexicon as the plan says; a stop is raised as `run` says."""
    meter = Meter("read/embed", progress)

    def told(now: Ledger) -> None:
        meter.tell(now.record, expected_records(now.name, now.size, now.record, now.byte))

    batching = plan.batching or batching_for(identity)
    load(writer, ledger, chunks, identity, embed, plan.filters, batching, plan.pace, stop, told, follower)


def complete(writer: LexiconWriter, ledger: Ledger, plan: IngestPlan, progress: Report) -> None:
    """The load's end, in one transaction: prune, what depends on all entries, the ledger's last word."""
    meter = Meter("headwords", progress)
    total = writer.counts()["headwords"]
    meter.tell(0, total)
    if plan.prune:
        rows = writer.connection.execute("SELECT rid FROM entries WHERE source <> ?", (ledger.id,)).fetchall()
        writer.remove([rid for (rid,) in rows])
        ledger.rewritten += len(rows)
    writer.finish_headwords(sweep=ledger.rewritten > 0)
    ledger.state = "complete"
    ledgers.save(writer.connection, ledger)
    writer.commit()
    meter.tell(total, total)


def index(
    writer: LexiconWriter,
    plan: IngestPlan,
    lock: int,
    progress: Report,
    stop: StopFlag,
    *,
    sound: bool = False,
) -> None:
    """Bring the index up to the lexicon; a stop is raised as `run` says."""
    meters = {"index": Meter("index", progress), "settle": Meter("settle", progress)}
    ended = update_index(
        writer,
        plan.store,
        lock=lock,
        sound=sound,
        told=lambda stage, done, total: meters[stage].tell(done, total),
        stop=lambda: stop.requested,
    )
    if not ended:
        raise stop.leave(f"every entry is in {plan.store}, the index is not finished")


def report_of(
    plan: IngestPlan, ledger: Ledger, *, embedded: int, began: float, notes: tuple[str, ...] = ()
) -> IngestReport:
    """The report of a load that began at `began` (monotonic seconds)."""
    seconds = time.monotonic() - began
    return IngestReport(
        rows_read=ledger.record,
        accepted=ledger.accepted,
        rejected=ledger.rejected,
        duplicates=ledger.duplicates,
        filtered=ledger.filtered,
        embedded=embedded,
        already_present=ledger.accepted - embedded,
        seconds=round(seconds, 3),
        rows_per_second=round(ledger.record / seconds, 1) if seconds > 0 else 0.0,
        complete=ledger.state == "complete",
        store=str(plan.store),
        notes=notes,
    )
