"""Answers for the pairs: composed of quotations, written by a model, or given; all checked in one way.

The check is the answerer's own (`answer.ask.writers.Capable`): the answer goes through it as if the model
had just said it, and is kept only if every sentence came out as supported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slangrag.answer.ask.aspects import Aspect, said
from slangrag.answer.ask.choosing import Told, told
from slangrag.answer.ask.prompts import NOT_THERE
from slangrag.answer.ask.quoting import quotation
from slangrag.answer.ask.writers import Abstains, Capable
from slangrag.answer.events import AnswerOptions, Sentence, Withdrawn
from slangrag.engines.protocols import ChatIdentity, ChatModel, ChatOptions, ChatUsage, Message
from slangrag.engines.tokens import estimate_tokens
from slangrag.text.defining import defining
from slangrag.text.forms import fold

if TYPE_CHECKING:
    from slangrag.answer.support.checkers import Checkers
    from slangrag.retrieval.types import Retrieval

COMPOSED = "definitions"
"""Who wrote an answer that is made of quotations."""


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer after its check. text is "" and reason says why where it is not kept; declined: it is the
    decline that a model is told to write. messages is the prompt, entry_ids those of its definitions.
    """

    text: str
    messages: tuple[Message, ...] = ()
    entry_ids: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    reason: str = ""
    detail: str = ""
    declined: bool = False


@dataclass(slots=True)
class Tokens:
    """What was spent on a model, in its own tokens."""

    prompt: int = 0
    answer: int = 0


class Recited:
    """A chat model that says one text, for the check of an answer that is there already."""

    identity = ChatIdentity("", "", capable=True)

    def __init__(self, text: str) -> None:
        self._text = text

    def stream(
        self,
        messages: Sequence[Message],  # noqa: ARG002
        options: ChatOptions,  # noqa: ARG002
        usage: ChatUsage | None = None,  # noqa: ARG002
    ) -> Iterator[str]:
        """The text, at once."""
        yield self._text

    def count_tokens(self, text: str) -> int:
        """An estimate from above, as for a model on a server."""
        return estimate_tokens(text)


@dataclass(slots=True)
class Metered:
    """A chat model whose tokens are counted."""

    inner: ChatModel
    spent: Tokens = field(default_factory=Tokens)

    @property
    def identity(self) -> ChatIdentity:
        """That of the model inside."""
        return self.inner.identity

    def stream(
        self, messages: Sequence[Message], options: ChatOptions, usage: ChatUsage | None = None
    ) -> Iterator[str]:
        """As the model inside does."""
        usage = ChatUsage() if usage is None else usage
        try:
            yield from self.inner.stream(messages, options, usage)
        finally:
            self.spent.prompt += usage.prompt_tokens
            self.spent.answer += usage.answer_tokens

    def count_tokens(self, text: str) -> int:
        """As the model inside does."""
        return self.inner.count_tokens(text)


def checked(
    question: str, found: Retrieval, chat: ChatModel, options: ChatOptions, checkers: Checkers
) -> Checked:
    """What `chat` says to `question`, judged sentence by sentence. Needs a hit.

    Raises the EngineErrors of the model, ContextOverflow where the question alone does not fit.
    """
    writer = Capable(question, found, chat, AnswerOptions(chat=options), (), checkers)
    shown = found.hits[: writer.used]
    said: list[str] = []
    reason = detail = ""
    declined = False
    for piece in writer.write():
        match piece:
            case Abstains():
                declined = True
            case Sentence(text, _, "supported"):
                said.append(text)
            case Sentence(text, _, support):
                reason, detail = reason or f"a sentence is {support}", detail or text
            case Withdrawn(text, why):
                reason, detail = reason or "a sentence was withheld", detail or f"{why}: {text}"
            case _:
                pass
    if declined and said:
        reason = reason or "it answers and declines"
    elif not said and not declined:
        reason = reason or "it says nothing"
    return Checked(
        text="" if reason else NOT_THERE if declined else " ".join(said),
        messages=tuple(writer.messages),
        entry_ids=tuple(hit.entry.entry_id for hit in shown),
        words=tuple(hit.entry.word for hit in shown),
        reason=reason,
        detail=detail,
        declined=declined,
    )


def quoted_meaning(found: Retrieval) -> str:
    """The definitions quoted, as the program itself quotes them; "" where none plainly says a meaning."""
    telling = [one for one in told(found) if _plainly(one)]
    return " ".join(map(quotation, telling))


def quoted_aspect(aspect: Aspect, word: str, found: Retrieval) -> str:
    """The sentence of a definition that speaks of the aspect, quoted; "" where none does."""
    speaking = said(aspect, word, found.hits)[:1]
    return " ".join(quotation(Told(n, found.hits[n - 1], text)) for text, n in speaking if "…" not in text)


def _plainly(one: Told) -> bool:
    entry = one.hit.entry
    return "…" not in one.text and defining(entry.word, entry.definition).plainly


def is_about(word: str, found: Retrieval) -> bool:
    """Whether the first thing found is the headword itself."""
    return bool(found.hits) and fold(found.hits[0].entry.word) == fold(word)
