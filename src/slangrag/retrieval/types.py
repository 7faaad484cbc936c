"""What retrieval hands to the other rooms: hits, spans and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from slangrag.sources.documents.paging import label_of
from slangrag.sources.documents.types import Page
from slangrag.sources.entry import Entry

Intent = Literal["define", "sentence", "reverse"]
"""How a question is read: it names its word, is a message with slang in it, or describes a word that it looks
for."""

AnsweredAs = Literal["define", "sentence", "reverse", "documents"]
"""An intent, or that documents answer first of all."""

Match = Literal["exact", "inflected", "fuzzy", "lexical", "semantic"]
Known = Literal["yes", "maybe", "no"]
Mode = Literal["hybrid", "dense", "lexical"]
Only = Literal["both", "dictionary", "documents"]
Likeness = Callable[[str, Sequence[str]], Sequence[float]]
"""A question and texts to a cosine for each; to none at all where no embedder can be asked."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the question: text == question[start:end], offsets in characters."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Locator:
    """Where a passage stands: characters start to end of its document's text.

    document is the document's number in the store, title what it is called, source the path or URL that it
    came from, heading the trail of headings above the passage ("" for none), pages those that it touches.
    """

    document: int
    title: str
    source: str
    heading: str
    start: int
    end: int
    pages: tuple[Page, ...] = ()

    def page(self, start: int | None = None, end: int | None = None) -> str:
        """The printed number of the page that holds passage[start:end] ("14", "14–15"), by default the whole.

        "" where the document has no pages. start and end count from the passage's own beginning.
        """
        begin = self.start + (start or 0)
        return label_of(self.pages, begin, self.end if end is None else self.start + end)


@dataclass(frozen=True, slots=True)
class Hit:
    """One retrieved entry, or one passage of a document, with the reasons for its rank.

    A passage has a locator, and an entry of its own making: its document's title as the word, its text as the
    definition. score is comparable within one result list only. span is the stretch of the question
    that led here (None for semantic hits); signals holds each part of the score by name.
    slang is the probability that the span is slang where it stands; None where no message was looked at.
    """

    entry: Entry
    score: float
    match: Match
    span: Span | None = None
    signals: Mapping[str, float] = field(default_factory=dict)
    slang: float | None = None
    locator: Locator | None = None

    @property
    def kind(self) -> Literal["entry", "passage"]:
        """What it is: an entry of the dictionary, or a passage of a document."""
        return "entry" if self.locator is None else "passage"


@dataclass(frozen=True, slots=True)
class SlangSpan:
    """A span of a message: how likely it is slang there, in [0, 1], and what it may mean, best first."""

    span: Span
    probability: float
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What was found for one question, best first, and how sure that is.

    suggestions are headwords offered as "did you mean". notes say in plain words what was
    degraded (no embedder, index not built): never empty silently.
    """

    query: str
    intent: AnsweredAs
    known: Known
    hits: tuple[Hit, ...]
    suggestions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """What the data says about one word: entries best first, near-duplicates dropped, stubs followed.

    entries is empty where the word is not there; then suggestions may name what was meant.
    """

    word: str
    known: Known
    entries: tuple[Entry, ...]
    suggestions: tuple[str, ...] = ()
