"""Where in a cited definition or passage an answer's sentence is said: for a page that highlights it, and for
the number of the printed page that a citation names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.sources.documents.paging import pages_of
from slangrag.text.content import read
from slangrag.text.sentences import parts_of

if TYPE_CHECKING:
    from slangrag.answer.events import Sentence
    from slangrag.retrieval.types import Hit, Locator
    from slangrag.sources.documents.types import Page

_MOST: Final = 3
_ADDS: Final = 2
"""Words that a further part of a passage must have of a sentence."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of hit `n`'s definition or passage: text[start:end], offsets in characters."""

    n: int
    start: int
    end: int


def evidence(sentence: Sentence, hits: Sequence[Hit]) -> tuple[Evidence, ...]:
    """For each definition that the sentence cites, its part that shares most words with the sentence.

    Of a passage further parts too, which say what that one does not. Empty for a citation whose definition
    shares no word: nothing is highlighted rather than anything.
    """
    said = _borne(sentence.text)
    found: list[Evidence] = []
    for n in sentence.citations:
        hit = hits[n - 1]
        most = _MOST if hit.kind == "passage" else 1
        found += (Evidence(n, start, end) for start, end in _stretches(said, hit.entry.definition, most))
    return tuple(found)


def _stretches(said: frozenset[str], text: str, most: int) -> list[tuple[int, int]]:
    """Where a text says what is said, at most so many stretches, in order."""
    parts = [(start, end, _borne(text[start:end])) for start, end in parts_of(text)]
    chosen: set[int] = set()
    wanted = said
    for _ in range(most):
        best = max(range(len(parts)), key=lambda at: _weight(wanted & parts[at][2]))
        if _weight(wanted & parts[best][2]) < (_ADDS if chosen else 1):
            break
        wanted -= parts[best][2]
        chosen.add(best)
        for step in (-1, 1):  # a quotation of several sentences
            at = best + step
            while 0 <= at < len(parts) and parts[at][2] and parts[at][2] <= said:
                chosen.add(at)
                at += step
    stretches: list[tuple[int, int]] = []
    for at in sorted(chosen):
        start, end, _ = parts[at]
        if at - 1 in chosen:
            start = stretches.pop()[0]
        stretches.append((start, end))
    return stretches


def _borne(text: str) -> frozenset[str]:
    there = read(text)
    return there.stems | there.numbers


def _weight(shared: frozenset[str]) -> int:
    """How much two texts share: a number counts as two words, since it is said of few things."""
    return len(shared) + sum(one[0].isdigit() for one in shared)


def page_of(n: int, hits: Sequence[Hit], said: Sequence[Sentence]) -> str:
    """The printed numbers of the pages on which hit `n` says what is said of it: "4", "4–5", "4, 7".

    "" for an entry and a document without pages; the passage's pages where its part cannot be told.
    """
    locator = hits[n - 1].locator
    if locator is None or not locator.pages:
        return ""
    places = [one for sentence in said for one in evidence(sentence, hits) if one.n == n]
    touched = sorted(
        {at for one in places for at, page in enumerate(locator.pages) if _touches(one, locator, page)}
    )
    runs: list[list[int]] = []
    for at in touched:
        if runs and at == runs[-1][-1] + 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    if not runs:
        return locator.page()
    ends = ([locator.pages[at].label for at in dict.fromkeys((run[0], run[-1]))] for run in runs)
    return ", ".join(map("–".join, ends))


def _touches(one: Evidence, locator: Locator, page: Page) -> bool:
    """Whether a stretch of a passage stands on a page; what is between two pages belongs to the first."""
    return page in pages_of(locator.pages, locator.start + one.start, locator.start + one.end)
