"""One file into one store, from the first record to the finished index.

Holds the store's lock all the way. Prints nothing, installs no signal handler: see `StopFlag`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from functools import partial

from slangrag.engines.protocols import Embedder, EmbedderIdentity
from slangrag.errors import StoreMissing
from slangrag.ingest.belonging import require_beginning
from slangrag.ingest.embedding import PatientEmbedder
from slangrag.ingest.loading import Feed, Load
from slangrag.ingest.plan import IngestPlan, IngestReport, Report
from slangrag.ingest.progress import Meter
from slangrag.ingest.reader_process import Reader
from slangrag.ingest.reembed import reembed
from slangrag.ingest.report import report_of
from slangrag.ingest.stop import StopFlag
from slangrag.retrieval.calibration import calibrate
from slangrag.sources.source import Position, SourceFingerprint, open_source
from slangrag.store import fingerprint
from slangrag.store.build import update_index
from slangrag.store.codes.keeping import codes_are_current, finish_codes
from slangrag.store.counts import Counts
from slangrag.store.early_index import EarlyIndexBuilder
from slangrag.store.index import index_of
from slangrag.store.index.notes import is_current
from slangrag.store.journal import guard
from slangrag.store.ledger import Ledger
from slangrag.store.lexicon import open_lexicon
from slangrag.store.lock import hold
from slangrag.store.writer import open_writer


def finished(plan: IngestPlan) -> IngestReport | None:
    """The report of an ingest that has nothing left to do; None if there is something. Needs no engine.

    Always None with `reembed`: only the embedder knows whether the vectors are its own. Raises StoreMismatch
    for a file that `run` would refuse as one of another source.
    """
    began = time.monotonic()
    if plan.reembed:
        return None
    try:
        with open_lexicon(plan.store) as lexicon, open_source(plan.source, columns=plan.columns) as source:
            done = lexicon.finished_load(source.fingerprint.sha256, plan.options, plan.source_name)
            if done is None:
                require_beginning(lexicon, plan, source.records())
            if done is None or not (
                codes_are_current(plan.store, lexicon)
                and is_current(lexicon, index_of(plan.store, lexicon, plan.index))
            ):
                return None
            return report_of(
                done.counts, plan.store, source=done.source, embedded=0, complete=True, began=began
            )
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
    with (
        open_source(plan.source, columns=plan.columns) as source,
        hold(plan.store) as lock,
        open_writer(plan.store, meta=first_meta(embedder.identity)) as writer,
        guard(writer.path),
    ):
        patient = PatientEmbedder(embedder, stop)
        reembed(writer, patient, plan, progress, stop)
        load = Load(
            plan=plan,
            identity=embedder.identity,
            embed=patient.embed,
            writer=writer,
            lock=lock,
            expected=source.expected_records,
            progress=progress,
            stop=stop,
        )
        read = partial(Reader, plan.source, plan.columns)
        return load_and_index(load, source.fingerprint, read, began)


def first_meta(identity: EmbedderIdentity) -> dict[str, object]:
    """What a store is made with: whose vectors it will hold, and when it was begun."""
    return {
        fingerprint.EMBEDDER: fingerprint.to_meta(identity),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def load_and_index(
    load: Load,
    source: SourceFingerprint,
    feed_from: Callable[[Position | None], AbstractContextManager[Feed]],
    began: float,
) -> IngestReport:
    """Load what is not loaded of a source, and bring the index up to it; a stop is raised as `run` says.

    feed_from(where to go on) opens the records; began is in monotonic seconds.
    """
    plan, writer = load.plan, load.writer
    done = writer.finished_load(source.sha256, plan.options, plan.source_name)
    early_index = EarlyIndexBuilder(writer, plan.store, load.lock, plan.index)
    notes: tuple[str, ...] = ()
    pruned = 0
    if done is not None:
        embedded_before = done.counts.embedded
    else:
        done = writer.begin_load(source.name, source.size, source.sha256, plan.options, plan.source_name)
        embedded_before = done.counts.embedded
        with feed_from(done.position) as feed, early_index:
            notes = load.take(feed, done, early_index)
        pruned = _complete(load, done)
    finish_codes(writer, plan.store)
    _index(load, closed_properly=early_index.closed_properly)
    return report_of(
        done.counts,
        plan.store,
        source=done.source,
        embedded=done.counts.embedded - embedded_before,
        complete=done.state == "complete",
        began=began,
        pruned=pruned,
        notes=notes,
    )


def _complete(load: Load, ledger: Ledger) -> int:
    """The load's end, in one transaction: prune, what depends on all entries, the ledger's last word.

    How many entries were pruned.
    """
    writer = load.writer
    meter = Meter("headwords", load.progress)
    total = writer.count("headwords")
    meter.tell(0, total)
    pruned, handed_over = writer.prune(ledger.id) if load.plan.prune else (0, 0)
    ledger.counts += Counts(rewritten=pruned + handed_over)
    writer.finish_headwords(sweep=ledger.counts.rewritten > 0)
    calibrate(writer)
    ledger.state = "complete"
    writer.save_load(ledger)
    writer.commit()
    meter.tell(total, total)
    return pruned


def _index(load: Load, *, closed_properly: bool) -> None:
    meters = {"index": Meter("index", load.progress), "settle": Meter("settle", load.progress)}
    ended = update_index(
        load.writer,
        load.plan.store,
        choice=load.plan.index,
        lock=load.lock,
        closed_properly=closed_properly,
        told=lambda stage, done, total: meters[stage].tell(done, total),
        stop=lambda: load.stop.requested,
    )
    if not ended:
        raise load.stop.leave(f"every entry is in {load.plan.store}, the index is not finished")
