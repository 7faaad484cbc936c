"""Ends a stream at a text that was not to come, for engines that cannot be told of it.

Pure text work on pieces: a text may be cut anywhere between two of them.
"""

from __future__ import annotations

from collections.abc import Sequence


class StopTexts:
    """Feed it the pieces in order; `stopped` says that one of the texts came, which is not given out.

    What could be the beginning of one is held back until the next piece decides.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(filter(None, stops))
        self._held = ""
        self.stopped = False

    def feed(self, piece: str) -> str:
        """What of `piece`, and of what was held back, can be shown."""
        if self.stopped:
            return ""
        text = self._held + piece
        places = [place for stop in self._stops if (place := text.find(stop)) >= 0]
        if places:
            self.stopped, self._held = True, ""
            return text[: min(places)]
        held = max((self._begun(text, stop) for stop in self._stops), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def finish(self) -> str:
        """What was held back when the stream ended."""
        held, self._held = self._held, ""
        return held

    @staticmethod
    def _begun(text: str, stop: str) -> int:
        """How many characters at the end of `text` are the beginning of `stop`."""
        return next((n for n in range(min(len(stop) - 1, len(text)), 0, -1) if text.endswith(stop[:n])), 0)
