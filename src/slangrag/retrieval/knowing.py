"""Knowing: whether the data answers a question, fitted on questions whose word it lacks.

Knows nothing of how the candidates came about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slangrag.retrieval.candidates import Candidate
from slangrag.retrieval.spans import Found
from slangrag.retrieval.types import Known
from slangrag.retrieval.typos import Correction


def named(found: Found) -> Known:
    """For a word that was asked for by name: sure if it stands there as it was written, or elongated."""
    return "yes" if found.form in ("exact", "elongated") else "maybe"


def misspelt(corrections: Sequence[Correction], weights: Mapping[str, float]) -> Known:
    """For a word that is not there: at best a typo, which is offered and never taken for found."""
    return "maybe" if corrections and corrections[0].score >= weights["typo floor"] else "no"


def found(candidates: Sequence[Candidate], weights: Mapping[str, float]) -> Known:
    """For a text: by the probability that the best candidate is meant."""
    if not candidates:
        return "no"
    top = candidates[0].score
    if top >= weights["text yes"]:
        return "yes"
    return "maybe" if top >= weights["text maybe"] else "no"
