"""Screens as SVG: one still, or a session that plays. No script, no font and nothing else is loaded by it.

Colours follow the viewer's light or dark setting. A session is drawn row by row: each row that ever
stood on the screen is there once and is shown from its first to its last moment, so a typed character
costs a hundred bytes and not a screen. Viewers that play nothing, or whose user wants no motion, show
the end of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from tools.pictures.screen import Frame, Row, Run

CELL: Final = (8.4, 18.0)
_MARGIN: Final = 14.0
_BASELINE: Final = 13.5
_NAMES: Final = {
    name: number
    for number, name in enumerate(("black", "red", "green", "brown", "blue", "magenta", "cyan", "white"))
}
_DARK: Final = ("#3b4048", "#ff7b72", "#7ee787", "#e3b341", "#79c0ff", "#d2a8ff", "#56d4dd", "#e6edf3")
_LIGHT: Final = ("#24292f", "#b3201a", "#1a6b2d", "#7d4e00", "#0550ae", "#6f42c1", "#0b6a73", "#57606a")
_TEXT: Final = {  # paper, text, faint text, edge
    "dark": ("#0f1419", "#d5dbe3", "#8b96a3", "#2a313a"),
    "light": ("#fdfdfc", "#1f2429", "#68727d", "#d5d9de"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A screen and when it begins to be seen, in seconds."""

    at: float
    frame: Frame


def still(frame: Frame, columns: int, *, title: str) -> str:
    """One screen, as high as it has rows. `title` is read to those who do not see it."""
    body = "".join(_row(row, y) for y, row in enumerate(frame))
    return _document(body, columns, len(frame), title=title, style="")


def session(moments: Sequence[Moment], columns: int, rows: int, *, ends: float, title: str) -> str:
    """Screens that follow each other until `ends`, then from the beginning."""
    spans: dict[tuple[float, float], list[str]] = {}
    for y in range(rows):
        for row, start, end in _stretches(moments, y, ends):
            if row:
                spans.setdefault((start, end), []).append(_row(row, y))
    style, body = [], []
    for number, ((start, end), drawn) in enumerate(sorted(spans.items())):
        from_, to = 100 * start / ends, 100 * end / ends
        last = end == ends
        style.append(
            f"@keyframes k{number}{{0%{{opacity:{int(start == 0)}}}{from_:.3f}%{{opacity:1}}"
            f"{to:.3f}%{{opacity:{int(last)}}}}}"
        )
        body.append(
            f'<g class="k{"" if last else " o"}" style="animation-name:k{number}">{"".join(drawn)}</g>'
        )
    style.append(f".k{{animation:{ends:.1f}s step-end infinite}}.o{{opacity:0}}")
    style.append("@media(prefers-reduced-motion:reduce){.k{animation:none}}")
    return _document("".join(body), columns, rows, title=title, style="".join(style))


def _stretches(moments: Sequence[Moment], y: int, ends: float) -> Iterator[tuple[Row, float, float]]:
    """What stood on row `y`, from when to when."""
    row: Row = ()
    since = 0.0
    for moment in moments:
        now = moment.frame[y] if y < len(moment.frame) else ()
        if now != row:
            if moment.at > since:
                yield row, since, moment.at
            row, since = now, moment.at
    yield row, since, ends


def _row(row: Row, y: int) -> str:
    return "".join(_run(run, y) for run in row)


def _run(run: Run, y: int) -> str:
    left, top = _MARGIN + run.column * CELL[0], _MARGIN + y * CELL[1] + _BASELINE
    classes = [f"c{_NAMES[run.colour]}"] if run.colour in _NAMES else []
    classes += ["b"] * run.bold + ["f"] * run.faint
    attributes = f' class="{" ".join(classes)}"' if classes else ""
    if run.colour and run.colour not in _NAMES:
        attributes += f' style="fill:#{run.colour}"'
    return (
        f'<text x="{left:.1f}" y="{top:.1f}" textLength="{run.width * CELL[0]:.1f}"{attributes}>'
        f"{escape(run.text, quote=False)}</text>"
    )


def _document(body: str, columns: int, rows: int, *, title: str, style: str) -> str:
    width, height = columns * CELL[0] + 2 * _MARGIN, rows * CELL[1] + 2 * _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}"'
        f' role="img"><title>{escape(title)}</title><style>'
        "text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        "white-space:pre;fill:var(--t)}.b{font-weight:700}.f{fill:var(--f)}"
        f"{_palette('dark')}@media(prefers-color-scheme:light){{{_palette('light')}}}{style}</style>"
        f'<rect x=".5" y=".5" width="{width - 1:.0f}" height="{height - 1:.0f}" rx="8" fill="var(--p)"'
        f' stroke="var(--e)"/>{body}</svg>\n'
    )


def _palette(scheme: str) -> str:
    paper, text, faint, edge = _TEXT[scheme]
    colours = _DARK if scheme == "dark" else _LIGHT
    named = "".join(f".c{n}{{fill:{colour}}}" for n, colour in enumerate(colours))
    return f":root{{--p:{paper};--t:{text};--f:{faint};--e:{edge}}}{named}"
