"""Candidates: headwords on their way to become hits, with their senses in order.

Knows nothing of how a headword was found.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from slangrag.retrieval.senses import Sense
from slangrag.retrieval.types import Hit, Match, Span
from slangrag.store.headword_index import Headword

_FARTHEST: Final = 30.0
# A further sense of one headword must be worth more than the next headword, by this much in log-odds:
# more so where headwords were not seen in the text but only described by it.
_FURTHER_SEEN: Final = 1.0
_FURTHER_DESCRIBED: Final = 20.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A headword that may be the answer; senses are its entries, best first.

    parts are what its score is the sum of, by the signals' names. evidence is that sum before it was
    compared with other candidates: it means the same in every question. slang is the
    probability that the span is slang where it stands, None where there is no message.
    """

    headword: Headword
    match: Match
    span: Span | None
    senses: Sequence[Sense]
    parts: Mapping[str, float]
    evidence: float = 0.0
    slang: float | None = None

    @property
    def score(self) -> float:
        """A log-probability up to a constant."""
        return math.fsum(self.parts.values())


def unique(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Each headword once, where it scores best; the best first."""
    best: dict[int, Candidate] = {}
    for candidate in candidates:
        kept = best.get(candidate.headword.hid)
        if kept is None or candidate.score > kept.score:
            best[candidate.headword.hid] = candidate
    return sorted(best.values(), key=lambda c: (-c.score, c.headword.hid))


def by_headword(candidates: Sequence[Candidate], limit: int) -> tuple[Hit, ...]:
    """All senses of the first headword, then all of the second, and so on."""
    hits = [_hit(c, sense, number) for c in candidates for number, sense in enumerate(c.senses)]
    return tuple(hits[:limit])


def by_score(candidates: Sequence[Candidate], limit: int) -> tuple[Hit, ...]:
    """Hits of all headwords together: a further sense falls behind its headword's best as it fits worse."""
    hits = [_hit(c, sense, number) for c in candidates for number, sense in enumerate(c.senses)]
    hits.sort(key=lambda hit: -hit.score)
    return tuple(hits[:limit])


def _hit(candidate: Candidate, sense: Sense, number: int) -> Hit:
    parts = dict(candidate.parts)
    if number:
        further = _FURTHER_DESCRIBED if candidate.span is None else _FURTHER_SEEN
        behind = candidate.senses[0].score - sense.score
        parts["another sense"] = -min(behind + further, _FARTHEST) - number * 1e-6
    score = math.fsum(parts.values())
    return Hit(sense.entry, score, candidate.match, candidate.span, parts, candidate.slang)


def shifted(span: Span, by: int) -> Span:
    """The same stretch in a text that begins `by` characters earlier."""
    return replace(span, start=span.start + by, end=span.end + by)
