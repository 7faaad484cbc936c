"""ask: one question from retrieval to the last event of its answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from slangrag.answer.ask.quoting import quoted_events
from slangrag.answer.events import AnswerOptions, Event, Note, Sources
from slangrag.retrieval.types import Retrieval

if TYPE_CHECKING:
    from slangrag.answer.support.checkers import Checkers
    from slangrag.engines.choose import Chosen
    from slangrag.engines.protocols import ChatModel


def ask(
    question: str,
    retrieve: Callable[[str], Retrieval],
    choose_chat: Callable[[], Chosen[ChatModel]],
    options: AnswerOptions,
    *,
    checkers: Callable[[ChatModel], Checkers],
    quoted: bool = False,
) -> Iterator[Event]:
    """Stream the answer: Sources at once, then what `answer` yields, Finished last.

    The model is chosen only once something is found, and never with `quoted`; `checkers` says who judges
    what it says. Raises what `retrieve` raises, and the EngineErrors of choosing and of the model. Closing
    the iterator cancels the generation.
    """
    began = time.perf_counter()
    found = retrieve(question)
    options = replace(options, retrieve_ms=(time.perf_counter() - began) * 1000)
    yield Sources(found)
    if quoted or found.known == "no":
        yield from quoted_events(question, found, options)
        return
    from slangrag.answer.ask.answerer import answer

    chosen = choose_chat()
    if chosen.note:
        yield Note(chosen.note)
    yield from answer(question, found, chosen.model, options, checkers=checkers(chosen.model))
