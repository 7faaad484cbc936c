"""Checks as people read them: `doctor` and `store verify` look alike."""

from __future__ import annotations

from typing import Final

from rich.text import Text

from slangrag.cli.render.terminal import show, show_labelled
from slangrag.text.clean import printable

_MARKS: Final = {True: ("ok", "green"), False: ("no", "bold red"), None: ("-", "dim")}


def show_check(name: str, ok: bool | None, said: str, hint: str, *, width: int) -> None:
    """One line: the mark, the name in `width` columns, what was found; below it what to type next."""
    word, style = _MARKS[ok]
    label = Text().append(f"{word:<4}", style=style).append(f"{name:<{width}}  ", style="bold")
    show_labelled(label, Text(printable(said)))
    if hint:
        show_labelled(Text("next: ".rjust(label.cell_len), style="dim"), Text(printable(hint), style="cyan"))


def show_verdict(failures: int) -> None:
    """The last line: whether all is well."""
    show(Text())
    if failures:
        show(Text(f"{failures} thing{'s' if failures > 1 else ''} to mend, from the top."))
    else:
        show(Text("All is well."))
