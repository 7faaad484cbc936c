"""What a terminal shows after it was sent some text: rows of styled runs. The emulator is pyte.

pyte knows no faint text; here it takes the place of blinking, which nobody wants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice

import pyte
from pyte.screens import Char
from wcwidth import wcswidth


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style on one row. `colour` is a palette's name, RRGGBB, or "" for plain text."""

    column: int
    width: int
    text: str
    colour: str = ""
    bold: bool = False
    faint: bool = False


Row = tuple[Run, ...]
Frame = tuple[Row, ...]


class Screen(pyte.Screen):
    """A screen of `columns` x `rows` that keeps faint text apart."""

    def __init__(self, columns: int, rows: int) -> None:
        super().__init__(columns, rows)
        self._stream = pyte.Stream(self)

    def send(self, text: str) -> None:
        """Show `text`, escape sequences obeyed."""
        self._stream.feed(text)

    def select_graphic_rendition(self, *attrs: int, **kwargs: bool) -> None:
        """SGR with faint (2) as blinking (5); the 2 inside "38;2;r;g;b" is none."""
        kept: list[int] = []
        codes = iter(attrs)
        for code in codes:
            if code in {38, 48}:
                kind = next(codes, 5)
                kept += [code, kind, *islice(codes, 1 if kind == 5 else 3)]
            else:
                kept += {2: [5], 22: [22, 25]}.get(code, [code])
        super().select_graphic_rendition(*kept, **kwargs)

    def frame(self) -> Frame:
        """What stands there now; empty rows at the end are left out."""
        rows = [tuple(_runs(self.buffer[y], self.columns)) for y in range(self.lines)]
        while rows and not rows[-1]:
            rows.pop()
        return tuple(rows)

    def text(self) -> str:
        """The same as plain text, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self.display).rstrip("\n")


def shown(sent: Iterable[str], columns: int, rows: int = 400) -> Screen:
    """The screen after all of it; tall enough by default that nothing scrolls away."""
    screen = Screen(columns, rows)
    for text in sent:
        screen.send(text)
    return screen


def _runs(row: dict[int, Char], columns: int) -> Iterator[Run]:
    """Stretches of one style, without blanks at their ends and without the stubs beside wide characters."""
    cells = ((x, row[x]) for x in range(columns))
    for style, group in groupby(
        ((x, cell) for x, cell in cells if cell.data), key=lambda cell: _style(cell[1])
    ):
        inked = list(group)
        while inked and inked[-1][1].data == " ":
            inked.pop()
        while inked and inked[0][1].data == " ":
            inked.pop(0)
        if inked:
            text = "".join(cell.data for _, cell in inked)
            yield Run(inked[0][0], wcswidth(text), text, *style)


def _style(cell: Char) -> tuple[str, bool, bool]:
    return ("" if cell.fg == "default" else cell.fg, cell.bold, cell.blink)
