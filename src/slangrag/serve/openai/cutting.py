"""Where a client wants an answer to end: at a stop text, or after so many tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

FinishReason = Literal["stop", "length"]


class Cutter:
    """Feed it the text as it comes; it gives back what may be shown.

    finished is None until the end was reached: then nothing more comes out.
    """

    def __init__(
        self, stops: tuple[str, ...], most_tokens: int | None, count_tokens: Callable[[str], int]
    ) -> None:
        self._stops = stops
        self._most = most_tokens
        self._count = count_tokens
        self._held = ""
        self._shown = ""
        self.finished: FinishReason | None = None

    def feed(self, text: str) -> str:
        """What may be shown of `text` and of what was held back; a beginning of a stop text is held."""
        if self.finished:
            return ""
        self._held += text
        ends = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if ends:
            out, self._held = self._held[: min(ends)], ""
            self.finished = "stop"
            return self._within(out)
        keep = max((_overlap(self._held, stop) for stop in self._stops), default=0)
        out, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return self._within(out)

    def close(self) -> str:
        """What was held back, now that the text is at its end."""
        out, self._held = self._held, ""
        return "" if self.finished else self._within(out)

    def _within(self, text: str) -> str:
        if self._most is None:
            return text
        if self._count(self._shown + text) > self._most:
            self.finished = "length"
            low, high = 0, len(text)  # the longest part that is not too long
            while low < high:
                middle = (low + high + 1) // 2
                if self._count(self._shown + text[:middle]) <= self._most:
                    low = middle
                else:
                    high = middle - 1
            text = text[:low]
        self._shown += text
        return text


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of `text` begin `stop`."""
    return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)
