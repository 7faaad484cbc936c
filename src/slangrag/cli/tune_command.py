"""`slangrag tune`: an embedder of one's own, from the store's entries, compared before it is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slangrag.cli import tune_chat_command
from slangrag.cli.groups import Commands
from slangrag.cli.options import JsonOption, with_settings
from slangrag.cli.tune_export_command import export
from slangrag.cli.tune_options import DIR, DirOption
from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.ingest.plan import Progress
    from slangrag.service.tuning import StopFlag

app = typer.Typer(
    help="Train an embedder, or a chat model's adapter, on the store's own entries.",
    no_args_is_help=True,
    rich_markup_mode=None,
    cls=Commands,
)


@app.command()
@with_settings("store", "chat_model", "engine")
def queries(
    directory: DirOption = DIR,
    written: Annotated[
        int, typer.Option("--written", min=0, help="Entries that the chat model writes three queries for.")
    ] = 1000,
    pairs: Annotated[
        int, typer.Option("--pairs", min=0, help="Most pairs of each kind that the data itself gives.")
    ] = 2000,
    files: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="FILE", help="Your own: as `slangrag eval` reads, or query and pos."),
    ] = None,
    held_out: Annotated[
        float, typer.Option("--held-out", min=0, max=0.9, help="Share of headwords kept for `tune eval`.")
    ] = 0.2,
    masked: Annotated[
        float, typer.Option("--masked", min=0, max=1, help="Share of messages whose headword is blanked out.")
    ] = 0.1,
    no_model: Annotated[bool, typer.Option("--no-model", help="Ask no model: data and files only.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Another sample of entries.")] = 0,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Collect queries: from the data, from files, written by the chat model."""
    from slangrag.cli.opening import fetching
    from slangrag.cli.render.terminal import note, write_json
    from slangrag.cli.render.tuning import show_collected
    from slangrag.service import tuning, tuning_documents

    plan = tuning.QueryPlan(pairs, tuple(files or ()), 0 if no_model else written, held_out, masked, seed)
    folder = tuning.TuneFolder(directory)
    with working("queries") as (stop, told):
        found, why = tuning.collect(
            settings, folder, plan, fetching(), ask_model=not no_model, progress=told, stop=stop
        )
    if why:
        note(why)
    if as_json:
        write_json(tuning_documents.collected(found))
    else:
        show_collected(found)


