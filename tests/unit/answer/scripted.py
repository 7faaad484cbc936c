"""Chat models with a script: real implementations of the protocol that say what a test tells them to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slangrag.engines.protocols import ChatIdentity, ChatOptions, ChatUsage, Message
from slangrag.errors import EngineError
from slangrag.retrieval.types import Hit, Intent, Known, Locator, Match, Retrieval, Span
from slangrag.sources.documents.types import Page
from slangrag.sources.entry import Entry


class ScriptedChat:
    """Says `replies` one after the other, in chunks of `step` characters; then raises `failure`, if any.

    `asked` keeps every prompt, `options` what it was asked with; `cancelled` counts streams closed early.
    """

    def __init__(
        self,
        *replies: str,
        capable: bool = True,
        accepts_grammar: bool = False,
        parameters: float | None = None,
        step: int = 3,
        failure: EngineError | None = None,
    ) -> None:
        self._replies = list(replies)
        self._step = step
        self._failure = failure
        self._identity = ChatIdentity("scripted", "script-1", capable, accepts_grammar, parameters)
        self.asked: list[list[Message]] = []
        self.options: list[ChatOptions] = []
        self.cancelled = 0

    @property
    def identity(self) -> ChatIdentity:
        return self._identity

    def stream(
        self, messages: Sequence[Message], options: ChatOptions, usage: ChatUsage | None = None
    ) -> Iterator[str]:
        self.asked.append(list(messages))
        self.options.append(options)
        reply = self._replies.pop(0) if self._replies else ""
        try:
            for start in range(0, len(reply), self._step):
                yield reply[start : start + self._step]
            if usage is not None:
                usage.answer_tokens = self.count_tokens(reply)
            if self._failure is not None:
                raise self._failure
        except GeneratorExit:
            self.cancelled += 1
            raise

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def hit(word: str, definition: str, *, n: int = 1, match: Match = "exact", span: str | None = None) -> Hit:
    return Hit(
        Entry(f"{n:07d}", word, definition),
        1.0 - n / 100,
        match,
        Span(span, 0, len(span)) if span is not None else None,
    )


def found(
    *definitions: tuple[str, str],
    query: str = "what does rizz mean",
    known: Known = "yes",
    intent: Intent = "define",
    suggestions: tuple[str, ...] = (),
    match: Match = "exact",
    span: str | None = None,
) -> Retrieval:
    hits = tuple(hit(w, d, n=n, match=match, span=span) for n, (w, d) in enumerate(definitions, start=1))
    return Retrieval(query, intent, known, hits, suggestions)


RIZZ = (
    ("rizz", "Charm or skill at attracting someone romantically, mostly through easy talk."),
    ("rizz", "To win somebody over with smooth talk; usually in the form 'rizz up'."),
)


def passage(
    title: str,
    text: str,
    *,
    heading: str = "",
    pages: Sequence[tuple[str, int]] = (),
    start: int = 0,
    n: int = 1,
    score: float = 5.0,
) -> Hit:
    """A passage of a document; pages are labels, each with where it begins in the passage's text."""
    ends = [*(begin for _, begin in pages[1:]), len(text)][: len(pages)]
    printed = tuple(
        Page(number, label, start + begin, start + end)
        for number, ((label, begin), end) in enumerate(zip(pages, ends, strict=True), start=1)
    )
    where = Locator(7, title, "/documents/it.pdf", heading, start, start + len(text), printed)
    return Hit(Entry(f"d7p{n}", title, text), score, "semantic", locator=where)


def of_documents(*hits: Hit, query: str, known: Known = "yes") -> Retrieval:
    return Retrieval(query, "documents", known, hits)
