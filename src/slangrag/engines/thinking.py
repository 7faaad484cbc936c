"""Keeps a model's thinking out of its answer.

Servers separate thinking into a field of its own where they know the model's template. Elsewhere it
stands at the head of the answer, as `<think> ... </think>`, or with its closing tag alone: some
templates end the prompt with the opening one, so that the stream never shows it. Pure text work on a
stream of pieces, for any engine.
"""

from __future__ import annotations

import re
from typing import Final, Literal

OPEN: Final = "<think>"
_CLOSE: Final = "</think>"

Beginning = Literal["answer", "unknown", "thought"]
"""What a stream begins with. "unknown": it is held back until a closing tag or its end decides."""

_THINKERS: Final = re.compile(r"(?<![a-z0-9])(?:r1|qwq)(?![a-z0-9])|think|reason|deepscaler|exaone-deep")


def beginning_by_name(model: str) -> Beginning:
    """ "unknown" for a model that is named as one that thinks ("deepseek-r1:7b"), else "answer".

    Its answer then comes in one piece at the end of its thinking, or at its end if it has no tags. No
    other model is held back.
    """
    return "unknown" if _THINKERS.search(model.lower()) else "answer"


def leak_note(model: str) -> str:
    """What to tell the user of a `ThinkingFilter.leaked` stream."""
    return f"{model} thought aloud: what stands before {_CLOSE} is no part of its answer"


class ThinkingFilter:
    """Feed it the pieces in order; it gives back what belongs to the answer.

    Only what an answer begins with is taken for thinking. `swallowed` counts its characters. `leaked`
    says that a closing tag without an opening one came where an answer was expected: what stood before
    it was thinking, and has been shown already.
    """

    def __init__(self, beginning: Beginning = "answer") -> None:
        self._state: Literal["start", "undecided", "thinking", "gap", "answer"] = (
            "thinking" if beginning == "thought" else "start"
        )
        self._unknown = beginning == "unknown"
        self._held = ""
        self._watched = ""
        self._watching = True
        self.swallowed = 0
        self.leaked = False

    def feed(self, piece: str) -> str:
        """The part of `piece`, and of what was held back, that can be shown now."""
        if self._state == "answer":
            self._watch(piece)
            return piece
        self._held += piece
        if self._state == "start":
            self._look_for_opening()
        if self._state == "undecided":
            self._decide()
        if self._state == "thinking":
            self._look_for_closing()
        if self._state == "gap":
            self._held = self._held.lstrip()
            if self._held:
                self._state, self._watching = "answer", False
        if self._state != "answer":
            return ""
        text, self._held = self._held, ""
        self._watch(text)
        return text

    def finish(self) -> str:
        """What was held back when the stream ended, if it was answer after all."""
        held, self._held = self._held, ""
        if self._state == "thinking":
            self.swallowed += len(held)
        return held if self._state in ("start", "undecided") else ""

    def _look_for_opening(self) -> None:
        head = self._held.lstrip()
        if head.startswith(OPEN):
            self._state, self._held = "thinking", head[len(OPEN) :]
        elif not OPEN.startswith(head):
            self._state = "undecided" if self._unknown else "answer"

    def _decide(self) -> None:
        before, closing, after = self._held.partition(_CLOSE)
        if OPEN in before:  # in mid-text: an answer that speaks of the tags
            self._state, self._watching = "answer", False
        elif closing:
            self.swallowed += len(before)
            self._state, self._held = "gap", after

    def _look_for_closing(self) -> None:
        before, closing, after = self._held.partition(_CLOSE)
        if closing:
            self.swallowed += len(before)
            self._state, self._held = "gap", after
        else:
            done = max(0, len(self._held) - len(_CLOSE) + 1)
            self.swallowed += done
            self._held = self._held[done:]

    def _watch(self, shown: str) -> None:
        """Look for the first tag in what is shown, also where a cut between pieces goes through it."""
        if not self._watching:
            return
        seen = self._watched + shown
        opening, closing = seen.find(OPEN), seen.find(_CLOSE)
        self.leaked = closing >= 0 and not 0 <= opening < closing
        self._watching = opening < 0 and closing < 0
        self._watched = seen[1 - len(_CLOSE) :]
