"""Sentences out of a stream: text is held back until a sentence is whole.

Knows where a sentence ends (citation marks after the full stop still belong to it) and when a model
has begun to loop. Knows nothing of what is true.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from slangrag.text.citations import MARK

LONGEST: Final = 900
"""Characters after which a "sentence" without an end is handed over as it is."""

_END: Final = re.compile(
    # Only from the first of many stops on: a megabyte of dots would take hours.
    rf"""(?<![.!?…])[.!?…]+["'”’)\]*]*(?:\s*{MARK})*[.]?(?=\s+(?:[^\s\[(【]|[\[(](?!\s*\d)\S))|\n+"""
)
ENDED: Final = re.compile(rf"""[.!?…]["'”’)\]]*(?:\s*{MARK})*\s*$""")
"""Matches a text whose last sentence has its end."""

_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(\"'“])(?:e\.g|i\.e|etc|vs|cf|esp|approx|no|mr|mrs|ms|dr|st|jr|sr|[A-Za-z](?:\.[A-Za-z])*)\.$",
    re.IGNORECASE,
)
_ENUMERATION: Final = re.compile(r"^\s*\d{1,2}\.$")
_BULLET: Final = re.compile(r"^\s*(?:[-*•>#]+\s+|\d{1,2}[.)]\s+)+")
_WORD: Final = re.compile(r"\w+")
_LONGEST_ABBREVIATION: Final = 16
_WRAPPED_FROM: Final = 50
_SURELY_WRAPPED: Final = 90
_CELL: Final = " | "
"""Between two cells of a table, of which a line is a row."""

_ITEM: Final = re.compile(r"\s*(?:[-*•>#|]|\d{1,3}[.)]|[A-Za-z][.)])\s")
"""Begins an item of a list, a quotation or a heading."""


class SentenceStream:
    """Feed it chunks; it gives back the sentences that are whole."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, chunk: str) -> Iterator[str]:
        """Add `chunk`; yield each sentence that it completes, bullets and Markdown stars removed."""
        self._held += chunk
        start = 0
        for end in _END.finditer(self._held):
            candidate = self._held[start : end.end()]
            if end[0].startswith(".") and (
                _ABBREVIATION.search(candidate.rstrip()) or _ENUMERATION.match(candidate)
            ):
                continue
            yield from _clean(candidate)
            start = end.end()
        self._held = self._held[start:]
        if len(self._held) > LONGEST:
            yield from self.close()

    @property
    def open(self) -> str:
        """What has come of the sentence that is not whole yet."""
        return next(_clean(self._held), "")

    def close(self) -> Iterator[str]:
        """Yield what is left."""
        rest, self._held = self._held, ""
        yield from _clean(rest)


def _clean(text: str) -> Iterator[str]:
    text = " ".join(_BULLET.sub("", text).replace("**", "").replace("__", "").split())
    if _WORD.search(text):
        yield text


def sentences(text: str) -> list[str]:
    """All sentences of a finished text."""
    stream = SentenceStream()
    return [*stream.feed(text), *stream.close()]


def sentence_ends(text: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Where the sentences of text[start:end] end, as offsets into `text`; a line's end alone is none.

    The last sentence is told only if something follows it.
    """
    end = len(text) if end is None else end
    begin = start
    for mark in _END.finditer(text, start, end):
        if mark[0].isspace():
            continue
        after = mark.end()
        if mark[0].startswith(".") and (
            _ABBREVIATION.search(text, max(begin, after - _LONGEST_ABBREVIATION), after)
            or (after - begin <= _LONGEST_ABBREVIATION and _ENUMERATION.match(text[begin:after]))
        ):
            continue
        yield after
        begin = after


def unwrapped(text: str) -> str:
    """`text`, as long as it was, with a blank for each line break that only keeps a paragraph's lines short.

    A line is broken off where it is long, does not end as a sentence does, and the next one is no item and
    begins in lower case, or as it likes where the line is very long.
    """
    lines = text.split("\n")
    joined = [lines[0]]
    for before, line in itertools.pairwise(lines):
        bare = line.lstrip()
        wrapped = (
            len(before) >= _WRAPPED_FROM
            and bare != ""
            and not _ITEM.match(line)
            and _CELL not in before + line
            and before.rstrip()[-1:] not in ".!?:;"
            and (bare[0].islower() or len(before) >= _SURELY_WRAPPED)
        )
        joined += [" " if wrapped else "\n", line]
    return "".join(joined)


def parts_of(text: str) -> list[tuple[int, int]]:
    """Offsets of a text's sentences, line by line, without the marks of lists; all of it without any."""
    flat, parts, at = unwrapped(text), [], 0
    for line in flat.split("\n"):
        end = at + len(line)
        start = at
        for stop in (*sentence_ends(flat, at, end), end):
            bare = flat[start:stop]
            lead = _BULLET.match(bare)
            first = start + (lead.end() if lead else len(bare) - len(bare.lstrip()))
            last = start + len(bare.rstrip())
            if _WORD.search(flat[first:last]):
                parts.append((first, last))
            start = stop
        at = end + 1
    return parts or [(0, len(text))]


def loops(text: str, *, times: int = 4) -> bool:
    """Whether `text` says the same stretch of words over and over.

    True when some run of three words occurs `times` times, or one word makes up over half of a text of
    twelve words or more.
    """
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) >= 12 and Counter(words).most_common(1)[0][1] > len(words) / 2:
        return True
    runs = Counter(zip(words, words[1:], words[2:], strict=False))
    return bool(runs) and runs.most_common(1)[0][1] >= times
