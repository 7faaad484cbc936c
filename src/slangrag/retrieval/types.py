"""What retrieval hands to the other rooms: hits, spans and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from slangrag.sources.entry import Entry

Intent = Literal["define", "sentence", "reverse"]
Match = Literal["exact", "inflected", "fuzzy", "lexical", "semantic"]
Known = Literal["yes", "maybe", "no"]
Mode = Literal["hybrid", "dense", "lexical"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the question: text == question[start:end], offsets in characters."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One retrieved entry with the reasons for its rank.

    score is comparable within one result list only. span is the stretch of the question
    that led here (None for semantic hits); signals holds each part of the score by name.
    slang is the probability that the span is slang where it stands; None where no message was looked at.
    """

    entry: Entry
    score: float
    match: Match
    span: Span | None = None
    signals: Mapping[str, float] = field(default_factory=dict)
    slang: float | None = None


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
    intent: Intent
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
