"""`slangrag store`: what a store holds, whether it holds together, and its index made anew."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import typer

from slangrag.cli.groups import Commands
from slangrag.cli.options import JsonOption, with_settings
from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.service.maintenance import StoreFacts

app = typer.Typer(
    help="Look at a store, check it, rebuild its index.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
)


@app.command()
@with_settings("store", "index")
def info(*, settings: Settings, as_json: JsonOption = False) -> None:
    """Show what the store holds, which model made its vectors, and how fresh it is."""
    from slangrag.cli.render.terminal import note, show_table, write_json
    from slangrag.service import documents
    from slangrag.service.indexing import index_choice
    from slangrag.service.maintenance import store_facts

    facts = store_facts(settings.store, index_choice(settings))
    if as_json:
        write_json(documents.store(facts))
        return
    show_table(("", ""), fact_rows(facts))
    if facts.locked_by:
        return
    if not facts.complete:
        note("the last load did not come to its end. next: the same `slangrag ingest` again")
    elif not (facts.index_current and facts.codes_current):
        note("codes or index are not up to date. next: slangrag store rebuild")


@app.command()
@with_settings("store", "index")
def verify(*, settings: Settings, as_json: JsonOption = False) -> None:
    """Compare lexicon, codes and index row by row; reads only."""
    from slangrag.cli.render.checks import show_check, show_verdict
    from slangrag.cli.render.terminal import write_json
    from slangrag.errors import StoreDamaged
    from slangrag.service import documents, maintenance
    from slangrag.service.indexing import index_choice

    found = maintenance.verify(settings.store, index_choice(settings))
    if as_json:
        write_json(documents.verification(found))
    else:
        width = max(len(check.name) for check in found.checks)
        for check in found.checks:
            show_check(check.name, check.ok, check.found, check.hint, width=width)
        show_verdict(sum(not check.ok for check in found.checks))
    if not found.ok:
        raise typer.Exit(StoreDamaged.exit_code)


@app.command()
@with_settings("store", "index", "index_documents")
def rebuild(*, settings: Settings, as_json: JsonOption = False) -> None:
    """Make the codes and the index anew from the lexicon; nothing is embedded again."""
    from rich.text import Text

    from slangrag.cli.render.progress import meter
    from slangrag.cli.render.terminal import show, write_json
    from slangrag.cli.signals import stop_on_signals
    from slangrag.service import documents, maintenance
    from slangrag.service.indexing import index_choice

    root = settings.store
    began = time.monotonic()
    with stop_on_signals() as stop, meter("rows") as bar:
        made = maintenance.rebuild(root, index_choice(settings), told=bar.update, stop=lambda: stop.requested)
    if made is None:
        raise stop.leave(f"the index of {root} is not finished, the old one still stands")
    seconds = time.monotonic() - began
    if as_json:
        write_json(documents.rebuilt(root, made.rows, seconds))
    else:
        index = f"the index of {made.rows:,} rows" if made.rows else "no index, by choice"
        show(Text(f"{root}: codes and {index} made anew in {seconds:.1f} s"))


@app.command()
@with_settings("store")
def calibrate(*, settings: Settings, as_json: JsonOption = False) -> None:
    """Measure how near the store's unrelated entries are, which search compares with."""
    from rich.text import Text

    from slangrag.cli.render.terminal import show, write_json
    from slangrag.service import documents, maintenance

    root = settings.store
    found = maintenance.calibrate(root)
    if as_json:
        write_json(documents.calibrated(root, found.rows, found.spread))
    else:
        show(
            Text(
                f"{root} is calibrated on {found.rows:,} vectors: their cosines scatter by {found.spread:.3f}"
            )
        )


def fact_rows(facts: StoreFacts) -> list[tuple[str, str]]:
    """The facts as lines of a table: what, and how much of it."""
    from slangrag.text.sizes import size

    index = "not built" if facts.index_rows is None else f"{facts.index_rows:,} rows"
    where = "" if facts.index_place == "chroma" else f" at {facts.index_place}"
    if facts.index_place == "none":
        index, where = "none wanted", ""
    rows = [
        ("store", str(facts.root)),
        ("entries", f"{facts.entries:,} of {facts.headwords:,} headwords"),
        ("vectors", f"{facts.vectors:,}"),
        ("model", facts.model or "-"),
        ("codes", "up to date" if facts.codes_current else "behind: every vector without one is compared"),
        ("Chroma", f"{index}{where}, {'up to date' if facts.index_current else 'not up to date'}"),
        (
            "disk",
            f"{size(facts.lexicon_bytes)} lexicon + {size(facts.codes_bytes)} codes"
            f" + {size(facts.index_bytes)} Chroma",
        ),
        ("free", f"{size(facts.free_bytes)}{f' ({facts.file_system})' if facts.file_system else ''}"),
        ("sealed", "yes" if facts.sealed else "no"),
        ("saved", facts.saved_at or "-"),
    ]
    if facts.locked_by:
        rows.append(("written by", facts.locked_by))
    if len(facts.sources) > 1:
        rows += [
            (
                "source",
                f"{source.name}: {source.entries:,} entries"
                + (f" + {source.shared:,} that another source has" if source.shared else ""),
            )
            for source in facts.sources
        ]
    rows += [
        (
            "load",
            f"{load.name}: {load.state}, {load.counts.accepted:,} accepted + "
            f"{load.counts.rejected:,} rejected + {load.counts.duplicates:,} duplicates + "
            f"{load.counts.filtered:,} filtered",
        )
        for load in facts.loads
    ]
    return rows
