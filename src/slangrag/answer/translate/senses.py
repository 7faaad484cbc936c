"""Senses: what the hits of one span may mean, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from slangrag.answer.ask.choosing import says_the_same
from slangrag.answer.translate.terms import Sense
from slangrag.retrieval.types import Hit
from slangrag.text.defining import defining
from slangrag.text.forms import fold, joined, stem
from slangrag.text.inert import inert
from slangrag.text.stubs import stub

MOST_SENSES: Final = 3
_LONGEST: Final = 160
_NOTHING: Final = "(nothing readable)"


def senses(hits: Sequence[Hit], others: Sequence[Hit] = ()) -> tuple[Sense, ...]:
    """At most MOST_SENSES different senses of `hits`; `others` are where a stub may lead.

    What only points elsewhere, or says no meaning, comes last whatever its score.
    """
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda one: _rank(one, others)):
        if len(kept) < MOST_SENSES and not any(says_the_same(hit, one) for one in kept):
            kept.append(hit)
    best = max(hit.score for hit in hits)
    return tuple(
        Sense(
            hit.entry.entry_id, hit.entry.word, hit.entry.definition, meaning(hit, others), best - hit.score
        )
        for hit in kept
    )


def meaning(hit: Hit, others: Sequence[Hit] = ()) -> str:
    """The part of the hit's definition that defines; behind a stub's, that of what it points to."""
    text = short_text(hit.entry.word, hit.entry.definition)
    target = _target(hit, others)
    if target is None:
        return text
    return f"{text.rstrip('.')}: {short_text(target.entry.word, target.entry.definition)}"


def short_text(word: str, definition: str) -> str:
    """What defines, at most 160 characters."""
    return defining(word, definition, _LONGEST).text or _NOTHING


def _rank(hit: Hit, others: Sequence[Hit]) -> int:
    pointing = stub(hit.entry.definition)
    if pointing is not None and pointing.bare:
        return 1 if _target(hit, others) else 2
    return 0 if defining(hit.entry.word, hit.entry.definition).defines else 2


def _target(hit: Hit, others: Sequence[Hit]) -> Hit | None:
    pointing = stub(hit.entry.definition)
    if pointing is None:
        return None
    wanted = {_key(word) for word in pointing.targets}
    return next((one for one in others if one is not hit and _key(one.entry.word) in wanted), None)


@lru_cache(1024)
def _key(word: str) -> str:
    return stem(joined(fold(inert(word))))
