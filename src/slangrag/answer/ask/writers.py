"""Having a capable model write an answer, from all hits at once. (`small_writer` has the other way.)

A writer yields checked sentences and withdrawn ones. Knows nothing of remarks, fallbacks or timings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from slangrag.answer.ask.budget import fit
from slangrag.answer.ask.prompts import (
    NOT_THERE,
    capable_messages,
)
from slangrag.answer.events import AnswerOptions, Sentence, Withdrawn
from slangrag.answer.support.grounding import Source, best_source, check
from slangrag.engines.protocols import ChatModel, ChatOptions, ChatUsage, Message
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.text.citations import split_citations, with_citations
from slangrag.text.forms import fold
from slangrag.text.inert import inert
from slangrag.text.injection import about_the_word, has_orders
from slangrag.text.sentences import ENDED, SentenceStream


@dataclass(frozen=True, slots=True)
class Written:
    """The model's first token arrived."""


@dataclass(frozen=True, slots=True)
class Abstains:
    """The model says that the definitions do not answer."""


Piece = Written | Abstains | Sentence | Withdrawn


class Writer(Protocol):
    """Writes one answer. `used` and `dropped` count hits and are settled before `write` asks the model."""

    used: int
    dropped: int
    notes: list[str]

    def write(self) -> Iterator[Piece]:
        """Yield pieces as they come. Raises the engine's EngineErrors."""
        ...


def _source(n: int, hit: Hit) -> Source:
    return Source(n, inert(hit.entry.word), about_the_word(hit.entry.definition))


def withheld(numbered: Iterable[tuple[int, Hit]]) -> list[str]:
    """A note on definitions that were shown to the model only in part."""
    marks = [f"[{n}]" for n, hit in numbered if has_orders(hit.entry.definition)]
    if not marks:
        return []
    return [f"parts of {', '.join(marks)} talk to the program, not about the word: kept from the model"]


def chunks_of(
    chat: ChatModel, messages: list[Message], options: ChatOptions, usage: ChatUsage | None = None
) -> Iterator[str]:
    """The model's stream, closed (and so cancelled) when the reader stops reading."""
    stream = chat.stream(messages, options, usage)
    try:
        yield from stream
    finally:
        close = getattr(stream, "close", None)
        if close is not None:
            close()


class Capable:
    """All hits that fit into one prompt; each sentence checked as soon as it is whole."""

    def __init__(
        self,
        question: str,
        retrieval: Retrieval,
        chat: ChatModel,
        options: AnswerOptions,
        history: tuple[Message, ...],
    ) -> None:
        fitted = fit(
            chat,
            options.chat,
            question,
            retrieval.intent,
            retrieval.hits,
            system=options.system,
            history=history,
        )
        self.dropped = fitted.dropped
        self.used = len(fitted.hits)
        self.notes: list[str] = []
        if fitted.dropped:
            self.notes.append(
                f"{fitted.dropped} of {len(retrieval.hits)} definitions did not fit into "
                f"{options.chat.num_ctx} tokens and were left out"
            )
        if fitted.forgotten:
            self.notes.append(f"{fitted.forgotten} earlier messages no longer fit and were left out")
        self.notes += withheld(enumerate(fitted.hits, start=1))
        self._chat, self._options = chat, options.chat
        self._sources = [_source(n, hit) for n, hit in enumerate(fitted.hits, start=1)]
        self._messages = capable_messages(
            question, retrieval.intent, fitted.hits, system=options.system, history=fitted.history
        )

    def write(self) -> Iterator[Piece]:
        """Stream, cut into sentences, check, cite."""
        if not self._sources:
            return
        held = SentenceStream()
        said: set[str] = set()
        begun = False
        usage = ChatUsage()
        for chunk in chunks_of(self._chat, self._messages, self._options, usage):
            if chunk and not begun:
                begun = True
                yield Written()
            for sentence in held.feed(chunk):
                if NOT_THERE.lower() in sentence.lower():
                    yield Abstains()
                    return
                yield self._checked(sentence, said)
        self.notes += usage.notes
        cut_off = usage.answer_tokens >= self._options.max_tokens
        for sentence in held.close():
            if NOT_THERE.lower() in sentence.lower():
                yield Abstains()
            elif cut_off and not ENDED.search(sentence):
                yield Withdrawn(sentence, f"it was cut off at {self._options.max_tokens} tokens")
            else:
                yield self._checked(sentence, said)

    def _checked(self, sentence: str, said: set[str]) -> Sentence | Withdrawn:
        known = {source.n for source in self._sources}
        bare, numbers, _ = split_citations(sentence, known)
        bare = inert(bare)
        if fold(bare) in said:
            return Withdrawn(bare, "it says the same again")
        said.add(fold(bare))
        cited = [self._sources[n - 1] for n in numbers]
        verdict = check(bare, cited, self._sources)
        if not verdict.supported:
            other = best_source(bare, self._sources)
            if other is None:
                return Withdrawn(bare, verdict.reason)
            numbers = (other.n,)
        return Sentence(with_citations(bare, numbers), numbers)
