"""Retrieved hits: a numbered line each, and below it the signals behind their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from slangrag.retrieval.types import Hit

_PARTS: Final = 8
_TINY: Final = 0.005  # what two decimals would show as nothing
_WIDE: Final = 70  # columns from which there is room for a bar of votes
_LEAST_TEXT: Final = 12
_PIPE_ROOM: Final = 400


def show_hits(hits: Sequence[Hit], *, safe: bool, explain: bool = False, first: int = 1) -> None:
    """One line a hit: number, headword, start of the definition, votes; below it why, if asked.

    Numbers begin at `first`.
    """
    from rich.text import Text

    from slangrag.cli.render.entries import one_line, spoken, votes
    from slangrag.cli.render.terminal import INDENT, show, stdout

    console = stdout()
    room = console.width if console.is_terminal else _PIPE_ROOM
    for number, hit in enumerate(hits, start=first):
        tail = votes(hit.entry, bar=room >= _WIDE)
        if hit.entry.source:
            tail.append(f"  {hit.entry.source}", style="dim")
        line = Text().append(f"[{number}] ", style="dim")
        line.append(spoken(hit.entry.word, safe=safe), style="bold").append("  ")
        left = max(_LEAST_TEXT, room - line.cell_len - tail.cell_len - 2)
        text = Text(one_line(hit.entry.definition, left, safe=safe))
        if console.is_terminal and tail:
            text.pad_right(left - text.cell_len)
        show(line.append_text(text).append("  ").append_text(tail))
        if explain:
            why = f"{hit.match}: {reasons(hit)}"
            for part in unbroken(why, room - INDENT) if console.is_terminal else [why]:
                show(Text(part, style="dim"), indent=INDENT)


def reasons(hit: Hit) -> str:
    """The score as a sum, largest parts first: "score 3.21 = rarity +1.20  fit +0.91  2 more +0.05"."""
    parts = sorted(
        (part for part in hit.signals.items() if abs(part[1]) >= _TINY), key=lambda part: -abs(part[1])
    )
    said = [f"{name} {value:+.2f}" for name, value in parts[:_PARTS]]
    if len(parts) > _PARTS:
        rest = sum(value for _, value in parts[_PARTS:])
        said.append(f"{len(parts) - _PARTS} smaller {rest:+.2f}")
    return f"score {hit.score + 0.0:.2f} = {'  '.join(said) or '0'}"


def unbroken(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width`, broken only where two spaces part two of its pieces."""
    lines: list[str] = []
    for piece in text.split("  "):
        if lines and len(lines[-1]) + 2 + len(piece) <= width:
            lines[-1] += f"  {piece}"
        else:
            lines.append(piece)
    return lines


def show_suggestions(words: Sequence[str], *, safe: bool) -> None:
    """ "Did you mean", where there is something to offer."""
    if words:
        from slangrag.cli.render.entries import spoken
        from slangrag.cli.render.terminal import note

        note(f"did you mean: {', '.join(spoken(word, safe=safe) for word in words)}")
