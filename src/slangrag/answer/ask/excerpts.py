"""What of a passage is quoted: the stretch of neighbouring sentences that answers the question best.

By the words of the question that a stretch has, the rarer in the passage the better, by a number where one
is asked for, and, where an embedder is at hand, by likeness. A line of a list, a table or a glossary stands
alone.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Callable, Sequence
from typing import Final

from slangrag.retrieval.types import Hit, Likeness
from slangrag.text.content import read
from slangrag.text.inert import excerpt
from slangrag.text.injection import is_order
from slangrag.text.sentences import parts_of

LONGEST: Final = 420
_SHORT: Final = 250
"""Characters below which the next sentence is quoted too: one alone often only begins to answer."""

_ALIKE: Final = 0.75
"""What one standard deviation of likeness counts, against a word that only one sentence of two has."""

_ASKS_NUMBER: Final = re.compile(
    r"\b(?:how (?:many|much|long|far|big|often|quick(?:ly)?|fast|old|large|soon|high)|when|"
    r"what (?:time|year|percentage))\b",
    re.IGNORECASE,
)

_LONGEST_HEADING: Final = 8
_SAYS: Final = re.compile(r"[.!?:;|,]")
"""What a line has that is more than a heading."""

_ENTRY: Final = re.compile(r"[^.!?:|\n]{1,40}(?:: | [–—-] | \| )")
"""Begins a line that explains what it begins with."""


def excerpt_of(query: str, hit: Hit, likeness: Likeness | None = None) -> tuple[str, int, int]:
    """The part of a passage that answers `query` best, on one line, and where it stands in the passage.

    Offsets are in characters of the passage's text. Sentences that talk to the program and headings are
    passed over.
    """
    text = hit.entry.definition
    everything = parts_of(text)
    parts = [one for one in everything if not _is_unfit(text, *one)] or everything
    worth = _worth(query, [text[a:b] for a, b in parts], likeness)
    stretches = [
        (first, last)
        for first in range(len(parts))
        for last in range(first, len(parts))
        if first == last or _together(text, parts, first, last)
    ]
    first, last = max(stretches, key=lambda one: (worth(*one), one[0] - one[1], -one[0]))
    first, last = _widened(text, parts, first, last)
    start, end = parts[first][0], parts[last][1]
    return excerpt(" ".join(text[start:end].split()), LONGEST), start, end


def _is_unfit(text: str, start: int, end: int) -> bool:
    """Whether a sentence talks to the program, or is no sentence but a heading within the passage."""
    part = text[start:end]
    alone = text[end : end + 2] == "\n\n" and len(part.split()) <= _LONGEST_HEADING
    return is_order(part, passage=True) or (alone and not _SAYS.search(part))


def _widened(text: str, parts: Sequence[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    """A stretch with what it needs: a glossary's entry from its word on, a short one with what follows or,
    where nothing does, with the sentence before it.
    """
    opening = first
    while opening > 0 and _together(text, parts, opening - 1, last):
        opening -= 1
    if _ENTRY.match(text[parts[opening][0] :]):
        first = opening
    followed = last
    while parts[last][1] - parts[first][0] < _SHORT and last + 1 < len(parts):
        if not _together(text, parts, first, last + 1):
            break
        last += 1
    if parts[last][1] - parts[first][0] < _SHORT and first > 0 and followed == last:
        first -= _together(text, parts, first - 1, last)
    return first, last


def _together(text: str, parts: Sequence[tuple[int, int]], first: int, last: int) -> bool:
    """Whether sentences can be quoted as one stretch: neighbours on one line, and not too much."""
    start, end = parts[first][0], parts[last][1]
    gaps = (text[parts[n][1] : parts[n + 1][0]] for n in range(first, last))
    return end - start <= LONGEST and all(gap.isspace() and "\n" not in gap for gap in gaps)


def _worth(query: str, texts: Sequence[str], likeness: Likeness | None) -> Callable[[int, int], float]:
    """What the stretch from one of `texts` to another is worth as an answer."""
    wanted = _borne(query)
    there = [_borne(text) for text in texts]
    rare = {one: math.log1p(len(texts) / (sum(one in has for has in there) or 1)) for one in wanted}
    counts = [bool(wanted & has and read(text).numbers) for text, has in zip(texts, there, strict=True)]
    alike = _standardised(likeness(query, texts)) if likeness is not None and len(texts) > 1 else []
    asks_number = bool(_ASKS_NUMBER.search(query))

    def worth(first: int, last: int) -> float:
        here = slice(first, last + 1)
        words = math.fsum(rare[one] for one in wanted & frozenset().union(*there[here]))
        number = asks_number and any(counts[here])
        return words + number + _ALIKE * max(alike[here], default=0.0)

    return worth


def _standardised(values: Sequence[float]) -> list[float]:
    """Values less their mean, in standard deviations: so one embedder's cosines are like another's."""
    spread = statistics.pstdev(values) if values else 0.0
    return [(value - statistics.fmean(values)) / spread for value in values] if spread > 0 else []


def _borne(text: str) -> frozenset[str]:
    there = read(text)
    return there.stems | there.numbers
