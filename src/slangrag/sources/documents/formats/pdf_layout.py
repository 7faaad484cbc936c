"""Lines of pages to paragraphs and headings: pure geometry and typography, no PDF library."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from slangrag.sources.documents.formats.building import LONGEST_HEADING, Builder

_EDGE: Final = 2
"""Lines at the top and at the bottom of a page among which running headers and footers are looked for."""
_AROUND: Final = 8
"""Pages before and after within which a running line repeats: a chapter's header ends with the chapter."""
_NUMBER: Final = re.compile(r"\d+|\b[ivxlcdm]+\b", re.IGNORECASE)
_ITEM: Final = re.compile(r"(?:[-*•‣▪◦·–]|\(?(?:\d{1,3}|[a-zA-Z])[.)])\s+\S")
_TERM: Final = re.compile(r"\w[^:.!?]{0,50}(?::| [–—-])\s+\S")
_SENTENCE_END: Final = re.compile(r"""[.!?:…]["'”’)\]]*$""")
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_WORD: Final = re.compile(r"[^\W\d_]+$")
_FIRST_WORD: Final = re.compile(r"[^\W\d_]+")
_LONGEST_RUN: Final = 4
"""Lines of larger type in a row that may be a heading; more are a page in larger type."""
_NUMBERING: Final = re.compile(
    r"(?:(?:chapter|part|section|appendix)\s+)?(?:\d[\d.]*|[a-z][\d.]+|[a-z](?=:))[:.]?\s+", re.IGNORECASE
)
LEADER: Final = " \u2026 "
"""What the dots of a table of contents become."""
_CONTENTS: Final = re.compile(rf"{LEADER}\S{{1,8}}$")
_GOES_ON: Final = re.compile(r"[.,;:]$")
_HEADING_RATIO: Final = 1.12
_SAME_SIZE: Final = 1.08


@dataclass(slots=True)
class Line:
    """A line as it stands on its page: points, y upwards.

    size: of its type. hyphen: it ends within a word. bold: from its first to its last character.
    """

    text: str
    size: float
    left: float
    right: float
    bottom: float
    hyphen: bool = False
    bold: bool = False


def lay_out(
    pages: Sequence[list[Line]], bookmarks: Mapping[int, Sequence[tuple[int, str]]], builder: Builder
) -> list[tuple[int, int]]:
    """Put the pages' paragraphs into `builder`; where each page's text starts and ends there.

    bookmarks: page index to (level, title) of the file's outline.
    """
    kept, dropped = without_running_lines(pages)
    if dropped:
        builder.notes.append(f"{dropped:,} repeated headers, footers and page numbers left out")
    levels = _levels(kept, bookmarks)
    lines = [line for page in kept for line in page]
    breaks = list(_breaks(kept, levels))  # before each line
    known = _words(lines)
    spans: list[tuple[int, int]] = []
    number = 0
    between = ""
    heading = 0
    for page in kept:
        start: int | None = None
        for line in page:
            text, after = line.text, breaks[number + 1]
            if line.hyphen:
                text, after = _joined(
                    line, lines[number + 1] if number + 1 < len(lines) else None, after, known
                )
            at = builder.piece(text, between)
            start = at if start is None else start
            if levels[number]:
                heading = at if between == "\n\n" or not number else heading
                if after == "\n\n":
                    builder.mark_heading(levels[number], heading, builder.length)
            between = after
            number += 1
        spans.append((builder.length if start is None else start, builder.length))
    return spans


