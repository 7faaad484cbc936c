"""Knowing: whether the data answers a question, fitted on questions whose word it lacks.

Knows nothing of how the candidates came about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slangrag.retrieval.candidates import Candidate
from slangrag.retrieval.signals import Sighting
from slangrag.retrieval.spans import Found
from slangrag.retrieval.types import Known
from slangrag.retrieval.typos import Correction


def named(found: Found) -> Known:
    """For a word that was asked for by name: sure if it stands there as it was written, or elongated."""
    return "yes" if found.form in ("exact", "elongated") else "maybe"


def offered(corrections: Sequence[Correction], weights: Mapping[str, float]) -> list[Correction]:
    """Those corrections that are likelier slips than chance neighbours of a word that is not there."""
    return [one for one in corrections if one.score >= weights["typo floor"]]


def partly(near: Sequence[Correction], seen: Sequence[tuple[float, Sighting]]) -> Known:
    """For a word or phrase that is not there: at best a typo or a phrase with a headword in it."""
    return "maybe" if near or any(sighting.found.match == "exact" for _, sighting in seen) else "no"


def found(candidates: Sequence[Candidate], weights: Mapping[str, float]) -> Known:
    """For a text: by the probability that the best candidate is meant."""
    if not candidates:
        return "no"
    top = candidates[0].score
    if top >= weights["text yes"]:
        return "yes"
    return "maybe" if top >= weights["text maybe"] else "no"
