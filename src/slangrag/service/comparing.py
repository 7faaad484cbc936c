"""One question, several models: the same definitions to each, in turn, and what each made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from slangrag.answer.events import Answer, AnswerOptions, Finished, Note, Withdrawn
from slangrag.engines.measured import Cost, MeasuredChat
from slangrag.errors import SlangragError

if TYPE_CHECKING:
    from slangrag.engines.choose import Chosen
    from slangrag.engines.protocols import ChatModel
    from slangrag.retrieval.types import Retrieval
    from slangrag.service.equipment import Equipment


@dataclass(frozen=True, slots=True)
class Compared:
    """What one model made of the question. name is what the user called it.

    answer is None where it failed before it said anything, failure None where it did not fail. cost is of its
    writing alone, load_ms of loading it; first_ms (None where it said nothing) and total_ms are without both
    loading and retrieval.
    """

    name: str
    answer: Answer | None
    withheld: tuple[Withdrawn, ...]
    cost: Cost
    load_ms: float = 0.0
    first_ms: float | None = None
    total_ms: float = 0.0
    notes: tuple[str, ...] = ()
    failure: SlangragError | None = None

    def sentences(self) -> Counter[str]:
        """How many sentences stand how to their sources, the withheld ones among them."""
        shown = Counter[str](one.support for one in self.answer.sentences) if self.answer else Counter[str]()
        shown["withheld"] = len(self.withheld)
        return shown


def compare(
    question: str,
    found: Retrieval,
    names: Sequence[str],
    equipped: Callable[[str], Equipment],
    options: AnswerOptions,
) -> Iterator[Compared]:
    """Ask each model in turn, and free it before the next where it lies in this process.

    A model that is too small to explain speaks here all the same: it was named to be heard. One that fails
    hides no other's answer.
    """
    for name in names:
        yield _asked(name, question, found, equipped(name), replace(options, generate=True))


def _asked(
    name: str, question: str, found: Retrieval, equipment: Equipment, options: AnswerOptions
) -> Compared:
    from slangrag.answer.ask.asking import ask

    measured: MeasuredChat | None = None
    warm_ms = 0.0

    def choose() -> Chosen[ChatModel]:
        nonlocal measured, warm_ms
        chosen = equipment.chosen_chat()
        # Loading is no part of answering, and counting tokens would begin it where the clock runs.
        if (warm_up := getattr(chosen.model, "warm_up", None)) is not None:
            warm_ms = warm_up()
        measured = MeasuredChat(chosen.model)
        return replace(chosen, model=measured)

    answer: Answer | None = None
    failure: SlangragError | None = None
    withheld: list[Withdrawn] = []
    notes: list[str] = []
    try:
        # The model judges by itself, outside of what is measured.
        events = ask(
            question,
            lambda _: found,
            choose,
            options,
            checkers=lambda chat: equipment.checkers(chat.chat if isinstance(chat, MeasuredChat) else chat),
        )
        for event in events:
            match event:
                case Finished(told):
                    answer = told
                case Withdrawn():
                    withheld.append(event)
                case Note(text):
                    notes.append(text)
    except SlangragError as error:
        failure = error
    finally:
        if measured is not None and (close := getattr(measured.chat, "close", None)) is not None:
            close()
    cost = measured.cost if measured is not None else Cost()
    timings = answer.timings_ms if answer is not None else {}
    first = timings.get("first_token")
    return Compared(
        name,
        answer,
        tuple(withheld),
        cost,
        load_ms=warm_ms + cost.load_ms,
        first_ms=None if first is None else max(0.0, first - cost.load_ms),
        total_ms=max(0.0, timings.get("total", 0.0) - cost.load_ms),
        notes=tuple(notes),
        failure=failure,
    )
