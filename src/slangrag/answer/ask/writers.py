"""Two ways to have a model write an answer: a capable one from all hits at once, a small one hit by hit.

Each yields checked sentences and withdrawn ones. Knows nothing of remarks, fallbacks or timings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Protocol

from slangrag.answer.ask.budget import fit
from slangrag.answer.ask.prompts import (
    NOT_THERE,
    capable_messages,
    opening,
    small_grammar,
    small_messages,
    small_opening,
)
from slangrag.answer.ask.quoting import distinct, quotation
from slangrag.answer.events import AnswerOptions, Sentence, Withdrawn
from slangrag.answer.support.grounding import Source, Verdict, best_source, check, complete
from slangrag.engines.protocols import ChatModel, ChatOptions, ChatUsage, Message
from slangrag.retrieval.types import Hit, Intent, Retrieval
from slangrag.text.citations import split_citations, with_citations
from slangrag.text.content import read
from slangrag.text.forms import fold
from slangrag.text.inert import inert
from slangrag.text.injection import about_the_word, has_orders
from slangrag.text.sentences import ENDED, SentenceStream

_SMALL_SENSES: Final = {"define": 2, "sentence": 4, "reverse": 2}
_SMALL_TOKENS: Final = 80
_ASKS_MORE: Final = re.compile(
    r"^\W*(?:is|are|was|can|could|should|would|do|does|did|who|where|when|why|how)\b(?!.*\bmeans?\b)"
    r"|\b(?:opposite|another word|synonym|origin|come from)\b",
    re.IGNORECASE,
)
_SAME: Final = 0.5


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


def _withheld(numbered: Iterable[tuple[int, Hit]]) -> list[str]:
    """A note on definitions that were shown to the model only in part."""
    marks = [f"[{n}]" for n, hit in numbered if has_orders(hit.entry.definition)]
    if not marks:
        return []
    return [f"parts of {', '.join(marks)} talk to the program, not about the word: kept from the model"]


def _chunks(
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
        self.notes += _withheld(enumerate(fitted.hits, start=1))
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
        for chunk in _chunks(self._chat, self._messages, self._options, usage):
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


class Small:
    """One definition, one sentence; a sentence that fails its check is replaced by the definition, quoted."""

    def __init__(
        self,
        question: str,
        retrieval: Retrieval,
        chat: ChatModel,
        options: AnswerOptions,
        history: tuple[Message, ...],  # noqa: ARG002
    ) -> None:
        self.dropped = 0
        self._chat, self._system = chat, options.system
        self._options = replace(
            options.chat,
            max_tokens=min(_SMALL_TOKENS, options.chat.max_tokens),
            temperature=0.0,
            stop=("\n",),
        )
        self._chosen = senses(retrieval)
        self._told = ""
        self.used = len(self._chosen)
        self.notes = _withheld(self._chosen)
        if _ASKS_MORE.search(question):
            self.notes.append(
                f"{chat.identity.model} is too small to answer questions about a word: it only explains it"
            )

    def write(self) -> Iterator[Piece]:
        """One call of the model for each chosen definition, best first."""
        begun = False
        for n, hit in self._chosen:
            if len(read(opening(hit)).terms) == 0:
                yield Sentence(quotation(n, hit), (n,), quoted=True)
                continue
            options = self._options
            if self._chat.identity.accepts_grammar:
                options = replace(options, grammar=small_grammar(hit))
            held = SentenceStream()
            sentence = ""
            for chunk in _chunks(self._chat, small_messages(hit, system=self._system), options):
                if chunk and not begun:
                    begun = True
                    yield Written()
                sentence = sentence or next(held.feed(chunk), "")
                if sentence:
                    break
            sentence = sentence or next(held.close(), "")
            yield from self._checked(sentence, n, hit)

    def _checked(self, sentence: str, n: int, hit: Hit) -> Iterator[Sentence | Withdrawn]:
        bare = inert(split_citations(sentence, ())[0])
        source, start = Source(n, inert(hit.entry.word), opening(hit)), small_opening(hit)
        verdict = check(bare, [source])
        if verdict.supported:
            verdict = complete(bare, source)
        if verdict.supported and not bare.lower().startswith(start.lower()):
            verdict = Verdict(False, "it does not say what it is about")
        if not verdict.supported:
            if bare:
                yield Withdrawn(bare, verdict.reason)
            yield Sentence(quotation(n, hit), (n,), quoted=True)
            return
        if self._told == fold(hit.entry.word) and start.endswith(" means"):
            bare = "It can also mean" + bare[len(start) :]
        self._told = fold(hit.entry.word)
        yield Sentence(with_citations(bare, (n,)), (n,))


def senses(retrieval: Retrieval) -> list[tuple[int, Hit]]:
    """The hits, with their ranks, that a small model is asked about.

    To a "define" question, different senses of the best headword. In a message, the best hit of each
    stretch of it. To a description, the best hit of each headword.
    """
    most = _SMALL_SENSES[retrieval.intent]
    hits = distinct(retrieval.hits)
    if retrieval.intent == "sentence" and any(hit.span for hit in hits):
        hits = [hit for hit in hits if hit.span]
    if retrieval.intent == "define":
        hits = [hit for hit in hits if fold(hit.entry.word) == fold(hits[0].entry.word)]
    chosen: list[Hit] = []
    for hit in hits:
        if len(chosen) < most and not any(_same(hit, other, retrieval.intent) for other in chosen):
            chosen.append(hit)
    return [(retrieval.hits.index(hit) + 1, hit) for hit in chosen]


def _same(hit: Hit, other: Hit, intent: Intent) -> bool:
    """Whether `hit` would say nothing new beside `other`."""
    if intent != "define":
        overlap = (
            hit.span and other.span and hit.span.start < other.span.end and other.span.start < hit.span.end
        )
        return bool(overlap) or fold(hit.entry.word) == fold(other.entry.word)
    return says_the_same(hit, other)


def says_the_same(hit: Hit, other: Hit, share: float = _SAME) -> bool:
    """Whether two definitions open with the same words, `share` of the shorter one's or more."""
    ours, theirs = (read(opening(h), without=(h.entry.word,)).stems for h in (hit, other))
    return len(ours & theirs) >= share * min(len(ours), len(theirs))
