"""`slangrag store`: what a store holds, whether it holds together, its index made anew, copies, exports."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slangrag.cli.groups import Commands
from slangrag.cli.options import JsonOption, with_settings
from slangrag.cli.signals import told_until_stopped
from slangrag.config import Settings
from slangrag.errors import UsageError

if TYPE_CHECKING:
    from slangrag.service.maintenance import StoreFacts

app = typer.Typer(
    help="Look at a store, check it, rebuild its index, copy it, export it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
)


@app.command()
@with_settings("store", "index")
def info(*, settings: Settings, as_json: JsonOption = False) -> None:
    """Show what the store holds, which model made its vectors, and how fresh it is."""
    from slangrag.cli.render.terminal import note, show_table, write_json
    from slangrag.service import reports
    from slangrag.service.indexing import index_choice
    from slangrag.service.maintenance import store_facts

    facts = store_facts(settings.store, index_choice(settings))
    if as_json:
        write_json(reports.store(facts))
        return
    show_table(("", ""), fact_rows(facts))
    if facts.locked_by:
        return
    if not facts.complete:
        note("the last load did not come to its end. next: the same `slangrag ingest` again")
    elif not (facts.index_current and facts.codes_current and facts.documents_current):
        note("codes or index are not up to date. next: slangrag store rebuild")
    elif not facts.documents_agree:
        note("passages have another embedder's vectors. next: slangrag ingest CSV --reembed")


@app.command()
@with_settings("store", "index")
def verify(*, settings: Settings, as_json: JsonOption = False) -> None:
    """Compare lexicon, codes and index row by row; reads only."""
    from slangrag.cli.render.checks import show_check, show_verdict
    from slangrag.cli.render.terminal import write_json
    from slangrag.errors import StoreDamaged
    from slangrag.service import maintenance, reports
    from slangrag.service.indexing import index_choice

    found = maintenance.verify(settings.store, index_choice(settings))
    if as_json:
        write_json(reports.verification(found))
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
    from slangrag.cli.signals import ctrl_c_is_told, stop_on_signals
    from slangrag.service import maintenance, reports
    from slangrag.service.indexing import index_choice

    root = settings.store
    began = time.monotonic()
    with ctrl_c_is_told(), stop_on_signals() as stop, meter("rows") as bar:
        made = maintenance.rebuild(root, index_choice(settings), told=bar.update, stop=lambda: stop.requested)
        if made is None:
            raise stop.leave(f"the index of {root} is not finished, the old one still stands")
    seconds = time.monotonic() - began
    if as_json:
        write_json(reports.rebuilt(root, made.rows, seconds))
    else:
        index = f", Chroma index of {made.rows:,} rows" if settings.index != "none" else ""
        show(Text(f"{root}: made anew in {seconds:.1f} s: codes{index}"))


@app.command()
@with_settings("store")
def calibrate(*, settings: Settings, as_json: JsonOption = False) -> None:
    """Measure how near the store's unrelated entries are, which search compares with."""
    from rich.text import Text

    from slangrag.cli.render.terminal import show, write_json
    from slangrag.service import maintenance, reports

    root = settings.store
    found = maintenance.calibrate(root)
    if as_json:
        write_json(reports.calibrated(root, found.rows, found.spread))
    else:
        show(
            Text(
                f"{root} is calibrated on {found.rows:,} vectors: their cosines scatter by {found.spread:.3f}"
            )
        )


