"""Entries as people read them: headword, votes, definition with its cross-references.

All of it was written by strangers: it goes through `printable` and into `Text`, never into markup.
"""

from __future__ import annotations

import re
from typing import Final

from rich.text import Text

from slangrag.cli.render.terminal import INDENT, show, stdout
from slangrag.sources.entry import Entry
from slangrag.text.clean import printable

_CROSS_REFERENCE: Final = re.compile(r"\[([^\[\]\n]{1,60})\]")
_BAR: Final = 8


def spoken(text: str, *, safe: bool) -> str:
    """Text of strangers made fit to show: no control characters, strong words masked if `safe`."""
    text = printable(text)
    if safe:
        from slangrag.text.rating import mask

        text = mask(text)
    return text


def votes(entry: Entry, *, bar: bool = True) -> Text:
    """Votes as a bar (if wanted, and on a terminal) and two numbers; nothing where the source is silent."""
    if entry.up_votes is None or entry.down_votes is None:
        return Text()
    total = entry.up_votes + entry.down_votes
    text = Text()
    if bar and total and stdout().is_terminal:
        # Two strokes: without colour the bar says as much.
        liked, disliked = ("━", "─") if stdout().encoding.startswith("utf") else ("=", "-")
        filled = round(_BAR * entry.up_votes / total)
        text.append(liked * filled, style="green").append(disliked * (_BAR - filled), style="red").append(" ")
    return text.append(f"+{entry.up_votes:,} -{entry.down_votes:,}", style="dim")


def definition(text: str, *, safe: bool) -> Text:
    """A definition with its [cross-references] set apart."""
    shown = Text(spoken(text, safe=safe))
    if stdout().is_terminal:
        shown.highlight_regex(_CROSS_REFERENCE, "cyan")
    return shown


def one_line(text: str, width: int, *, safe: bool) -> str:
    """The start of a definition on one line, at most `width` columns."""
    from rich.cells import cell_len, set_cell_size

    line = " ".join(spoken(text, safe=safe).split())
    return line if cell_len(line) <= width else set_cell_size(line, max(1, width - 1)).rstrip() + "…"


def show_entry(entry: Entry, number: int, *, safe: bool) -> None:
    """A numbered definition: headword, votes and id on one line, the text below it."""
    head = Text().append(f"{number:>2}  ", style="dim")
    head.append(spoken(entry.word, safe=safe), style="bold")
    head.append("  ").append_text(votes(entry)).append(f"  #{entry.entry_id}", style="dim")
    if entry.source:
        head.append(f"  {entry.source}", style="dim")
    show(head)
    for paragraph in printable(entry.definition).split("\n"):
        if paragraph.strip():
            show(definition(paragraph, safe=safe), indent=INDENT)
