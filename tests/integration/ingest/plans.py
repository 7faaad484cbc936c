"""Loads in small batches with many commits, how to stop one in the middle, and what a store then holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.unit.ingest.stubs import Fault

from slangrag.ingest import Batching, IngestPlan, IngestReport, StopFlag
from slangrag.ingest.plan import Pace
from slangrag.store.lexicon import open_lexicon

SMALL = Batching(items=8, in_flight=2, waiting=4)
HASTY = Pace(least=0.0, share=0.0)


def plan_of(path: Path, store: Path, **more: object) -> IngestPlan:
    return IngestPlan(path, store, batching=SMALL, pace=HASTY, **more)  # type: ignore[arg-type]


def stops_at(call: int, signum: int) -> tuple[StopFlag, Fault]:
    """A flag, and a fault for the embedder that sets it at its `call`th call, as a signal would."""
    stop = StopFlag()

    def fault(number: int, texts: Sequence[str]) -> None:
        if number == call:
            stop.set(signum)

    return stop, fault


def balanced(report: IngestReport) -> bool:
    return (
        report.rows_read == report.accepted + report.rejected + report.duplicates + report.filtered
        and report.accepted == report.embedded + report.already_present
    )


def entries(store: Path) -> dict[str, tuple[str, int | None]]:
    with open_lexicon(store) as lexicon:
        found = lexicon.connection.execute("SELECT entry_id, definition, up_votes FROM entries").fetchall()
    return {entry_id: (definition, up) for entry_id, definition, up in found}