@app.command()
@with_settings("store", "engine", "threads")
def mine(
    directory: DirOption = DIR,
    negatives: Annotated[
        int, typer.Option("--negatives", min=1, max=50, help="Hard negatives of each query.")
    ] = 2,
    margin: Annotated[
        float,
        typer.Option("--margin", min=0, max=0.9, help="How much less like the query than the right text."),
    ] = 0.05,
    depth: Annotated[
        int, typer.Option("--depth", min=5, max=1000, help="Nearest entries that are looked at.")
    ] = 60,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Find hard negatives through the store's own search."""
    from slangrag.cli.opening import fetching
    from slangrag.cli.render.terminal import write_json
    from slangrag.cli.render.tuning import show_mined
    from slangrag.service import tuning, tuning_documents

    folder = tuning.TuneFolder(directory)
    plan = tuning.MinePlan(negatives, margin, depth)
    with working("queries") as (stop, told):
        found = tuning.mine(settings, folder, plan, fetching(), progress=told, stop=stop)
    if as_json:
        write_json(tuning_documents.mined(found))
    else:
        show_mined(found, folder.triples)


@app.command()
@with_settings("store", "query_prefix", "document_prefix", "threads")
def train(
    directory: DirOption = DIR,
    base: Annotated[
        str | None,
        typer.Option(
            "--base", metavar="MODEL", help="Folder, or name on the hub; else the store's embedder."
        ),
    ] = None,
    epochs: Annotated[int, typer.Option("--epochs", min=1, help="Times through all examples.")] = 1,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="Stop after so many steps.")] = None,
    batch: Annotated[
        int, typer.Option("--batch", min=2, help="Queries that are each other's negatives.")
    ] = 64,
    memory_batch: Annotated[
        int, typer.Option("--memory-batch", min=1, help="Texts in memory at once; changes no result.")
    ] = 32,
    group: Annotated[
        int, typer.Option("--group", min=0, max=50, help="Hard negatives that each query brings.")
    ] = 1,
    learning_rate: Annotated[
        float, typer.Option("--learning-rate", min=0, max=1, help="At its highest, after the warm-up.")
    ] = 3e-5,
    temperature: Annotated[
        float, typer.Option("--temperature", min=0.001, max=1, help="Of the loss; small is strict.")
    ] = 0.02,
    query_length: Annotated[
        int, typer.Option("--query-length", min=4, help="In tokens; the rest is cut.")
    ] = 64,
    passage_length: Annotated[
        int, typer.Option("--passage-length", min=8, help="In tokens; the rest is cut.")
    ] = 192,
    precision: Annotated[
        str, typer.Option("--precision", help="auto, fp32, bf16 or fp16; auto is half on a GPU.")
    ] = "auto",
    seed: Annotated[int, typer.Option("--seed", help="Of order and chance.")] = 0,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Train the embedder on what was collected and mined."""
    from slangrag.cli.opening import fetching
    from slangrag.cli.render.terminal import write_json
    from slangrag.cli.render.tuning import show_trained
    from slangrag.service import tuning, tuning_documents

    folder = tuning.TuneFolder(directory)
    plan = tuning.TrainPlan(
        base=base,
        epochs=epochs,
        steps=steps,
        batch=batch,
        memory_batch=memory_batch,
        group=group,
        learning_rate=learning_rate,
        temperature=temperature,
        query_length=query_length,
        passage_length=passage_length,
        precision=tuning.precision(precision),
        seed=seed,
    )
    with working("steps") as (stop, told):
        found = tuning.train(settings, folder, plan, fetching(), progress=told, stop=stop)
    if as_json:
        write_json(tuning_documents.trained(found, folder.model))
    else:
        show_trained(found, folder)


app.command()(export)


@app.command("eval")
@with_settings("store", "engine", "threads")
def evaluate(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Questions, one JSON object a line; else those held out by `tune queries`."),
    ] = None,
    directory: DirOption = DIR,
    tuned: Annotated[
        str | None,
        typer.Option("--tuned", metavar="MODEL", help="As --embed-model takes it; else what was exported."),
    ] = None,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Compare the tuned embedder with the store's own, on headwords it never saw."""
    from dataclasses import replace

    from slangrag.cli.opening import fetching
    from slangrag.cli.render.terminal import write_json
    from slangrag.cli.render.tuning import show_verdict
    from slangrag.service import tuning, tuning_documents

    folder = tuning.TuneFolder(directory)
    own = replace(settings, embed_model=None)
    with working("rows") as (stop, told):
        found = tuning.compare(own, folder, files or [], tuned, fetching(), progress=told, stop=stop)
    if as_json:
        write_json(tuning_documents.verdict(found))
    else:
        show_verdict(found)


@app.command()
@with_settings("store", "index", "index_documents", "threads")
def adopt(
    directory: DirOption = DIR,
    force: Annotated[
        bool, typer.Option("--force", help="Also where a task got worse; the store remembers that.")
    ] = False,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Give the store the compared embedder's vectors, in the place of its own."""
    from dataclasses import replace

    from slangrag.cli.opening import fetching
    from slangrag.cli.render.terminal import write_json
    from slangrag.cli.render.tuning import show_adopted
    from slangrag.service import tuning, tuning_documents

    folder = tuning.TuneFolder(directory)
    with working("rows") as (stop, told):
        found = tuning.adopt(
            replace(settings, embed_model=None), folder, fetching(), force=force, progress=told, stop=stop
        )
    if as_json:
        write_json(tuning_documents.adopted(found, settings.store))
    else:
        show_adopted(found, settings.store)


app.add_typer(tune_chat_command.app, name="chat")


@contextmanager
def working(unit: str) -> Iterator[tuple[StopFlag, Callable[[Progress], None]]]:
    """A stop flag that signals set, and a meter to report to. Ctrl-C ends with what is kept, and 130."""
    from slangrag.cli.render.progress import meter
    from slangrag.cli.signals import ctrl_c_is_told, stop_on_signals

    with stop_on_signals() as stop, meter(unit) as bar:

        def told(progress: Progress) -> None:
            bar.update(progress.stage, progress.done, progress.total, progress.rate)

        with ctrl_c_is_told():
            yield stop, told
