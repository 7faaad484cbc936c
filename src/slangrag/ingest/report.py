"""The report at the end of a run, from what became of the records."""

from __future__ import annotations

import time
from pathlib import Path

from slangrag.ingest.plan import IngestReport
from slangrag.store.counts import Counts


def report_of(
    counts: Counts,
    store: Path,
    *,
    embedded: int,
    complete: bool,
    began: float,
    source: str | None,
    pruned: int = 0,
    notes: tuple[str, ...] = (),
) -> IngestReport:
    """The report of a run that began at `began` (monotonic seconds) and embedded so many texts itself."""
    seconds = time.monotonic() - began
    return IngestReport(
        rows_read=counts.records,
        accepted=counts.accepted,
        rejected=counts.rejected,
        duplicates=counts.duplicates,
        filtered=counts.filtered,
        embedded=embedded,
        already_present=counts.accepted - embedded,
        seconds=round(seconds, 3),
        rows_per_second=round(counts.records / seconds, 1) if seconds > 0 else 0.0,
        complete=complete,
        store=str(store),
        pruned=pruned,
        source=source,
        shared=counts.shared,
        notes=notes,
    )
