"""Keeps a model's thinking out of its answer.

Servers separate thinking into a field of its own where they know the model's template. Models that
they do not know so well write `<think> ... </think>` at the head of the answer itself; that part is
swallowed here. Pure text work on a stream of pieces, for any engine.
"""

from __future__ import annotations

from typing import Final, Literal

_OPEN: Final = "<think>"
_CLOSE: Final = "</think>"


class ThinkingFilter:
    """Feed it the pieces in order; it gives back what belongs to the answer.

    Only a block that the answer begins with is taken for thinking. `swallowed` counts its characters.
    """

    def __init__(self) -> None:
        self._state: Literal["start", "thinking", "gap", "answer"] = "start"
        self._held = ""
        self.swallowed = 0

    def feed(self, piece: str) -> str:
        """The part of `piece`, and of what was held back, that can be shown now."""
        if self._state == "answer":
            return piece
        self._held += piece
        if self._state == "start":
            self._look_for_opening()
        if self._state == "thinking":
            self._look_for_closing()
        if self._state == "gap":
            self._held = self._held.lstrip()
            if self._held:
                self._state = "answer"
        if self._state != "answer":
            return ""
        text, self._held = self._held, ""
        return text

    def finish(self) -> str:
        """What was held back when the stream ended, if it was answer after all."""
        held, self._held = self._held, ""
        if self._state == "thinking":
            self.swallowed += len(held)
        return held if self._state == "start" else ""

    def _look_for_opening(self) -> None:
        head = self._held.lstrip()
        if head.startswith(_OPEN):
            self._state, self._held = "thinking", head[len(_OPEN) :]
        elif not _OPEN.startswith(head):
            self._state = "answer"

    def _look_for_closing(self) -> None:
        before, closing, after = self._held.partition(_CLOSE)
        if closing:
            self.swallowed += len(before)
            self._state, self._held = "gap", after
        else:
            done = max(0, len(self._held) - len(_CLOSE) + 1)
            self.swallowed += done
            self._held = self._held[done:]
