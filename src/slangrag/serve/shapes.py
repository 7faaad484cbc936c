"""What comes in and goes out, as types: for checking requests and for an OpenAPI document that is true.

The documents themselves are made in `service.documents`; a test holds these shapes to them.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from slangrag.retrieval.types import Intent, Mode, Only
from slangrag.service import document_shapes, shapes

LONGEST: Final = shapes.LONGEST_TEXT
_NOT_BLANK: Final = Field(json_schema_extra={"pattern": r"\S"})  # blanks around it are taken off first
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, strip_whitespace=True), _NOT_BLANK]
Word = Annotated[
    str, StringConstraints(min_length=1, max_length=shapes.LONGEST_WORD, strip_whitespace=True), _NOT_BLANK
]


def _whole(given: object) -> object:
    """13.0 is an integer in JSON."""
    return int(given) if isinstance(given, float) and given.is_integer() else given


Strong = Annotated[
    list[str], Field(description="Words of its texts, as spelt there, that a mask for strong words hides.")
]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class DefineRequest(_Request):
    """A word to look up by its headword."""

    word: Word


class SearchRequest(_Request):
    """What to look for: a word, a message or a description."""

    query: Text
    limit: Annotated[int, Field(ge=1, le=100), BeforeValidator(_whole)] = 10
    mode: Mode = "hybrid"
    intent: Intent | None = None
    explain: bool = False
    only: Only | None = None
    """Which of dictionary and documents answer; the server's own choice where it is left out."""


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
    only: Only | None = None
    """Which of dictionary and documents answer; the server's own choice where it is left out."""


class TranslateRequest(_Request):
    """A message to say in plain English, or in slang."""

    text: Text
    to: Literal["plain", "slang"] = "plain"
    ask_model: bool = True
    substitute: bool = False


class Entry(shapes.Entry):
    """One definition by itself, as its author wrote it: untrusted text."""

    strong: Strong


class Definition(shapes.Definition):
    """What the data says about one word."""

    strong: Strong


class Hit(shapes.Hit):
    """A definition that was found."""

    signals: dict[str, float] | None = None
    """The parts of the score, where `explain` asked for them."""


class Retrieval(shapes.Retrieval):
    """What a query found, best first."""

    hits: list[Hit]  # type: ignore[assignment]  # a hit with more fields
    strong: Strong


class Evidence(BaseModel):
    """Where hit n says it: offsets in characters of its definition.

    For a passage also where that stands: the document's number, offsets in the document's text, the printed
    page and its number counted from 1, both null where the document has no pages.
    """

    n: int
    start: int
    end: int
    document: int | None = None
    document_start: int | None = None
    document_end: int | None = None
    page: str | None = None
    page_number: int | None = None


class Sentence(shapes.Sentence):
    """A sentence of an answer, and how it stands to its sources."""

    evidence: list[Evidence]


class Answer(shapes.Answer):
    """A finished answer."""

    sentences: list[Sentence]  # type: ignore[assignment]  # a sentence with more fields
    strong: Strong


class Translation(shapes.Translation):
    """A message, in plain English where that could be had, and what its slang means."""

    strong: Strong


Added = document_shapes.Added
Documents = document_shapes.Documents
Removed = document_shapes.Removed


class DocumentText(document_shapes.DocumentText):
    """A document, or some of it."""

    strong: Strong


class Headwords(BaseModel):
    """Headwords that begin as asked."""

    headwords: list[str]


class RandomWord(BaseModel):
    """A headword of the store's choice."""

    word: str


class StoreState(BaseModel):
    """The data."""

    headwords: int
    rows: int
    complete: bool
    data_until: str | None


class QueueState(BaseModel):
    """Who generates, who waits, how many may."""

    running: int
    waiting: int
    room: int


class Status(BaseModel):
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
    documents: int
    only: Only
    """Which of dictionary and documents answer where a request does not say."""

    uploads: bool


class ErrorBody(BaseModel):
    """What went wrong, and what to do next."""

    message: str
    hint: str
    code: str
    type: Literal["invalid_request_error", "server_error"]
    param: str | None
    retry_after: int | None


class ErrorDocument(BaseModel):
    """Every error has this shape."""

    error: ErrorBody
