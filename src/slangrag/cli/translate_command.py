"""`slangrag translate`: a message in plain English, and under it the glossary it was read with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from slangrag.cli.options import (
    EngineOption,
    JsonOption,
    ModelOption,
    SafeOption,
    StoreOption,
    ThreadsOption,
)
from slangrag.config import Settings, load_settings

if TYPE_CHECKING:
    from slangrag.answer.events import AnswerOptions
    from slangrag.answer.translate.translation import Direction, Translation
    from slangrag.engines.protocols import ChatModel
    from slangrag.errors import EngineError
    from slangrag.retrieval.slang_store import SlangStore
    from slangrag.retrieval.types import Intent

EXAMPLE = 'slangrag translate "no cap that fit is bussin"'
_LOOKED_AT = 60


def translate(
    text: Annotated[
        list[str] | None, typer.Argument(help="The message; none reads stdin, line by line.")
    ] = None,
    to: Annotated[str, typer.Option("--to", metavar="WAY", help="plain or slang.")] = "plain",
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Ask no model: replace words from the glossary.")
    ] = False,
    model: ModelOption = None,
    engine: EngineOption = None,
    threads: ThreadsOption = None,
    safe: SafeOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say a message in plain English (or in slang), with its glossary."""
    from slangrag.cli.opening import open_slang
    from slangrag.cli.question import read_question
    from slangrag.cli.render.terminal import write_json
    from slangrag.cli.render.translations import show_translation, translation_document

    direction = _direction(to)
    settings = load_settings(
        {"store": store, "engine": engine, "chat_model": model, "threads": threads, "safe": safe}
    )
    lines = [line.strip() for line in read_question(text, example=EXAMPLE).splitlines() if line.strip()]
    documents: list[dict[str, Any]] = []
    with open_slang(settings) as slang:
        translator = Translator(settings, slang, direction, ask_model=not no_model)
        for line in lines:
            told = translator.translate(line)
            if as_json:
                documents.append(translation_document(told))
            else:
                show_translation(told, safe=settings.safe)
    if as_json:
        write_json(documents[0] if len(documents) == 1 else {"translations": documents})
    if translator.failure is not None:
        raise translator.failure


class Translator:
    """Translates message after message. The model is made at the first that has anything to translate.

    An engine that fails costs no message: it and the later ones are translated from the glossary, and
    `failure` is what to raise at the end.
    """

    def __init__(self, settings: Settings, slang: SlangStore, to: Direction, *, ask_model: bool) -> None:
        self._settings = settings
        self._slang = slang
        self._to = to
        self._ask_model = ask_model
        self._chat: ChatModel | None = None
        self.failure: EngineError | None = None

    def translate(self, text: str) -> Translation:
        """The translation of one message."""
        from slangrag.answer.translate.translation import translate
        from slangrag.errors import EngineError
        from slangrag.retrieval.retrieve import retrieve

        intent: Intent = "sentence" if self._to == "plain" else "reverse"
        found = retrieve(text, self._slang, limit=_LOOKED_AT, intent=intent, explain=True)
        from_glossary = translate(text, found, None, self._to)
        if not from_glossary.terms or not self._ask_model or self.failure is not None:
            return from_glossary
        try:
            return translate(text, found, self._model(), self._to, self._options())
        except EngineError as error:
            self.failure = error
            return from_glossary

    def _model(self) -> ChatModel:
        from slangrag.cli.engines import chat_model
        from slangrag.cli.render.terminal import note

        if self._chat is None:
            chosen = chat_model(self._settings)
            if chosen.note:
                note(chosen.note)
            self._chat = chosen.model
        return self._chat

    def _options(self) -> AnswerOptions:
        from slangrag.cli.ask_command import answer_options

        return answer_options(self._settings, None, None, 0.0)


def _direction(name: str) -> Direction:
    from slangrag.errors import UsageError

    directions: dict[str, Direction] = {"plain": "plain", "slang": "slang"}
    if name not in directions:
        raise UsageError(f"nothing is translated to {name!r}", hint="--to plain or --to slang")
    return directions[name]
