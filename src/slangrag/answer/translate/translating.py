"""translate: one message from what was found in it to its translation; the model is chosen only if needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from slangrag.answer.events import AnswerOptions
from slangrag.answer.translate import translation
from slangrag.answer.translate.translation import Direction, Translation
from slangrag.errors import EngineError
from slangrag.retrieval.types import Retrieval

if TYPE_CHECKING:
    from slangrag.engines.choose import Chosen
    from slangrag.engines.protocols import ChatModel


def translate(
    text: str,
    found: Retrieval,
    choose_chat: Callable[[], Chosen[ChatModel]] | None,
    to: Direction,
    options: AnswerOptions,
) -> Translation:
    """The translation of `text`. Without `choose_chat`, or with an engine that fails, from the glossary.

    A failure is kept in the translation and not raised: the glossary still says what the data knows.
    """
    from_glossary = translation.translate(text, found, None, to)
    if choose_chat is None or not from_glossary.terms:
        return from_glossary
    try:
        chosen = choose_chat()
        told = translation.translate(text, found, chosen.model, to, options)
    except EngineError as error:
        return replace(from_glossary, failure=error)
    return replace(told, engine_note=chosen.note)
