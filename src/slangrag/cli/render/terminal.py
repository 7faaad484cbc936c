"""Where output goes: results to stdout, notes and progress to stderr; colour only where it is wanted.

A pipe gets plain text, one paragraph a line, never cut to a width.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

INDENT: Final = 4
_WIDEST: Final = 100
_ROOMY: Final = 60
# C1 controls, zero-width and bidirectional marks, separators, tags. Below 0x20 JSON escapes by itself.
_UNSEEN: Final = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_bar_below: Final = ContextVar("_bar_below", default=False)
_IN_CELLS: Final = re.compile(r"[\t\n\r]")


@cache
def stdout() -> Console:
    """The console for results; obeys NO_COLOR, FORCE_COLOR and the terminal's width."""
    return _console(stderr=False)


@cache
def stderr() -> Console:
    """The console for notes and progress."""
    return _console(stderr=True)


@cache
def whole_width() -> Console:
    """Standard output as wide as the terminal is, for what stands side by side."""
    return _console(stderr=False, capped=False)


def _console(*, stderr: bool, capped: bool = True) -> Console:
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if capped and console.is_terminal and console.width > _WIDEST:
        console.width = _WIDEST
    return console


@contextmanager
def bar_below() -> Iterator[None]:
    """While the block runs, a terminal's last line is a bar on `stderr()`, and results go above it."""
    token = _bar_below.set(True)
    try:
        yield
    finally:
        _bar_below.reset(token)


def show(text: Text, *, indent: int = 0) -> None:
    """Print a paragraph on stdout: wrapped and indented on a terminal, one line in a pipe."""
    console = stdout()
    if not console.is_terminal:
        lines = (" " * indent + line for line in text.plain.split("\n"))
        console.print("\n".join(lines) if indent else text, soft_wrap=True)
        return
    if _bar_below.get():  # only the console that drew the bar can move it out of the way
        console = stderr()
    if indent:
        from rich.padding import Padding

        console.print(Padding(text, (0, 0, 0, indent)))
    else:
        console.print(text)


def show_labelled(label: Text, text: Text) -> None:
    """Print `text` after its label; on a terminal its further lines stand below its first.

    A label that takes more than half of a narrow terminal stands on a line of its own.
    """
    console = stdout()
    if not console.is_terminal:
        console.print(label.plain + text.plain, soft_wrap=True)
        return
    if label.cell_len > console.width // 2:
        console.print(label)
        show(text, indent=INDENT)
        return
    from rich.table import Table

    grid = Table.grid()
    grid.add_column(width=label.cell_len, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(label, text)
    console.print(grid)


def note(message: str) -> None:
    """A remark on stderr, dim."""
    from rich.text import Text

    from slangrag.text.clean import printable

    console = stderr()
    console.print(Text(printable(message), style="dim"), soft_wrap=not console.is_terminal)


def write_json(document: Mapping[str, Any]) -> None:
    """One JSON document on stdout; what a terminal would act on or not show is written as \\uXXXX."""
    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    text = json.dumps(document, ensure_ascii=encoding != "utf8", indent=2)
    if not text.isascii() or "\x7f" in text:
        text = _UNSEEN.sub(lambda found: json.dumps(found.group())[1:-1], text)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def show_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """A table without lines on a terminal; tab-separated values in a pipe."""
    from slangrag.text.clean import printable

    shown = [tuple(printable(cell) for cell in row) for row in rows]
    if not stdout().is_terminal:
        for row in shown:  # a path may have a line end in it
            sys.stdout.write("\t".join(_IN_CELLS.sub(" ", cell) for cell in row) + "\n")
        return
    from rich.table import Table
    from rich.text import Text

    gap = 2 if stdout().width >= _ROOMY else 1
    table = Table(
        box=None, pad_edge=False, padding=(0, gap, 0, 0), header_style="dim", show_header=any(heads)
    )
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in shown:
        table.add_row(*(Text(cell) for cell in row))
    stdout().print(table)
