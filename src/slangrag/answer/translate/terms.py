"""What a translation is made of: slang terms with their senses, and the translated message. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from slangrag.errors import EngineError
from slangrag.retrieval.types import Span

Direction = Literal["plain", "slang"]
Rendering = Literal["rewritten", "substituted", "glossed"]

_CLOSE: Final = 2.5
"""Log-odds behind the likeliest sense within which a second one is told too."""


@dataclass(frozen=True, slots=True)
class Sense:
    """One entry that a span may stand for. meaning: the part of its definition that says what it means.

    behind: log-odds to the likeliest sense of the span, 0 for that one.
    """

    entry_id: str
    word: str
    definition: str
    meaning: str
    behind: float = 0.0


@dataclass(frozen=True, slots=True)
class SlangTerm:
    """One stretch of a message and what it may mean, the likeliest first; one sense where a model chose.

    likely: it is more likely slang here than not. Others are shown to a model that can decide, and to nobody
    else.
    """

    span: Span
    senses: tuple[Sense, ...]
    likely: bool = True

    @property
    def sense(self) -> Sense:
        """The sense that it has here."""
        return self.senses[0]

    @property
    def told(self) -> tuple[Sense, ...]:
        """The senses to tell: the likeliest, and a second where it is close."""
        return (self.sense, *(one for one in self.senses[1:2] if one.behind <= _CLOSE))


@dataclass(frozen=True, slots=True)
class Translation:
    """A translated message.

    rendering: "rewritten" are a model's words; "substituted" has short meanings in the place of slang;
    "glossed" is the message itself. grounded: nothing is in `plain` that is in neither the message nor the
    glossary. engine and model are "" where none was asked. engine_note says why this engine was taken;
    failure is what the engine failed with, and the terms are then from the glossary alone.
    """

    text: str
    plain: str
    terms: tuple[SlangTerm, ...]
    rendering: Rendering = "glossed"
    grounded: bool = True
    engine: str = ""
    model: str = ""
    notes: tuple[str, ...] = ()
    engine_note: str = ""
    failure: EngineError | None = None

    @property
    def rewritten(self) -> bool:
        """Whether `plain` is in a model's words."""
        return self.rendering == "rewritten"
