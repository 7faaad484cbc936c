"""What a line of a conversation was understood as, and the few words that every reading of it shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from slangrag.answer.ask.aspects import Aspect
from slangrag.text.forms import fold

FollowUpType = Literal["question", "translate", "summary", "check", "place", "small talk"]
"""check: whether the last answer is right; place: where in a document it stands."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A line as it was asked, as it stands alone, and what to look up for it.

    They differ where the line points back: "is it rude?" is "is rizz rude?", for which the
    definitions of rizz are wanted ("what does rizz mean"). aspect is what it wants to know of `word`, or
    of `word` and `other`, beyond the meaning. reply is the program's own answer to small talk, which is
    never looked up. To translate, lookup is the message. note says why it was not read as it should be.
    """

    asked: str
    standalone: str
    lookup: str
    word: str = ""
    aspect: Aspect = ""
    reply: str | None = None
    other: str = ""
    kind: FollowUpType = "question"
    note: str = ""

    @property
    def changed(self) -> bool:
        """Whether it needed the conversation to be understood."""
        return self.asked != self.standalone

    @property
    def lookups(self) -> tuple[str, ...]:
        """What to look up: each of two words by itself, or the one `lookup`."""
        return (meaning(self.word), meaning(self.other)) if self.other else (self.lookup,)


def pair_of(asked: str, standalone: str, pair: tuple[str, ...], aspect: Aspect = "compare") -> FollowUp:
    """A question on two words at once."""
    one, other = (word.strip(" \"'“”") for word in pair)
    lookup = f"what is the difference between {one} and {other}"
    return FollowUp(asked, standalone, lookup, one, aspect, other=other)


def meaning(word: str) -> str:
    """The question for a word's meaning."""
    return f"what does {word} mean"


def names(text: str, word: str) -> bool:
    """Whether `text` has the word, folded alike, as words of its own."""
    return f" {fold(word)} " in f" {fold(text)} "
