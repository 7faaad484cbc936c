"""What the answer room hands out: the events of a stream, and the finished answer.

Plain frozen data. Knows nothing of models, prompts or terminals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from slangrag.engines.protocols import ChatOptions
from slangrag.retrieval.types import Hit, Known, Likeness, Retrieval

Support = Literal["supported", "own words", "quoted", "remark", "withheld"]
"""How a sentence stands to its sources. supported: what it says is in what it cites, or in the question.
own words: shown, marked, not verified. quoted: a definition, verbatim. remark: claims nothing about a word.
withheld: never shown."""


@dataclass(frozen=True, slots=True)
class Citation:
    """`[n]` in an answer: n is the hit's rank among the answer's hits, counted from 1.

    word is the headword, or the title of the document; page the printed number of the page that says it, ""
    where there are no pages.
    """

    n: int
    entry_id: str
    word: str
    page: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: its sentences, each with how it stands to its sources.

    text joins them. known is retrieval's verdict. abstained: nothing was claimed. grounded: every sentence
    is supported by what it cites, or is a quotation; False for an abstention. quoted: some of `text` is
    definitions verbatim, because the model's own words failed the check or no model was asked. hits: what
    was found, best first; used: how many of them the model was shown; dropped: how many, from the last,
    did not fit its context. engine and model are "" where none was asked. timings_ms: retrieve,
    first_token (absent where no token came), judge (where the model checked its own words), total.
    """

    query: str
    text: str
    known: Known
    abstained: bool
    grounded: bool
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    engine: str
    model: str
    timings_ms: Mapping[str, float]
    notes: tuple[str, ...] = ()
    quoted: bool = False
    used: int = 0
    dropped: int = 0
    suggestions: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """How to answer.

    generate lets a model speak that is too small to explain; without it the definitions are quoted.
    system replaces the model's standing instructions. data_until says in words where the data ends
    ("May 2016"); None where that is unknown. retrieve_ms is what finding the hits took, for the timings.
    likeness says how near sentences of a passage are to the question; without it words alone choose what of a
    passage is quoted.
    """

    chat: ChatOptions = field(default_factory=ChatOptions)
    system: str | None = None
    data_until: str | None = None
    retrieve_ms: float = 0.0
    generate: bool = False
    likeness: Likeness | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """What was found for the question: the first event of every answer."""

    retrieval: Retrieval


@dataclass(frozen=True, slots=True)
class Note:
    """How it is answered: which engine was taken, and why. Not part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class FirstToken:
    """The model has begun to write; nothing of it is checked yet."""

    ms: float


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence of the program's own: how sure it is, did you mean. Part of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What the model has said and nobody has judged yet, made inert; each replaces the one before.

    For a screen that can take it back: a pipe, a file and a program never show it.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the answer, its `[n]` included, and how it stands to its sources."""

    text: str
    citations: tuple[int, ...]
    support: Support = "supported"

    @property
    def quoted(self) -> bool:
        """Whether it is a definition, not the model's words."""
        return self.support == "quoted"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A sentence that the model wrote and that is not shown, with the reason."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of the stream."""

    answer: Answer


Event = Sources | Note | FirstToken | Draft | Remark | Sentence | Withdrawn | Finished
