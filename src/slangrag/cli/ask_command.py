"""`slangrag ask`: a question in, sources at once, then the checked answer as it comes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from slangrag.cli.options import (
    EngineOption,
    JsonOption,
    MaxTokensOption,
    ModelOption,
    NumCtxOption,
    SafeOption,
    StoreOption,
    SystemOption,
    TemperatureOption,
    ThreadsOption,
    TopKOption,
)
from slangrag.config import Settings, load_settings

if TYPE_CHECKING:
    from slangrag.answer.events import Answer, AnswerOptions
    from slangrag.retrieval.types import Retrieval

EXAMPLE = 'slangrag ask "what does rizz mean"'


def ask(
    question: Annotated[list[str] | None, typer.Argument(help="The question; none reads stdin.")] = None,
    top_k: TopKOption = None,
    model: ModelOption = None,
    engine: EngineOption = None,
    temperature: TemperatureOption = None,
    num_ctx: NumCtxOption = None,
    max_tokens: MaxTokensOption = None,
    system: SystemOption = None,
    threads: ThreadsOption = None,
    stream: Annotated[
        bool,
        typer.Option("--stream/--no-stream", help="Show sentences as they are ready, or all at the end."),
    ] = True,
    quote: Annotated[bool, typer.Option("--quote", help="Ask no model: answer with quotations.")] = False,
    safe: SafeOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question about slang from the definitions in the store, and cite them."""
    from slangrag.cli.opening import data_until, open_slang
    from slangrag.cli.question import read_question
    from slangrag.retrieval.retrieve import retrieve

    settings = load_settings(
        {
            "store": store,
            "engine": engine,
            "chat_model": model,
            "top_k": top_k,
            "temperature": temperature,
            "num_ctx": num_ctx,
            "max_tokens": max_tokens,
            "threads": threads,
            "safe": safe,
        }
    )
    text = read_question(question, example=EXAMPLE)
    began = time.perf_counter()
    with open_slang(settings) as slang:
        found = retrieve(text, slang, limit=settings.top_k)
        until = data_until(slang)
    options = answer_options(settings, system, until, (time.perf_counter() - began) * 1000)
    if as_json:
        _as_json(text, found, settings, options, quote=quote)
    else:
        _as_text(text, found, settings, options, quote=quote, stream=stream)


def answer_options(
    settings: Settings, system: Path | None, data_until: str | None, retrieve_ms: float
) -> AnswerOptions:
    """How to answer, from the settings. Raises UsageError if the system file cannot be read."""
    from slangrag.answer.events import AnswerOptions
    from slangrag.engines.protocols import ChatOptions
    from slangrag.errors import UsageError

    instructions = None
    if system is not None:
        try:
            instructions = system.read_text(encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"{system} cannot be read: {error.strerror}", hint="--system FILE, plain text"
            ) from error
        except UnicodeDecodeError as error:
            raise UsageError(f"{system} is not text in UTF-8", hint="--system FILE, plain text") from error
    return AnswerOptions(
        chat=ChatOptions(
            num_ctx=settings.num_ctx, max_tokens=settings.max_tokens, temperature=settings.temperature
        ),
        system=instructions,
        data_until=data_until,
        retrieve_ms=retrieve_ms,
    )


def _as_json(
    question: str, found: Retrieval, settings: Settings, options: AnswerOptions, *, quote: bool
) -> None:
    from slangrag.answer.events import Finished
    from slangrag.cli.render.answers import answer_document
    from slangrag.cli.render.terminal import write_json

    if quote or found.known == "no":
        write_json(answer_document(quoted(question, found, options)))
        return
    from slangrag.answer.ask.answerer import answer
    from slangrag.cli.engines import chat_model

    for event in answer(question, found, chat_model(settings).model, options):
        if isinstance(event, Finished):
            write_json(answer_document(event.answer))


def _as_text(
    question: str,
    found: Retrieval,
    settings: Settings,
    options: AnswerOptions,
    *,
    quote: bool,
    stream: bool,
) -> None:
    from slangrag.cli.render.answers import AnswerView
    from slangrag.cli.render.terminal import note

    view = AnswerView(safe=settings.safe, stream=stream)
    view.sources(found)
    if quote or found.known == "no":
        view.answer(quoted(question, found, options))
        return
    from slangrag.answer.ask.answerer import answer
    from slangrag.cli.engines import chat_model

    chosen = chat_model(settings)
    if chosen.note:
        note(chosen.note)
    for event in answer(question, found, chosen.model, options):
        view.event(event)


def quoted(question: str, found: Retrieval, options: AnswerOptions) -> Answer:
    """The answer that needs no model: quotations, or that it is not in the data."""
    from slangrag.answer.ask.quoting import quote

    return quote(question, found, options)