def without_running_lines(pages: Sequence[list[Line]]) -> tuple[list[list[Line]], int]:
    """The pages without lines that repeat at their edges, numbers aside; and how many lines that were."""
    edges: list[list[tuple[int, tuple[str, float]]]] = []  # for each page, from outside in
    places: dict[tuple[str, float], list[int]] = defaultdict(list)
    for index, page in enumerate(pages):
        order = sorted(range(len(page)), key=lambda one: page[one].bottom)
        outermost = (*order[:_EDGE], *order[: -_EDGE - 1 : -1])
        # A title page has the same words as the headers, in larger type.
        keys = [(_NUMBER.sub("#", page[one].text.casefold()), page[one].size) for one in outermost]
        edges.append(list(zip(outermost, keys, strict=True)))
        for key in set(keys):
            places[key].append(index)
    kept, dropped = [], 0
    for index, (page, edge) in enumerate(zip(pages, edges, strict=True)):
        first, last = max(index - _AROUND, 0), min(index + _AROUND, len(pages) - 1)
        # A quarter: left and right pages take turns, and chapters begin without a header.
        enough = max(3, (last - first + 1) // 4)
        out: set[int] = set()
        half = len(edge) // 2
        for side in (edge[:half], edge[half:]):
            for number, key in side:
                where = places[key]
                if bisect_left(where, last + 1) - bisect_left(where, first) < enough:
                    break  # what is within stands in the text
                out.add(number)
        dropped += len(out)
        kept.append([line for number, line in enumerate(page) if number not in out])
    return (kept, dropped) if any(kept) else ([list(page) for page in pages], 0)


def _levels(pages: Sequence[list[Line]], bookmarks: Mapping[int, Sequence[tuple[int, str]]]) -> list[int]:
    """For each line the level of the heading that it is part of, 0 for text.

    The outline's titles where they are found on their pages; otherwise type larger than the text's.
    """
    sizes: Counter[tuple[float, bool]] = Counter()
    for page in pages:
        for line in page:
            sizes[line.size, line.bold] += len(line.text)
    body, body_is_bold = max(sizes, key=lambda style: sizes[style])
    styles = [
        (size, bold)
        for size, bold in sizes
        if size >= body * _HEADING_RATIO or (bold and not body_is_bold and size >= body)
    ]
    ranks = {style: rank for rank, style in enumerate(sorted(styles, reverse=True), 1)}
    levels: list[int] = []
    told: dict[tuple[float, bool], int] = {}  # the outline's level for a style of type
    every: list[Line] = []
    for index, page in enumerate(pages):
        told_here = ((level, _letters(title)) for level, title in bookmarks.get(index, ()))
        titles = [(level, title) for level, title in told_here if title]
        for line in page:
            every.append(line)
            style = line.size, line.bold
            said = {_letters(line.text), _letters(_NUMBERING.sub("", line.text))} if titles else set()
            level = next((level for level, title in titles if title in said), 0)
            if level:
                told.setdefault(style, level)
            elif not _CONTENTS.search(line.text):
                level = -ranks.get(style, 0)
            levels.append(level)
    levels = [
        level if level >= 0 else told.get((line.size, line.bold), -level)
        for level, line in zip(levels, every, strict=True)
    ]
    number = 0
    for level, group in groupby(levels[:]):
        run = every[number : number + len(list(group))]
        if level and not _may_be_heading(run, larger=run[0].size >= body * _HEADING_RATIO):
            levels[number : number + len(run)] = [0] * len(run)
        number += len(run)
    return levels


def _may_be_heading(run: Sequence[Line], *, larger: bool) -> bool:
    """Whether lines in a row that look like a heading are one: what is taken for one is in no passage."""
    if len(run) > _LONGEST_RUN or sum(len(line.text) + 1 for line in run) > LONGEST_HEADING:
        return False
    if _GOES_ON.search(run[-1].text) and (len(run) > 1 or not larger):
        return False
    return any(map(str.isalpha, "".join(line.text for line in run)))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _breaks(pages: Sequence[list[Line]], levels: Sequence[int]) -> Iterator[str]:
    """What stands before each line, and at the end: an empty line, a line end or a space."""
    before: Line | None = None
    number = 0
    for page in pages:
        shapes = _shapes(page)
        for place, (line, shape) in enumerate(zip(page, shapes, strict=True)):
            if before is None:
                yield ""
            elif levels[number] or levels[number - 1]:
                same = levels[number] == levels[number - 1] and place > 0
                yield " " if same and shape.near(before, line) else "\n\n"
            elif place == 0:
                yield _over_a_break(before, line)
            else:
                yield shape.between(before, line)
            before = line
            number += 1
    yield "\n\n"


def _over_a_break(before: Line, line: Line) -> str:
    """Between the last line of a page or column and the first of the next: a sentence goes on."""
    if max(before.size, line.size) > _SAME_SIZE * min(before.size, line.size):
        return "\n\n"
    if before.hyphen:
        return " "
    return "\n\n" if _SENTENCE_END.search(before.text) or _ITEM.match(line.text) else " "


def _shapes(page: Sequence[Line]) -> list[_Shape]:
    """For each line of a page, the shape of the column that it stands in."""
    starts = [0, *(at for at in range(1, len(page)) if _is_above(page[at], page[at - 1])), len(page)]
    return [
        shape for first, after in pairwise(starts) for shape in [_Shape(page[first:after])] * (after - first)
    ]


def _is_above(line: Line, before: Line) -> bool:
    """Whether a line stands above the one before it: in the next column."""
    return line.bottom > before.bottom + before.size


class _Shape:
    """How a column is set: its right margin, and how far its lines are apart."""

    def __init__(self, lines: Sequence[Line]) -> None:
        rights = sorted(line.right for line in lines)
        self.right = rights[len(rights) * 9 // 10] if rights else 0.0
        self.width = self.right - min((line.left for line in lines), default=0.0)
        gaps = sorted(
            above.bottom - below.bottom for above, below in pairwise(lines) if above.bottom > below.bottom
        )
        # Not the median: on a page of short paragraphs most gaps are those between paragraphs.
        self.leading = gaps[len(gaps) * 3 // 10] if gaps else 0.0

    def near(self, above: Line, below: Line) -> bool:
        """Whether `below` is the next line of the same type."""
        gap = above.bottom - below.bottom
        return -above.size / 2 < gap <= 1.4 * max(self.leading, above.size) and max(
            above.size, below.size
        ) <= _SAME_SIZE * min(above.size, below.size)

    def between(self, above: Line, below: Line) -> str:
        """What parts two lines of text that follow each other on a page."""
        if _is_above(below, above):
            return _over_a_break(above, below)
        if max(above.size, below.size) > _SAME_SIZE * min(above.size, below.size):
            return "\n\n"
        if above.bottom - below.bottom > 1.4 * self.leading > 0:
            return "\n\n"
        if above.hyphen:
            return " "
        ended = _SENTENCE_END.search(above.text) is not None
        short = above.right < self.right - 0.15 * self.width
        if (
            _ITEM.match(below.text)
            or _CONTENTS.search(above.text)
            or (_TERM.match(below.text) and (ended or short))
        ):
            return "\n"
        if ended and (short or abs(below.left - above.left) > 0.8 * above.size):
            return "\n\n"
        return "\n" if above.right < self.right - 0.4 * self.width else " "


def _words(lines: Sequence[Line]) -> set[str]:
    """The words of the text, if any line ends within one."""
    if not any(line.hyphen for line in lines):
        return set()
    return {word for line in lines for word in _WORD.findall(line.text.casefold())}


def _joined(line: Line, following: Line | None, after: str, known: set[str]) -> tuple[str, str]:
    """A line that ends with a hyphen, and what comes after it.

    The hyphen goes, unless the text has the word with one elsewhere and not without.
    """
    stem = line.text.rstrip("-\u2010")
    first, last = following and _FIRST_WORD.match(following.text), _LAST_WORD.search(stem)
    if after != " " or not first or not last:
        return f"{stem}-", "" if after == " " else after
    left, right = last[0].casefold(), first[0].casefold()
    compound = first[0][0].isupper() or (f"{left}-{right}" in known and left + right not in known)
    return f"{stem}-" if compound else stem, ""
