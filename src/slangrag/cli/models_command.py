"""`slangrag models`: what each engine has, and how to get what it lacks."""

from __future__ import annotations

from typing import Annotated

import typer

from slangrag.cli.compare_command import compare
from slangrag.cli.groups import Commands
from slangrag.cli.options import JsonOption, with_settings
from slangrag.config import Settings
from slangrag.errors import EngineError

app = typer.Typer(
    help="List, fetch and compare models.", no_args_is_help=True, rich_markup_mode=None, cls=Commands
)


@app.command(name="list")
@with_settings("engine")
def list_models(*, settings: Settings, as_json: JsonOption = False) -> None:
    """List the models of every engine that answers (or of one)."""
    from slangrag.cli.render.terminal import note, show_table, write_json
    from slangrag.service import models, reports

    found = models.embedded_models(settings) if settings.engine in {"auto", "embedded"} else []
    if settings.engine in {"auto", "ollama"}:
        try:
            found += models.ollama_models(settings)
        except EngineError as error:
            if settings.engine == "ollama":
                raise
            note(error.message)
    if as_json:
        write_json(reports.models(found))
        return
    rows = [
        (m.engine, m.name, m.role, f"{m.size / 1e6:,.0f} MB", "yes" if m.present else "no") for m in found
    ]
    show_table(("engine", "model", "for", "size", "here"), rows)


@app.command()
@with_settings("engine", "options")
def pull(
    name: Annotated[
        str | None,
        typer.Argument(help="Model (huggingface:NAME from a hub); none means the engine's two defaults."),
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Fetch a model (or, without a name, what `ingest` and `ask` need)."""
    from rich.text import Text

    from slangrag.cli.opening import download_meter
    from slangrag.cli.render.progress import meter
    from slangrag.cli.render.terminal import note, show
    from slangrag.service import models

    if name is not None and models.is_on_hub(name):
        got = models.pull_from_hub(settings, name, download_meter)
        show(Text(f"{got.name}: here ({got.size / 1e6:,.0f} MB)"))
        return
    chosen, why = models.engine_to_pull_from(settings, name)
    if why:
        note(why)
    if chosen == "embedded":
        for model in models.pull_embedded(settings, name, download_meter):
            show(Text(f"{model.name}: here and verified ({model.size / 1e6:,.0f} MB, {model.licence})"))
        return
    for wanted in models.ollama_wants(settings, name):
        with meter("MB", decimals=True) as bar:
            for step in models.pull_ollama(settings, wanted):
                total = step.total / 1e6 if step.total else None
                bar.update(f"{wanted}: {step.status}", step.completed / 1e6, total)
        typer.echo(f"{wanted}: here")


app.command()(compare)
