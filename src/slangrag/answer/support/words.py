"""Support by words: rules first, then a small fitted model over what sentence and definition share.

No model is asked; 1 ms a sentence, and where the store's embedder is at hand its cosines besides. Weights are
in `words.json` (made by `benchmarks/fit_support.py`); `docs/grounding.md` has the figures.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from slangrag.answer.support.features import Background, Cosines, in_order, word_features
from slangrag.answer.support.reading import About, about, narrowed
from slangrag.answer.support.rules import by_rule
from slangrag.answer.support.slots import twist
from slangrag.answer.support.types import Claim, Judgement, Source
from slangrag.errors import EngineError

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder

_MOST_SOURCES: Final = 6
"""A sentence that cites nothing is held against so many definitions, best first."""

_PASSAGE_SCORE: Final = 0.6
_PASSAGE_COVERED: Final = 0.7
_PASSAGE_ORDER: Final = 0.5
"""What supports a sentence on passages: chosen with `benchmarks/passage_support.py`."""


@dataclass(frozen=True, slots=True)
class WordsModel:
    """A logistic regression: P(supported) = 1 / (1 + exp(-(bias + weights . standardised features))).

    `supported` is the score from which a sentence is shown unmarked, `askable` the one from which a judge's
    yes is believed.
    """

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    supported: float
    askable: float

    def score(self, values: Sequence[float]) -> float:
        """The probability for one sentence, in (0, 1)."""
        pairs = zip(self.weights, values, self.means, self.scales, strict=True)
        logit = self.bias + math.fsum(w * (v - mean) / scale for w, v, mean, scale in pairs)
        return 1 / (1 + math.exp(-max(-500.0, min(500.0, logit))))


@cache
def fitted(*, with_cosines: bool) -> WordsModel:
    """The model that is shipped, with cosines or for words alone."""
    text = (files("slangrag.answer.support") / "words.json").read_text(encoding="utf-8")
    part = json.loads(text)["with cosines" if with_cosines else "words alone"]
    features = part["features"]
    return WordsModel(
        names=tuple(features),
        means=tuple(value["mean"] for value in features.values()),
        scales=tuple(value["scale"] for value in features.values()),
        weights=tuple(value["weight"] for value in features.values()),
        bias=part["bias"],
        supported=part["supported"],
        askable=part["askable"],
    )


class Words:
    """Implements SupportChecker. Without an embedder and its background it goes by words."""

    def __init__(self, embedder: Embedder | None = None, background: Background | None = None) -> None:
        self.notes: list[str] = []
        self._cosines: Cosines | None = None
        if embedder is not None and background is not None:
            self._cosines = Cosines(embedder, background)

    def judge(
        self,
        claims: Sequence[Claim],
        sources: Sequence[Source],
        question: str,  # noqa: ARG002
    ) -> list[Judgement]:
        """One judgement for each claim. Nothing is raised where the embedder fails: that becomes a note."""
        return [self._judge(claim, sources) for claim in claims]

    def _judge(self, claim: Claim, given: Sequence[Source]) -> Judgement:
        whole, given = given, [narrowed(claim, source) for source in given]
        cited = [source for source in given if source.n in claim.numbers]
        held_against = cited or closest(claim, given)
        seen = about(claim, held_against)
        if decided := by_rule(claim, whole, seen):
            return decided
        score, twisted = 0.0, ""
        # Where the definition that it cites does not say it, another may: the citation is put right.
        for sources in filter(None, (held_against, closest(claim, given) if cited else [])):
            found = self.score(claim, sources, given)
            if of_passages(sources) and (reason := twist(claim.text, _text(sources))):
                twisted = twisted or reason
                continue
            score = max(score, found)
            if self._passes(found, claim, sources):
                return Judgement("supported", "", found, "words", tuple(source.n for source in sources))
        if claim.numbers and not cited:
            marks = ", ".join(f"[{n}]" for n in claim.numbers[:3])
            return Judgement("withheld", f"it cites {marks}, which is not there", score, "rules")
        if twisted:  # and nobody is asked: a judge would overlook it as easily as a reader
            return Judgement("own words", twisted, 0.0, "rules", tuple(source.n for source in cited))
        what = "passage" if of_passages(held_against) else "definition"
        return Judgement(
            "own words", _reason(seen, what), score, "words", tuple(source.n for source in cited)
        )

    def _passes(self, score: float, claim: Claim, sources: Sequence[Source]) -> bool:
        """Whether a sentence that no rule and no twist speaks against is supported.

        The score's threshold is for definitions, of which a copy may be twisted unseen. In a passage a twist
        is seen, so that less of a score does where most of the words are there, and neighbours are.
        """
        if not of_passages(sources):
            return score >= self._model.supported
        seen = about(claim, sources)
        order = in_order([term.stem for term in seen.said.terms], [term.stem for term in seen.known.terms])
        return score >= _PASSAGE_SCORE and seen.coverage >= _PASSAGE_COVERED and order >= _PASSAGE_ORDER

    @property
    def believed_from(self) -> float:
        """The score from which a second judge's yes is believed."""
        return self._model.askable

    @property
    def has_cosines(self) -> bool:
        """Whether vectors are compared too."""
        return self._cosines is not None

    @property
    def _model(self) -> WordsModel:
        return fitted(with_cosines=self.has_cosines)

    def score(self, claim: Claim, cited: Sequence[Source], given: Sequence[Source]) -> float:
        """How sure the model is that `cited` say what `claim` says."""
        values = self.values(claim, cited, given)
        return self._model.score(values)

    def values(self, claim: Claim, cited: Sequence[Source], given: Sequence[Source]) -> list[float]:
        """The features of `claim`, in the order of FEATURES (or WORD_FEATURES, without an embedder)."""
        seen = about(claim, cited)
        values = word_features(claim, cited, given, seen)
        if self._cosines is not None:
            try:
                return values + self._cosines.features(claim, cited, seen)
            except EngineError as error:
                self._cosines = None
                self.notes.append(f"the embedder failed ({error.message}): compared by words alone")
        return values


def closest(claim: Claim, given: Sequence[Source]) -> list[Source]:
    """The definition that has most of a sentence's words, for a sentence that cites none; first of equals."""
    best = max(given[:_MOST_SOURCES], key=lambda source: about(claim, [source]).coverage, default=None)
    return [best] if best else []


def of_passages(sources: Sequence[Source]) -> bool:
    """Whether any of them is a passage of a document."""
    return any(source.passage for source in sources)


def _text(sources: Sequence[Source]) -> str:
    return "\n".join(source.definition for source in sources)


def _reason(seen: About, what: str) -> str:
    """What of a sentence is not in its sources, as far as words can tell."""
    words = list(dict.fromkeys(term.word for term in seen.missing))[:4]
    return f"not in the {what}: {', '.join(words)}" if words else f"the {what} may say it otherwise"
