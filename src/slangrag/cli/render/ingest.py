"""The end of an ingest as people read it: every row accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from slangrag.cli.render.progress import duration
from slangrag.cli.render.terminal import note, show, write_json
from slangrag.service import reports

if TYPE_CHECKING:
    from slangrag.ingest.estimate import Estimate
    from slangrag.ingest.plan import IngestReport


def show_report(report: IngestReport, source: str, *, as_json: bool, nothing_to_do: bool = False) -> None:
    """Summary of a run on stdout; remarks of the reader on stderr."""
    for remark in report.notes:
        note(remark)
    if as_json:
        write_json(reports.ingest(report))
        return
    if nothing_to_do:
        _say(f"{source} is already in {report.store}: nothing to do ({report.seconds:.1f} s)")
    else:
        _say(f"{source} is in {report.store} ({duration(report.seconds)})")
    _say(
        f"  {report.rows_read:,} rows read = {report.accepted:,} accepted + {report.rejected:,} rejected"
        f" + {report.duplicates:,} duplicates + {report.filtered:,} filtered"
    )
    if not nothing_to_do:
        _say(
            f"  {report.embedded:,} embedded ({report.rows_per_second:,.0f} rows/s),"
            f" {report.already_present:,} already present"
        )
    if report.shared:
        _say(f"  {report.shared:,} of them are in another source as well, word for word: not stored twice")
    if report.pruned:
        _say(f"  {report.pruned:,} entries of earlier loads removed (--prune)")
    if report.rejected:
        _say("  why rows were rejected: the same command with --rejects rejects.csv")


def show_estimate(estimate: Estimate, source: str, *, as_json: bool) -> None:
    """What an ingest would take, on stdout."""
    if as_json:
        write_json(reports.estimate(estimate))
        return
    for remark in estimate.notes:
        note(remark)
    _say(f"{source}: nothing was stored; loading it would take about")
    _say(
        f"  {estimate.rows_read:,} rows = {estimate.accepted:,} accepted + {estimate.rejected:,} rejected"
        f" + {estimate.duplicates:,} duplicates + {estimate.filtered:,} filtered"
    )
    _say(
        f"  {duration(estimate.embed_seconds)} to embed (at {estimate.embedder_rate:,.0f} rows/s, as probed),"
        f" then {duration(estimate.index_seconds)} to build the index"
    )
    _say(f"  {estimate.disk / 1e9:.2f} GB of disk, {estimate.memory / 1e9:.2f} GB of memory at the peak")


def _say(line: str) -> None:
    """A line of the summary; its indent is kept where a narrow terminal breaks it."""
    bare = line.lstrip()
    show(Text(bare), indent=len(line) - len(bare))
