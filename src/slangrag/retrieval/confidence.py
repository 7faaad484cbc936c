"""Confidence: whether the data answers a question, fitted on questions whose word it lacks.

Knows nothing of how the candidates came about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slangrag.retrieval.candidates import Candidate
from slangrag.retrieval.signals import HeadwordSpan
from slangrag.retrieval.spans import HeadwordMatch
from slangrag.retrieval.types import Known
from slangrag.retrieval.typos import Correction
from slangrag.text.rating import rate


def known_by_name(found: HeadwordMatch) -> Known:
    """For a word that was asked for by name: sure if it stands there as it was written, or elongated."""
    return "yes" if found.form in ("exact", "elongated") else "maybe"


def plausible(corrections: Sequence[Correction], weights: Mapping[str, float]) -> list[Correction]:
    """Those corrections that may be what was meant; the others are mere neighbours.

    The ruder a headword, the surer it must be: nobody who looks for an innocent word that the data lacks
    shall be offered an obscene one for it.
    """
    offered, likely = weights["typo offered"], weights["typo likely"]
    return [one for one in corrections if one.score >= offered + (likely - offered) * rate(one.headword.word)]


def known_if_missing(
    near: Sequence[Correction], seen: Sequence[tuple[float, HeadwordSpan]], weights: Mapping[str, float]
) -> Known:
    """For a word or phrase that is not there: at best a likely typo, or a phrase with a headword in it."""
    likely = bool(near) and near[0].score >= weights["typo likely"]
    return "maybe" if likely or seen else "no"


def known_in_text(best: Candidate | None, weights: Mapping[str, float]) -> Known:
    """For a message or a description: by the evidence for the best candidate, whatever the others have.

    A described headword is at best maybe: however well a definition fits, the first headword was the
    right one for less than one in ten of other people's descriptions.
    """
    if best is None:
        return "no"
    if best.match == "lexical":
        return "maybe"
    if best.match == "semantic":
        return "maybe" if best.evidence >= weights["described maybe"] else "no"
    if best.evidence >= weights["seen yes"]:
        return "yes"
    return "maybe" if best.evidence >= weights["seen maybe"] else "no"
