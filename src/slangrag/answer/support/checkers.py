"""Who judges an answer's sentences: one judge at once, and where asked for a second at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slangrag.answer.support.reading import about
from slangrag.answer.support.rules import remark, withheld
from slangrag.answer.support.types import Claim, Judgement, Source, SupportChecker
from slangrag.answer.support.words import Words


@dataclass(frozen=True, slots=True)
class Checkers:
    """first judges each sentence as it comes; second, if any, those that first left undecided."""

    first: SupportChecker
    second: SupportChecker | None = None


def by_words() -> Checkers:
    """Rules and words alone: no embedder, no model."""
    return Checkers(Words())


class RulesOnly:
    """Withholds what must never be shown and vouches for nothing else: all is the model's own words."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def judge(
        self,
        claims: Sequence[Claim],
        sources: Sequence[Source],
        question: str,  # noqa: ARG002
    ) -> list[Judgement]:
        """One judgement for each claim."""
        return [self._judge(claim, sources) for claim in claims]

    def _judge(self, claim: Claim, sources: Sequence[Source]) -> Judgement:
        cited = [source for source in sources if source.n in claim.numbers]
        if reason := withheld(claim, sources, about(claim, cited)):
            return Judgement("withheld", reason, 0.0, "rules")
        numbers = tuple(source.n for source in cited)
        return Judgement("remark" if remark(claim) else "own words", "", 0.0, "rules", numbers)
