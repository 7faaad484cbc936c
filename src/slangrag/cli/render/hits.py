"""Retrieved hits: a numbered line for an entry, two for a passage, below them the signals of their order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from slangrag.retrieval.types import Hit, Locator

_PARTS: Final = 8
_TINY: Final = 0.005  # what two decimals would show as nothing
_WIDE: Final = 70  # columns from which there is room for a bar of votes
_LEAST_TEXT: Final = 12
_PIPE_ROOM: Final = 400
_BETWEEN: Final = " › "
_CUT: Final = f"…{_BETWEEN}"


def show_hits(hits: Sequence[Hit], *, safe: bool, explain: bool = False, first: int = 1) -> None:
    """An entry: number, headword, start of the definition, votes. A passage: number, title, page and heading,
    below them (in a pipe behind them) the start of its text. Then why it is here, if asked.

    Numbers begin at `first`.
    """
    from rich.text import Text

    from slangrag.cli.render.terminal import INDENT, show, stdout

    console = stdout()
    room = console.width if console.is_terminal else _PIPE_ROOM
    for number, hit in enumerate(hits, start=first):
        if hit.locator is None:
            _show_entry(number, hit, room, safe=safe)
        else:
            _show_passage(number, hit.locator, hit.entry.definition, room, safe=safe)
        if explain:
            why = f"{hit.match}: {reasons(hit)}"
            for part in unbroken(why, room - INDENT) if console.is_terminal else [why]:
                show(Text(part, style="dim"), indent=INDENT)


def _show_entry(number: int, hit: Hit, room: int, *, safe: bool) -> None:
    from rich.text import Text

    from slangrag.cli.render.entries import one_line, spoken, votes
    from slangrag.cli.render.terminal import show, stdout

    tail = votes(hit.entry, bar=room >= _WIDE)
    if hit.entry.source:
        tail.append(f"  {hit.entry.source}", style="dim")
    line = Text().append(f"[{number}] ", style="dim")
    line.append(spoken(hit.entry.word, safe=safe), style="bold").append("  ")
    left = max(_LEAST_TEXT, room - line.cell_len - tail.cell_len - 2)
    line.append(one_line(hit.entry.definition, left, safe=safe))
    if tail:
        if stdout().is_terminal:
            line.pad_right(room - tail.cell_len - 2 - line.cell_len)
        line.append("  ").append_text(tail)
    show(line)


def _show_passage(number: int, place: Locator, said: str, room: int, *, safe: bool) -> None:
    from rich.text import Text

    from slangrag.cli.render.entries import one_line, spoken
    from slangrag.cli.render.terminal import INDENT, show, stdout

    line = Text().append(f"[{number}] ", style="dim")
    page = Text(f"  p. {spoken(place.page(), safe=safe)}" if place.page() else "", style="dim")
    left = max(_LEAST_TEXT, room - line.cell_len - page.cell_len)
    line.append(one_line(place.title, left, safe=safe), style="bold").append_text(page)
    left = room - line.cell_len - 2
    if place.heading and left >= _LEAST_TEXT:
        line.append(f"  {one_line(_nearest(place.heading, left), left, safe=safe)}", style="dim")
    if stdout().is_terminal:
        show(line)
        show(Text(one_line(said, room - INDENT, safe=safe)), indent=INDENT)
    else:
        left = max(_LEAST_TEXT, room - line.cell_len - 2)
        show(line.append(f"  {one_line(said, left, safe=safe)}"))


def _nearest(trail: str, width: int) -> str:
    """A trail of headings; where it is too long, those nearest to the passage, which say most."""
    from rich.cells import cell_len

    while cell_len(trail) > width and _BETWEEN in (shorter := trail.removeprefix(_CUT)):
        trail = _CUT + shorter.partition(_BETWEEN)[2]
    return trail


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
