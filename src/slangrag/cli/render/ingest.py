"""The end of an ingest as people read it: every row accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from slangrag.cli.render.progress import duration
from slangrag.cli.render.terminal import note, write_json

if TYPE_CHECKING:
    from slangrag.ingest.plan import IngestReport


def show_report(report: IngestReport, source: Path, *, as_json: bool, nothing_to_do: bool = False) -> None:
    """Summary of a run on stdout; remarks of the reader on stderr."""
    for remark in report.notes:
        note(remark)
    if as_json:
        write_json(report.contract())
        return
    if nothing_to_do:
        typer.echo(f"{source} is already in {report.store}: nothing to do ({report.seconds:.1f} s)")
    else:
        typer.echo(f"{source} is in {report.store} ({duration(report.seconds)})")
    typer.echo(
        f"  {report.rows_read:,} rows read = {report.accepted:,} accepted + {report.rejected:,} rejected"
        f" + {report.duplicates:,} duplicates + {report.filtered:,} filtered"
    )
    if not nothing_to_do:
        typer.echo(
            f"  {report.embedded:,} embedded ({report.rows_per_second:,.0f} rows/s),"
            f" {report.already_present:,} already present"
        )
    if report.rejected:
        typer.echo("  why rows were rejected: slangrag ingest ... --rejects rejects.csv")
