"""The end of an ingest as people read it: every row accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from slangrag.cli.render.progress import duration
from slangrag.cli.render.terminal import note, write_json

if TYPE_CHECKING:
    from slangrag.ingest.estimate import Estimate
    from slangrag.ingest.plan import IngestReport


def show_report(report: IngestReport, source: str, *, as_json: bool, nothing_to_do: bool = False) -> None:
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


def show_estimate(estimate: Estimate, source: str, *, as_json: bool) -> None:
    """What an ingest would take, on stdout."""
    from dataclasses import asdict

    if as_json:
        document = asdict(estimate)
        document["notes"] = list(estimate.notes)
        write_json(document)
        return
    for remark in estimate.notes:
        note(remark)
    typer.echo(f"{source}: nothing was stored; loading it would take about")
    typer.echo(
        f"  {estimate.rows_read:,} rows = {estimate.accepted:,} accepted + {estimate.rejected:,} rejected"
        f" + {estimate.duplicates:,} duplicates + {estimate.filtered:,} filtered"
    )
    typer.echo(
        f"  {duration(estimate.embed_seconds)} to embed (at {estimate.embedder_rate:,.0f} rows/s, as probed),"
        f" then {duration(estimate.index_seconds)} to build the index"
    )
    typer.echo(
        f"  {estimate.disk / 1e9:.2f} GB of disk, {estimate.memory / 1e9:.2f} GB of memory at the peak"
    )
