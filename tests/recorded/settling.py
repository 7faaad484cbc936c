"""What differs from run to run and from machine to machine, taken out of what a command said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

TOLERANCE: Final = 0.011
"""How far two fractions may lie apart. The int8 model gives other last digits on another kind of core."""

_VARIES: Final = (
    # Progress is said every five seconds and at the end of a stage, with the rate by then: the end stays.
    (re.compile(r"^[a-z/ ]+: [\d,]+ (rows|of [\d,]+ rows \(\d\d? %\))(, .*)?\n", re.MULTILINE), ""),
    (re.compile(r"(rows \(100 %\)), .*"), r"\1"),
    # Times and rates.
    (re.compile(r"\b\d+ min \d\d s\b|\b\d+(\.\d+)? s\b"), "N s"),
    (re.compile(r"\b[\d,]+ ms\b"), "N ms"),
    (re.compile(r"\b[\d,]+ rows/s"), "N rows/s"),
    (re.compile(r'("(?:seconds|rows_per_second|embedder_rate|embed_seconds)":) [\d.e-]+'), r"\1 N"),
    (re.compile(r'("(?:retrieve|first_token|total|p50|p95)":) [\d.e-]+'), r"\1 N"),
    # `eval` ends its lines with the median in milliseconds.
    (re.compile(r"\t\d+\.\d$", re.MULTILINE), "\tN"),
    # Moments.
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)?"), "<moment>"),
    # Disks: how much is used and free, and of what kind they are.
    (re.compile(r"\b[\d.]+ [kMGT]?B (lexicon|codes|Chroma|used)\b"), r"N B \1"),
    (re.compile(r"\b[\d.]+ [kMGT]?B free( on \w+)?"), "N B free"),
    (re.compile(r"^free\t.*$", re.MULTILINE), "free\tN B"),
    (re.compile(r'"(lexicon|codes|index|free)": \d+'), r'"\1": N'),
    (re.compile(r'"file_system": "[^"]*"'), '"file_system": "<kind>"'),
    # Versions of Python and of what comes with it.
    (re.compile(r"\b(Python|SQLite) \d+(\.\d+)+"), r"\1 <version>"),
    (re.compile(r"\bPython <version> on [^,\n\"]+"), "Python <version>"),
)
_FRACTION: Final = re.compile(r"-?\+?\d+\.\d+(?:e-?\d+)?")


def settled(text: str, places: Mapping[str, str]) -> str:
    """`text` without what varies; `places` are directories of this machine and what stands for each."""
    for place in sorted(places, key=len, reverse=True):
        text = text.replace(place, places[place])
    for pattern, instead in _VARIES:
        text = pattern.sub(instead, text)
    return text


def alike(text: str, other: str) -> bool:
    """Whether two settled texts are the same, but for the last digits of fractions (scores)."""
    if text == other:
        return True
    if _FRACTION.sub("#", text) != _FRACTION.sub("#", other):
        return False
    pairs = zip(_FRACTION.findall(text), _FRACTION.findall(other), strict=True)
    return all(abs(float(one) - float(another)) <= TOLERANCE for one, another in pairs)
