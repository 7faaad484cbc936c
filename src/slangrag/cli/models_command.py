"""`slangrag models`: what each engine has, and how to get what it lacks."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from slangrag.cli.groups import Commands
from slangrag.cli.options import EngineOption, JsonOption
from slangrag.config import Settings, load_settings
from slangrag.errors import EngineError, EngineUnreachable

app = typer.Typer(help="List and fetch models.", no_args_is_help=True, rich_markup_mode=None, cls=Commands)


@app.command(name="list")
def list_models(engine: EngineOption = None, as_json: JsonOption = False) -> None:
    """List the models of every engine that answers (or of one)."""
    from slangrag.cli.render.terminal import note, show_table, write_json

    settings = load_settings({"engine": engine})
    found: list[dict[str, Any]] = []
    if settings.engine in {"auto", "embedded"}:
        found += _embedded_models(settings)
    if settings.engine in {"auto", "ollama"}:
        try:
            found += _ollama_models(settings)
        except EngineError as error:
            if settings.engine == "ollama":
                raise
            note(error.message)
    if as_json:
        write_json({"models": found})
        return
    rows = [
        (m["engine"], m["name"], m["role"], f"{m['bytes'] / 1e6:,.0f} MB", "yes" if m["present"] else "no")
        for m in found
    ]
    show_table(("engine", "model", "for", "size", "here"), rows)


@app.command()
def pull(
    name: Annotated[str | None, typer.Argument(help="Model; none means the engine's two defaults.")] = None,
    engine: EngineOption = None,
) -> None:
    """Fetch a model (or, without a name, what `ingest` and `ask` need)."""
    from slangrag.cli.render.terminal import note
    from slangrag.engines.choose import engine_for

    settings = load_settings({"engine": engine})
    try:
        chosen, why = engine_for(settings, name, "chat")
    except EngineUnreachable as error:
        raise EngineUnreachable(error.message, hint="ollama serve, or slangrag models list") from error
    if why:
        note(why)
    if chosen == "embedded":
        _pull_embedded(settings, name)
    else:
        _pull_ollama(settings, name)


def _embedded_models(settings: Settings) -> list[dict[str, Any]]:
    from slangrag.engines.embedded.catalogue import CATALOGUE
    from slangrag.engines.embedded.weights import is_present

    return [
        {
            "engine": "embedded",
            "name": model.name,
            "role": model.role,
            "bytes": model.size,
            "present": is_present(model, settings.cache),
        }
        for model in CATALOGUE
    ]


def _ollama_models(settings: Settings) -> list[dict[str, Any]]:
    from slangrag.engines.ollama import connect

    server = connect(settings)
    return [
        {
            "engine": "ollama",
            "name": model.name,
            "role": "embed" if "embed" in model.name or "minilm" in model.name else "chat",
            "bytes": model.size,
            "present": True,
        }
        for model in server.models()
    ]


def _pull_embedded(settings: Settings, name: str | None) -> None:
    from rich.text import Text

    from slangrag.cli.engines import download_meter
    from slangrag.cli.render.terminal import show
    from slangrag.engines.embedded.catalogue import CATALOGUE
    from slangrag.engines.embedded.weights import obtain_model
    from slangrag.errors import ModelMissing

    wanted = [model for model in CATALOGUE if name in {None, model.name}]
    if not wanted:
        raise ModelMissing(f"the embedded engine has no model {name!r}", hint="slangrag models list")
    for model in wanted:
        with download_meter() as progress:
            obtain_model(model, settings.cache, fetch=True, progress=progress)
        show(Text(f"{model.name}: here and verified ({model.size / 1e6:,.0f} MB, {model.licence})"))


def _pull_ollama(settings: Settings, name: str | None) -> None:
    from slangrag.cli.render.progress import meter
    from slangrag.engines.ollama import DEFAULT_CHAT_MODEL, DEFAULT_EMBED_MODEL, connect

    server = connect(settings)
    wanted = (
        [name]
        if name
        else [settings.embed_model or DEFAULT_EMBED_MODEL, settings.chat_model or DEFAULT_CHAT_MODEL]
    )
    for model in wanted:
        with meter("MB", decimals=True) as bar:
            for step in server.pull(model):
                bar.update(
                    f"{model}: {step.status}", step.completed / 1e6, step.total / 1e6 if step.total else None
                )
        typer.echo(f"{model}: here")
