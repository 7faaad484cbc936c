"""Text on a terminal that may still be taken back: drawn dim, and drawn over when more of it comes.

Only for a terminal that can move its cursor. Nothing of it scrolls twice: at most the screen's height less
one line is drawn, the end of the text where it is longer.
"""

from __future__ import annotations

import time
from typing import Final

from rich.text import Text

from slangrag.cli.render.terminal import stdout

_LEAST_SECONDS: Final = 0.03
"""Between two drawings: more often nobody sees, and a slow line would fall behind."""


class Pending:
    """The one stretch of pending text, at the end of what was printed."""

    def __init__(self) -> None:
        self._lines = 0
        self._drawn_at = 0.0

    @staticmethod
    def possible() -> bool:
        """Whether standard output is a terminal that can take text back."""
        return stdout().is_terminal and not stdout().is_dumb_terminal

    def draw(self, text: str) -> None:
        """Show `text` in the place of what was pending."""
        now = time.monotonic()
        if self._lines and now - self._drawn_at < _LEAST_SECONDS:
            return
        console = stdout()
        lines = Text(f"{text} …", style="dim").wrap(console, console.width - 1)[-(console.height - 1) :]
        self.clear()
        console.print(Text("\n").join(lines), end="")
        self._lines = len(lines)
        self._drawn_at = now
        console.file.flush()

    def clear(self) -> None:
        """Take back what is pending."""
        if self._lines:
            up = f"\x1b[{self._lines - 1}A" if self._lines > 1 else ""
            stdout().file.write(f"\r{up}\x1b[J")
            stdout().file.flush()
            self._lines = 0
