"""A conversation so far, and what a turn of it yields beside the answer's events. Plain frozen data."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from typing import Final

from slangrag.answer.events import Sentence

_LONGEST_TITLE: Final = 60
EMPTY: Final = "(empty)"


@dataclass(frozen=True, slots=True)
class CitedEntry:
    """What `[n]` in a turn's answer meant: kept, so that a chat can be read without its store.

    passage: it is one of a document, word its title, and page the printed number of the page that was cited.
    """

    n: int
    entry_id: str
    word: str
    definition: str
    passage: bool = False
    page: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer.

    asked is what the user typed; standalone is the same without reference to earlier turns; headwords
    are those the answer was about, never titles of documents; at is Unix time in seconds; entries are the
    ids of what it cited. kind: what the turn was for (an aspect, "translate", "small talk", ..., else
    retrieval's intent). sentences are the answer's, each with how it stands to sources. Older files lack the
    last three.
    """

    asked: str
    standalone: str
    answered: str
    headwords: tuple[str, ...] = ()
    at: float = 0.0
    entries: tuple[str, ...] = ()
    kind: str = ""
    sentences: tuple[Sentence, ...] = ()
    sources: tuple[CitedEntry, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        """The documents that its answer cited, by their titles."""
        return tuple(dict.fromkeys(one.word for one in self.sources if one.passage))

    @property
    def of_documents(self) -> bool:
        """Whether documents alone answered it."""
        return bool(self.titles) and not self.headwords


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation so far. It is never changed: `with_turn` gives a longer one."""

    id: str
    began: float
    turns: tuple[Turn, ...] = ()

    @property
    def title(self) -> str:
        """Its first question that found anything, else its first line, shortened; or "(empty)"."""
        if not self.turns:
            return EMPTY
        first = next((turn for turn in self.turns if turn.headwords or turn.sources), self.turns[0])
        line = " ".join(first.asked.split())
        if len(line) <= _LONGEST_TITLE:
            return line
        cut = line[:_LONGEST_TITLE]
        return f"{cut.rsplit(' ', 1)[0] if ' ' in cut else cut}…"

    @property
    def headwords(self) -> tuple[str, ...]:
        """What the latest turn that was about anything was about; empty where documents answered it."""
        turn = self.latest
        return turn.headwords if turn else ()

    @property
    def latest(self) -> Turn | None:
        """The latest turn that was about any headword, or about a document."""
        return next((turn for turn in reversed(self.turns) if turn.headwords or turn.titles), None)

    def with_turn(self, turn: Turn) -> Conversation:
        """The conversation, one turn longer."""
        return replace(self, turns=(*self.turns, turn))

    def without_last(self) -> Conversation:
        """The conversation before its last turn."""
        return replace(self, turns=self.turns[:-1])


def begin(now: float | None = None) -> Conversation:
    """A new, empty conversation. Its id sorts by time."""
    now = time.time() if now is None else now
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    return Conversation(f"{stamp}-{secrets.token_hex(2)}", now)


@dataclass(frozen=True, slots=True)
class ReadAs:
    """How a follow-up was understood: the question as it stands alone."""

    text: str


@dataclass(frozen=True, slots=True)
class Continued:
    """The last event of a turn: the conversation, one turn longer."""

    conversation: Conversation
