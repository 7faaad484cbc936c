"""A conversation so far, and what a turn of it yields beside the answer's events. Plain frozen data."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer.

    asked is what the user typed; standalone is the same without reference to earlier turns; headwords
    are those the answer was about; at is Unix time in seconds; entries are the ids of what it cited.
    """

    asked: str
    standalone: str
    answered: str
    headwords: tuple[str, ...] = ()
    at: float = 0.0
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation so far. It is never changed: `with_turn` gives a longer one."""

    id: str
    began: float
    turns: tuple[Turn, ...] = ()

    @property
    def title(self) -> str:
        """Its first question, or "(empty)"."""
        return self.turns[0].asked if self.turns else "(empty)"

    @property
    def headwords(self) -> tuple[str, ...]:
        """What the latest turn that was about any headword was about."""
        return next((turn.headwords for turn in reversed(self.turns) if turn.headwords), ())

    def with_turn(self, turn: Turn) -> Conversation:
        """The conversation, one turn longer."""
        return replace(self, turns=(*self.turns, turn))


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
