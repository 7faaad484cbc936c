"""Bringing two judges together: words at once, and a slower one for what words left undecided."""

from __future__ import annotations

from dataclasses import replace

from slangrag.answer.support.types import Judgement


def undecided(first: Judgement) -> bool:
    """Whether a second judge is to be asked about a sentence."""
    return first.support == "own words" and first.decided_by == "words"


def settled(first: Judgement, second: Judgement, *, believed_from: float) -> Judgement:
    """What holds after both: the first one's decision, or the second's yes.

    A yes is believed only from a score of `believed_from` on: a model that checks its own words says yes
    too easily, and where next to nothing of a sentence is in its sources, that yes is mostly wrong. A no
    marks a sentence and never hides it.
    """
    if not undecided(first):
        return first
    if second.support == "supported":
        if first.score >= believed_from:
            return replace(second, score=first.score, numbers=first.numbers or second.numbers)
        return replace(first, reason=first.reason)
    return replace(first, reason=second.reason or first.reason, decided_by=second.decided_by)
