"""Slang spans: which of the hits of a message are told as slang, and in which senses.

Retrieval says how likely each span is slang there (`Hit.slang`). Pure; asks no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from slangrag.answer.translate.senses import senses
from slangrag.answer.translate.short import kind
from slangrag.answer.translate.terms import SlangTerm
from slangrag.retrieval.slang import LIKELY
from slangrag.retrieval.types import Hit, Retrieval, Span
from slangrag.text.places import Place, place

_CLOSE: Final = 2.5
_ROLES: Final[dict[str, frozenset[str]]] = {
    "verb": frozenset({"verb", "finite", "past", "progressive"}),
    "noun": frozenset({"noun", "object", "subject"}),
    "adjective": frozenset({"predicate", "attribute"}),
    "adverb": frozenset({"adverb"}),
}

POSSIBLE: Final = 0.08
"""Probability from which a model that can decide is asked about a span."""


def slang_spans(text: str, retrieval: Retrieval) -> list[SlangTerm]:
    """The stretches of `text` that are or may be slang, in its order, none overlapping.

    Those below LIKELY have `likely` False; those below POSSIBLE are left out.
    """
    by_span: dict[Span, list[Hit]] = {}
    for hit in retrieval.hits:
        if hit.span is not None and text[hit.span.start : hit.span.end] == hit.span.text:
            by_span.setdefault(hit.span, []).append(hit)
    chosen = []
    for span, hits in by_span.items():
        probability = hits[0].slang or 0.0
        if probability >= POSSIBLE:
            told = senses(_of_the_place_first(text, span, hits), retrieval.hits)
            chosen.append(SlangTerm(span, told, likely=probability >= LIKELY))
    return sorted(chosen, key=lambda one: one.span.start)


def _of_the_place_first(text: str, span: Span, hits: Sequence[Hit]) -> list[Hit]:
    """`hits`, of those that are close the ones first whose part of speech can stand there."""
    where = place(text[: span.start], text[span.end :])
    best = hits[0].score
    return sorted(hits, key=lambda hit: best - hit.score > _CLOSE or not _agrees(hit, where))


def _agrees(hit: Hit, where: Place) -> bool:
    """Whether the hit's meaning is of a part of speech that can stand there."""
    return bool(_ROLES.get(kind(hit.entry.word, hit.entry.definition), frozenset()) & where.roles)