@app.command()
@with_settings("store")
def copy(
    destination: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the copy is made; not there yet.")
    ],
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Copy the store as it is at one moment, also while it is read or written."""
    from rich.text import Text

    from slangrag.cli.render.terminal import note, show, write_json
    from slangrag.service import maintenance, reports
    from slangrag.text.sizes import size

    root, began = settings.store, time.monotonic()
    with told_until_stopped("MB") as told:
        made = maintenance.copy_store(root, destination.expanduser(), told=told)
    seconds = time.monotonic() - began
    if as_json:
        write_json(reports.copied(root, made, seconds))
        return
    show(Text(f"{root} is copied to {made.path}: {size(made.bytes)} in {seconds:.1f} s"))
    for remark in made.notes:
        note(remark)


@app.command()
@with_settings("store")
def export(
    parquet: Annotated[
        Path | None, typer.Option("--parquet", metavar="FILE", help="One Parquet file (extra: export).")
    ] = None,
    jsonl: Annotated[
        Path | None, typer.Option("--jsonl", metavar="FILE", help="One JSON object a line.")
    ] = None,
    chroma: Annotated[
        Path | None, typer.Option("--chroma", metavar="DIR", help="A fresh Chroma directory.")
    ] = None,
    vectors: Annotated[bool, typer.Option("--vectors/--no-vectors", help="With each entry's vector.")] = True,
    passages: Annotated[
        bool, typer.Option("--documents", help="The passages of the documents, not the entries.")
    ] = False,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Write the entries, with their votes, sources and vectors, for other programs."""
    from rich.text import Text

    from slangrag.cli.render.terminal import show, write_json
    from slangrag.service import maintenance, reports
    from slangrag.text.sizes import size

    targets: list[tuple[maintenance.Format, Path | None]] = [
        ("parquet", parquet),
        ("jsonl", jsonl),
        ("chroma", chroma),
    ]
    asked = [(form, path) for form, path in targets if path is not None]
    if len(asked) != 1:
        raise UsageError(
            "an export is one of --parquet, --jsonl and --chroma",
            hint="slangrag store export --parquet words.parquet",
        )
    ((form, path),) = asked
    if form == "chroma" and not vectors:
        raise UsageError("Chroma holds no entries without vectors", hint="leave out --no-vectors")
    root, began = settings.store, time.monotonic()
    if passages:
        root = maintenance.documents_root(root)
    with told_until_stopped("rows") as told:
        made = maintenance.export(root, path.expanduser(), form, vectors=vectors, told=told)
    seconds = time.monotonic() - began
    if as_json:
        write_json(reports.exported(root, made, seconds))
        return
    what = "passages" if passages else "entries"
    show(Text(f"{made.rows:,} {what} of {root} are in {made.path}: {size(made.bytes)} in {seconds:.1f} s"))


def _freshness(facts: StoreFacts) -> str:
    if facts.index_fault:
        return facts.index_fault
    return "up to date" if facts.index_current else "not up to date"


def _documents(facts: StoreFacts) -> str:
    from slangrag.cli.render.documents import counted

    said = f"{facts.documents:,} of {counted(facts.passages, 'passage')}"
    if not facts.documents_agree:
        return f"{said}, with another embedder's vectors: found by words"
    return said if facts.documents_current else f"{said}, codes or Chroma not up to date"


def fact_rows(facts: StoreFacts) -> list[tuple[str, str]]:
    """The facts as lines of a table: what, and how much of it."""
    from slangrag.text.sizes import size

    index = "not built" if facts.index_rows is None else f"{facts.index_rows:,} rows"
    where = "" if facts.index_place == "chroma" else f" at {facts.index_place}"
    rows = [
        ("store", str(facts.root)),
        ("entries", f"{facts.entries:,} of {facts.headwords:,} headwords"),
        ("vectors", f"{facts.vectors:,}"),
        *([("documents", _documents(facts))] if facts.documents else []),
        ("model", facts.model or "-"),
        ("codes", "up to date" if facts.codes_current else "behind: every vector without one is compared"),
        ("Chroma", "none wanted" if facts.index_place == "none" else f"{index}{where}, {_freshness(facts)}"),
        (
            "disk",
            f"{size(facts.lexicon_bytes)} lexicon + {size(facts.codes_bytes)} codes"
            f" + {size(facts.index_bytes)} Chroma",
        ),
        ("free", f"{size(facts.free_bytes)}{f' ({facts.file_system})' if facts.file_system else ''}"),
        ("sealed", "yes" if facts.sealed else "no"),
        ("saved", facts.saved_at or "-"),
    ]
    if facts.adopted:
        spite = "; ".join(facts.adopted["in_spite_of"])
        rows.append(("tuned", f"{facts.adopted['at']}{f', although worse at {spite}' if spite else ''}"))
    if facts.locked_by:
        rows.append(("written by", facts.locked_by))

    def of(source: str) -> str:
        return f" of {source}" if len(facts.sources) > 1 else ""

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
            f"{load.name}{of(load.source)}: {load.state}, {load.counts.accepted:,} accepted + "
            f"{load.counts.rejected:,} rejected + {load.counts.duplicates:,} duplicates + "
            f"{load.counts.filtered:,} filtered",
        )
        for load in facts.loads
    ]
    return rows
