"""`slangrag translate`: a message in plain English, and under it what its slang means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from slangrag.cli.options import JsonOption, ServerOption, with_settings
from slangrag.config import Settings

if TYPE_CHECKING:
    from slangrag.answer.translate.terms import Direction
    from slangrag.errors import EngineError

EXAMPLE = 'slangrag translate "no cap that fit is bussin"'


@with_settings("chat_model", "engine", "threads", "options", "safe", "store")
def translate(
    text: Annotated[
        list[str] | None, typer.Argument(help="The message; none reads stdin, a message a line.")
    ] = None,
    to: Annotated[str, typer.Option("--to", metavar="WAY", help="plain or slang.")] = "plain",
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Ask no model: the message stays, its slang is explained.")
    ] = False,
    substitute: Annotated[
        bool, typer.Option("--substitute", help="Without a model, put short meanings in where they fit.")
    ] = False,
    whole: Annotated[bool, typer.Option("--whole", help="Read all of stdin as one message.")] = False,
    server: ServerOption = True,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Say a message in plain English (or in slang), with what its slang means."""
    from slangrag.cli.opening import open_slang
    from slangrag.cli.question import read_question
    from slangrag.cli.render.terminal import note, write_json
    from slangrag.cli.render.translations import show_translation
    from slangrag.service import documents

    direction = _direction(to)
    read = read_question(text, example=EXAMPLE)
    given = " ".join(text or ()).strip() not in {"", "-"}
    messages = [read] if given or whole else [line.strip() for line in read.splitlines() if line.strip()]
    told_as_json: list[dict[str, Any]] = []
    failure: EngineError | None = None
    engine_note = ""
    with open_slang(settings, server=server) as slang:
        for message in messages:
            told = slang.translate(
                message, to=direction, ask_model=not (no_model or failure), substitute=substitute
            )
            failure = failure or told.failure
            if told.engine_note != engine_note:
                engine_note = told.engine_note
                note(engine_note)
            if as_json:
                told_as_json.append(documents.translation(told))
            else:
                show_translation(told, safe=settings.safe)
    if as_json:
        write_json(told_as_json[0] if len(told_as_json) == 1 else {"translations": told_as_json})
    if failure is not None:
        raise failure


def _direction(name: str) -> Direction:
    from slangrag.errors import UsageError

    directions: dict[str, Direction] = {"plain": "plain", "slang": "slang"}
    if name not in directions:
        raise UsageError(f"nothing is translated to {name!r}", hint="--to plain or --to slang")
    return directions[name]
