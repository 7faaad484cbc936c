"""What comes in and goes out, as types: for checking requests and for an OpenAPI document that is true.

The documents themselves are made in `service.documents`; a test holds these shapes to them.
"""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

LONGEST = 4000
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, strip_whitespace=True)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


def _whole(given: object) -> object:
    """13.0 is an integer in JSON."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Known = Literal["yes", "maybe", "no"]
Intent = Literal["define", "sentence", "reverse"]
Support = Literal["supported", "own words", "quoted", "remark", "withheld"]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class DefineRequest(_Request):
    """A word to look up by its headword."""

    word: Word


class SearchRequest(_Request):
    """What to look for: a word, a message or a description."""

    query: Text
    limit: Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)] = 10
    mode: Literal["hybrid", "dense", "lexical"] = "hybrid"
    intent: Intent | None = None
    explain: bool = False


class EarlierTurn(_Request):
    """A question of before, and what was answered."""

    question: Text
    answer: Annotated[str, StringConstraints(max_length=4 * LONGEST)]


class AskRequest(_Request):
    """A question; earlier turns let it point back ("and is it rude?")."""

    question: Text
    turns: Annotated[list[EarlierTurn], Field(max_length=50)] = Field(default_factory=list)
    quoted: bool = False
    generate: bool = False


class TranslateRequest(_Request):
    """A message to say in plain English, or in slang."""

    text: Text
    to: Literal["plain", "slang"] = "plain"
    ask_model: bool = True
    substitute: bool = False


class Entry(TypedDict):
    """One definition, as its author wrote it: untrusted text."""

    entry_id: str
    word: str
    definition: str
    up_votes: int | None
    down_votes: int | None


class EntryPage(Entry):
    """An entry by itself."""

    strong: list[str]


class Definition(TypedDict):
    """What the data says about one word."""

    word: str
    known: Known
    entries: list[Entry]
    suggestions: list[str]
    strong: list[str]


class Span(TypedDict):
    """A stretch of the question; offsets in characters."""

    text: str
    start: int
    end: int


class Hit(Entry):
    """A definition that was found."""

    rank: int
    score: float
    match: Literal["exact", "inflected", "fuzzy", "lexical", "semantic"]
    span: Span | None
    slang: NotRequired[float]
    signals: NotRequired[dict[str, float]]


class Retrieval(TypedDict):
    """What a query found, best first."""

    query: str
    intent: Intent
    known: Known
    hits: list[Hit]
    suggestions: list[str]
    notes: list[str]
    strong: list[str]


class Evidence(TypedDict):
    """Where hit n says it: offsets in characters of its definition."""

    n: int
    start: int
    end: int


class Sentence(TypedDict):
    """A sentence of an answer, and how it stands to its sources."""

    text: str
    citations: list[int]
    support: Support
    evidence: list[Evidence]


class Citation(TypedDict):
    """`[n]` in an answer."""

    n: int
    entry_id: str
    word: str


class Answer(TypedDict):
    """A finished answer."""

    query: str
    answer: str
    known: Known
    abstained: bool
    grounded: bool
    citations: list[Citation]
    hits: list[Hit]
    engine: str
    model: str
    timings_ms: dict[str, float]
    quoted: bool
    suggestions: list[str]
    notes: list[str]
    sentences: list[Sentence]
    strong: list[str]


class Sense(TypedDict):
    """One thing that a span may mean."""

    word: str
    entry_id: str
    meaning: str


class Term(TypedDict):
    """A span of a message that is slang; offsets in characters."""

    span: str
    start: int
    end: int
    word: str
    entry_id: str
    definition: str
    senses: list[Sense]


class Translation(TypedDict):
    """A message, in plain English where that could be had, and what its slang means."""

    text: str
    plain: str
    terms: list[Term]
    grounded: bool
    engine: str
    model: str
    rewritten: bool
    rendering: Literal["rewritten", "substituted", "glossed"]
    notes: list[str]
    strong: list[str]


class Headwords(TypedDict):
    """Headwords that begin as asked."""

    headwords: list[str]


class RandomWord(TypedDict):
    """A headword of the store's choice."""

    word: str


class StoreState(TypedDict):
    """The data."""

    headwords: int
    rows: int
    complete: bool
    data_until: str | None


class QueueState(TypedDict):
    """Who generates, who waits, how many may."""

    running: int
    waiting: int
    room: int


class Status(TypedDict):
    """The server at a glance."""

    version: str
    store: StoreState
    engine: str
    model: str
    capable: bool
    gpu: bool | None
    ready: bool
    notes: list[str]
    queue: QueueState


class ErrorBody(TypedDict):
    """What went wrong, and what to do next."""

    message: str
    hint: str
    code: str
    type: Literal["invalid_request_error", "server_error"]
    param: str | None
    retry_after: int | None


class ErrorDocument(TypedDict):
    """Every error has this shape."""

    error: ErrorBody
