"""Citations in a model's text: `[1]`, `[1, 2]`, `[1][2]`, `[1-3]`, `(1)`, before or after the full stop.

Works on whole sentences, so how the stream was cut does not matter. Only numbers count: "[drip]" is a
cross-reference of the data, and "[sic]" is nobody's citation.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_NUMBERS: Final = r"\d{1,3}(?:\s*(?:,|;|&|and|-|–)\s*\d{1,3})*"
MARK: Final = rf"(?:\[\s*{_NUMBERS}\s*\]|\(\s*{_NUMBERS}\s*\)|【\s*{_NUMBERS}\s*】)"
_MARKS: Final = re.compile(rf"\s*({MARK})")
_SOURCE_WORDS: Final = re.compile(
    r"\s*[\[(]?\b(?:definitions?|sources?|entry|entries)\s+#?(\d{1,3})\b[\])]?", re.IGNORECASE
)
_ACCORDING_TO: Final = re.compile(
    r"(?:according to|as in|in|from|per)\s+(?:definition|source|entry)\s+#?(\d{1,3})\b\s*,?\s*", re.IGNORECASE
)
_RANGE: Final = re.compile(r"(\d+)\s*[-–]\s*(\d+)")
_WIDEST_RANGE: Final = 20
_BEFORE_STOP: Final = re.compile(r"\s+([.,;:!?…])")


def _numbers(mark: str) -> list[int]:
    def spread(match: re.Match[str]) -> str:
        first, last = int(match[1]), int(match[2])
        if first < last <= first + _WIDEST_RANGE:
            return " ".join(map(str, range(first, last + 1)))
        return f"{first} {last}"

    return [int(number) for number in re.findall(r"\d+", _RANGE.sub(spread, mark))]


def split_citations(sentence: str, known: Collection[int]) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """`sentence` without its marks, the numbers it cites that are in `known`, and those that are not.

    Each number once, in order of first mention.
    """
    cited: list[int] = []
    for match in _MARKS.finditer(sentence):
        cited += _numbers(match[1])
    bare = _MARKS.sub("", sentence)
    named = _ACCORDING_TO.match(bare)
    if named:
        cited.append(int(named[1]))
        bare = bare[named.end() :]
        bare = bare[:1].upper() + bare[1:]
    for match in _SOURCE_WORDS.finditer(bare):
        cited.append(int(match[1]))
    bare = _BEFORE_STOP.sub(r"\1", bare).strip()
    once = tuple(dict.fromkeys(cited))
    return bare, tuple(n for n in once if n in known), tuple(n for n in once if n not in known)


def with_citations(bare: str, numbers: Collection[int]) -> str:
    """`bare` with `[n]` marks before its closing full stop."""
    if not numbers:
        return bare
    marks = "".join(f"[{n}]" for n in numbers)
    stripped = bare.rstrip()
    stop = stripped[-1] if stripped and stripped[-1] in ".!?…" else "."
    body = stripped.rstrip(".!?…").rstrip() if stop == stripped[-1:] else stripped
    return f"{body} {marks}{stop}"
