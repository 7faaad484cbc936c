"""Where in a cited definition or passage an answer's sentence is said: for a page that highlights it, and for
the number of the printed page that a citation names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slangrag.text.content import read
from slangrag.text.sentences import parts_of

if TYPE_CHECKING:
    from slangrag.answer.events import Sentence
    from slangrag.retrieval.types import Hit


@dataclass(frozen=True, slots=True)
class Evidence:
    """A stretch of hit `n`'s definition or passage: text[start:end], offsets in characters."""

    n: int
    start: int
    end: int


def evidence(sentence: Sentence, hits: Sequence[Hit]) -> tuple[Evidence, ...]:
    """For each definition that the sentence cites, its part that shares most words with the sentence.

    Empty for a citation whose definition shares none: nothing is highlighted rather than anything.
    """
    said = read(sentence.text).stems
    found = []
    for n in sentence.citations:
        definition = hits[n - 1].entry.definition
        parts = [(start, end, read(definition[start:end]).stems) for start, end in parts_of(definition)]
        best = max(range(len(parts)), key=lambda at: len(said & parts[at][2]), default=None)
        if best is None or not said & parts[best][2]:
            continue
        first = last = best
        while first > 0 and parts[first - 1][2] <= said:  # a quotation of several sentences
            first -= 1
        while last + 1 < len(parts) and parts[last + 1][2] <= said:
            last += 1
        found.append(Evidence(n, parts[first][0], parts[last][1]))
    return tuple(found)


def page_of(n: int, hits: Sequence[Hit], said: Sequence[Sentence]) -> str:
    """The printed page on which hit `n` says what the sentences that cite it say.

    "" for an entry and a document without pages; the passage's pages where its part cannot be told.
    """
    locator = hits[n - 1].locator
    if locator is None or not locator.pages:
        return ""
    places = [one for sentence in said for one in evidence(sentence, hits) if one.n == n]
    if not places:
        return locator.page()
    return locator.page(min(one.start for one in places), max(one.end for one in places))
