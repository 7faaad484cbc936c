"""Having a capable model write an answer, from all hits at once. (`small_writer` has the other way.)

A writer yields drafts, judged sentences and withheld ones. Knows nothing of remarks, fallbacks or timings.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from slangrag.answer.ask.budget import fit
from slangrag.answer.ask.prompts import (
    NOT_THERE,
    capable_messages,
    told_of,
)
from slangrag.answer.events import AnswerOptions, Draft, Sentence, Withdrawn
from slangrag.answer.support.checkers import Checkers
from slangrag.answer.support.settle import settled, undecided
from slangrag.answer.support.types import Claim, Judgement, Source
from slangrag.engines.protocols import ChatModel, ChatOptions, ChatUsage, Message
from slangrag.errors import EngineError
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.text.citations import split_citations, with_citations
from slangrag.text.forms import fold
from slangrag.text.inert import inert
from slangrag.text.injection import about_the_word, has_orders, is_order, orders_of
from slangrag.text.sentences import ENDED, SentenceStream, unwrapped


@dataclass(frozen=True, slots=True)
class Written:
    """The model's first token arrived."""


@dataclass(frozen=True, slots=True)
class Abstains:
    """The model says that the definitions do not answer."""


Piece = Written | Abstains | Draft | Sentence | Withdrawn


class Writer(Protocol):
    """Writes one answer. `used` and `dropped` count hits and are settled before `write` asks the model."""

    used: int
    dropped: int
    notes: list[str]
    timings_ms: dict[str, float]

    def write(self) -> Iterator[Piece]:
        """Yield pieces as they come. Raises the engine's EngineErrors."""
        ...


def _source(n: int, hit: Hit) -> Source:
    word, text = inert(hit.entry.word), hit.entry.definition
    if hit.locator is not None:
        kept_back = orders_of(f"{hit.locator.heading}\n\n{unwrapped(text)}", passage=True)
        heading = about_the_word(hit.locator.heading, passage=True)
        orders = " ".join(filter(None, (word if is_order(word, passage=True) else "", kept_back)))
        return Source(n, word, told_of(hit), orders, passage=True, heading=heading)
    orders = " ".join(filter(None, (word if is_order(word) else "", orders_of(text))))
    return Source(n, word, told_of(hit), orders)


def _speaks_to_the_program(hit: Hit) -> bool:
    if hit.locator is not None:
        return has_orders(f"{hit.locator.heading}\n\n{unwrapped(hit.entry.definition)}", passage=True)
    return has_orders(hit.entry.definition)


def withheld(numbered: Iterable[tuple[int, Hit]]) -> list[str]:
    """A note on definitions that were shown to the model only in part."""
    marks = [f"[{n}]" for n, hit in numbered if _speaks_to_the_program(hit)]
    if not marks:
        return []
    return [f"parts of {', '.join(marks)} talk to the program, not about the word: kept from the model"]


def _kinds(hits: Iterable[Hit]) -> str:
    return "sources" if any(hit.kind == "passage" for hit in hits) else "definitions"


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


@dataclass(slots=True)
class _Judged:
    """A sentence on its way out: what it claims, and how that stands so far."""

    claim: Claim
    judgement: Judgement

    def piece(self) -> Sentence | Withdrawn:
        found = self.judgement
        if found.support == "withheld":
            return Withdrawn(self.claim.text, found.reason)
        return Sentence(with_citations(self.claim.text, found.numbers), found.numbers, found.support)


class Capable:
    """All hits that fit into one prompt; each sentence is judged as soon as it is whole.

    Where a second judge is there (`checkers.second`), a sentence that words could not decide waits for it,
    and so do those after it: it is asked once, when the model has ended. `messages` is what the
    model is sent.
    """

    def __init__(
        self,
        question: str,
        retrieval: Retrieval,
        chat: ChatModel,
        options: AnswerOptions,
        history: tuple[Message, ...],
        checkers: Checkers,
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
                f"{fitted.dropped} of {len(retrieval.hits)} {_kinds(retrieval.hits)} did not fit into "
                f"{options.chat.num_ctx} tokens and were left out"
            )
        if fitted.forgotten:
            self.notes.append(f"{fitted.forgotten} earlier messages no longer fit and were left out")
        self.notes += withheld(enumerate(fitted.hits, start=1))
        self._chat, self._options = chat, options.chat
        self._question, self._checkers = question, checkers
        self._sources = [_source(n, hit) for n, hit in enumerate(fitted.hits, start=1)]
        self.messages = capable_messages(
            question, retrieval.intent, fitted.hits, system=options.system, history=fitted.history
        )
        self.timings_ms: dict[str, float] = {}
        self._said: list[str] = []
        self._waiting: list[_Judged] = []

    def write(self) -> Iterator[Piece]:
        """Stream, cut into sentences, judge, cite."""
        if not self._sources:
            return
        stream = SentenceStream()
        begun = False
        usage = ChatUsage()
        try:
            for chunk in chunks_of(self._chat, self.messages, self._options, usage):
                if chunk and not begun:
                    begun = True
                    yield Written()
                for sentence in stream.feed(chunk):
                    if _says_not_there(sentence):
                        yield Abstains()
                        return
                    yield from self._take(sentence)
                yield Draft(inert(" ".join([*(one.claim.text for one in self._waiting), stream.open])))
        except EngineError:
            yield from self._release()
            raise
        self.notes += usage.notes
        cut_off = usage.answer_tokens >= self._options.max_tokens
        for sentence in stream.close():
            if _says_not_there(sentence):
                yield Abstains()
            elif cut_off and not ENDED.search(sentence):
                yield Withdrawn(inert(sentence), f"it was cut off at {self._options.max_tokens} tokens")
            else:
                yield from self._take(sentence)
        yield from self._judged()

    def _take(self, sentence: str) -> Iterator[Sentence | Withdrawn]:
        """Judge one sentence; it goes out at once, or waits."""
        bare, known, unknown = split_citations(sentence, {source.n for source in self._sources})
        bare = inert(bare)
        if not bare:
            return
        if fold(bare) in map(fold, self._said):
            yield Withdrawn(bare, "it says the same again")
            return
        claim = Claim(bare, known + unknown, self._question, before=" ".join(self._said))
        (judgement,) = self._checkers.first.judge([claim], self._sources, self._question)
        if judgement.support != "withheld":  # else a second lie could lean on the first
            self._said.append(bare)
        one = _Judged(claim, judgement)
        if self._checkers.second is not None and (self._waiting or undecided(one.judgement)):
            self._waiting.append(one)
        else:
            yield one.piece()

    def _judged(self) -> Iterator[Sentence | Withdrawn]:
        """Ask the second judge about what waits undecided; then all that waits goes out, in order."""
        second = self._checkers.second
        open_ones = [one for one in self._waiting if undecided(one.judgement)]
        if second is not None and open_ones:
            claims = [one.claim for one in open_ones]
            began = time.perf_counter()
            found = second.judge(claims, self._sources, self._question)
            self.timings_ms["judge"] = (time.perf_counter() - began) * 1000
            for one, judgement in zip(open_ones, found, strict=True):
                one.judgement = settled(one.judgement, judgement, believed_from=self._checkers.believed_from)
        self.notes += [*self._checkers.first.notes, *(second.notes if second else ())]
        yield from self._release()

    def _release(self) -> Iterator[Sentence | Withdrawn]:
        waiting, self._waiting = self._waiting, []
        yield from (one.piece() for one in waiting)


def _says_not_there(sentence: str) -> bool:
    return NOT_THERE.lower() in sentence.lower()
