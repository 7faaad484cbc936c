"""`slangrag ask`: a question in, sources at once, then the checked answer as it comes."""

from __future__ import annotations

from typing import Annotated

import typer

from slangrag.cli.options import ANSWERING, JsonOption, ServerOption, SystemOption, with_settings
from slangrag.config import Settings

EXAMPLE = 'slangrag ask "what does rizz mean"'


@with_settings(*ANSWERING, "only", "safe", "store")
def ask(
    question: Annotated[list[str] | None, typer.Argument(help="The question; none reads stdin.")] = None,
    system: SystemOption = None,
    stream: Annotated[
        bool,
        typer.Option("--stream/--no-stream", help="Show sentences as they are ready, or all at the end."),
    ] = True,
    quote: Annotated[bool, typer.Option("--quote", help="Ask no model: answer with quotations.")] = False,
    generate: Annotated[
        bool, typer.Option("--generate", help="Let even a model speak that is too small to explain.")
    ] = False,
    server: ServerOption = True,
    *,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Answer a question about slang from the definitions in the store, and cite them."""
    from slangrag.cli.opening import instructions, open_slang
    from slangrag.cli.question import read_question

    text = read_question(question, example=EXAMPLE)
    with open_slang(settings, server=server) as slang:
        events = slang.ask(text, quoted=quote, generate=generate, system=instructions(system))
        if as_json:
            from slangrag.answer.events import Finished
            from slangrag.cli.render.terminal import write_json
            from slangrag.service import documents

            for event in events:
                if isinstance(event, Finished):
                    write_json(documents.answer(event.answer))
        else:
            from slangrag.cli.render.answers import AnswerView

            with AnswerView(safe=settings.safe, stream=stream) as view:
                for event in events:
                    view.event(event)
