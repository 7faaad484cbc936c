"""`slangrag models compare`: one question, several models, their answers side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from slangrag.cli.completion import chat_models
from slangrag.cli.options import ANSWERING, JsonOption, SystemOption, with_settings
from slangrag.config import Settings
from slangrag.errors import UsageError

if TYPE_CHECKING:
    from slangrag.retrieval.types import Retrieval
    from slangrag.service.comparing import Compared

EXAMPLE = 'slangrag models compare "what does rizz mean" --model llama3.1 --model qwen3'


@with_settings(*(name for name in ANSWERING if name != "chat_model"), "safe", "store")
def compare(
    question: Annotated[list[str] | None, typer.Argument(help="The question; none reads stdin.")] = None,
    named: Annotated[
        list[str] | None,
        typer.Option(
            "--model", "-m", metavar="NAME", help="A model, named as for ask; two or more.",
            autocompletion=chat_models,
        ),
    ] = None,
    system: SystemOption = None,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Let several models answer a question from the same definitions: time, tokens and support compared."""
    from slangrag.answer.events import Sources
    from slangrag.cli.opening import instructions, open_slang
    from slangrag.cli.question import read_question
    from slangrag.cli.render.comparison import ComparisonView
    from slangrag.cli.render.terminal import write_json
    from slangrag.service import documents

    names = list(dict.fromkeys(named or ()))
    if len(names) < 2:
        first = names[0] if names else "llama3.1"
        raise UsageError(
            "a comparison needs two models or more" if names else "no model to compare",
            hint=f"slangrag models compare QUESTION --model {first} --model OTHER",
        )
    text = read_question(question, example=EXAMPLE)
    found: Retrieval | None = None
    told: list[Compared] = []
    with open_slang(settings) as slang:
        view = None if as_json else ComparisonView(names, safe=settings.safe)
        for event in slang.compare(text, names, system=instructions(system)):
            if isinstance(event, Sources):
                found = event.retrieval
                if view is not None:
                    view.sources(found)
            else:
                told.append(event)
                if view is not None:
                    view.answer(event)
    if view is not None:
        view.end()
    elif found is not None:
        write_json(documents.comparison(text, found, told))
    failed = next((one.failure for one in told if one.failure is not None), None)
    if failed is not None:
        raise typer.Exit(failed.exit_code)
