"""Who judges an answer's sentences: one judge at once, and where asked for a second at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slangrag.answer.support.reading import about
from slangrag.answer.support.rules import by_rule
from slangrag.answer.support.types import Claim, Judgement, Source, SupportChecker
from slangrag.answer.support.words import Words


@dataclass(frozen=True, slots=True)
class Checkers:
    """first judges each sentence as it comes; second, if any, those that first left undecided.

    The second's yes is believed where the first's score is at least believed_from.
    """

    first: SupportChecker
    second: SupportChecker | None = None
    believed_from: float = 0.0


def by_words(second: SupportChecker | None = None) -> Checkers:
    """Rules and words, no embedder; then `second`, if given."""
    words = Words()
    return Checkers(words, second, words.believed_from)


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
        if decided := by_rule(claim, sources, about(claim, cited)):
            return decided
        return Judgement("own words", "", 0.0, "rules", tuple(source.n for source in cited))
