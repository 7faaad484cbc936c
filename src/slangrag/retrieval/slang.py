"""Slang in a message: how likely each span that leads to a headword is slang where it stands.

A dictionary of slang has an entry for nearly every ordinary word. One logistic model decides, fitted on
labelled messages (`benchmarks/fit_weights.py`): the evidence that retrieval has for the span, how ordinary
the word is and whether it stands where its ordinary use could, what a name looks like, and how many
ordinary words this store knows at all.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.retrieval.senses import Sense, cosines
from slangrag.retrieval.signals import HeadwordSpan
from slangrag.retrieval.slots import agreement, slot
from slangrag.retrieval.types import Span
from slangrag.text.english import is_small, uses

if TYPE_CHECKING:
    from slangrag.retrieval.slang_store import SlangStore

_NEXT: Final = re.compile(r"^\s+([\w'’]+)")
_OF_A_PERSON: Final = re.compile(
    r"\b(?:girl|boy|guy|dude|woman|man|chick|lady|person|kid|male|female|friend|name)s?\b|\b(?:he|she|him|her|his)\b",
    re.IGNORECASE,
)
MASK: Final = "something"
_SENSES_READ: Final = 3
LIKELY: Final = 0.4
"""The probability from which a span is best taken for slang: there precision and recall were in balance on
the labelled messages."""
_LEAST_EVIDENCE: Final = -10.0
_MOST_EVIDENCE: Final = 20.0
_FARTHEST: Final = -8.0
_PROBES: Final = (
    "table water friend house school paper money music story river chair window garden bread horse train "
    "coffee doctor winter letter morning people work time day night year hand head place week thing world "
    "life child city book car door room"
)
"""Ordinary words whose presence among the headwords tells how much of plain English a store defines."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a span being slang, by name."""

    values: Mapping[str, float]

    def probability(self, weights: Mapping[str, float]) -> float:
        """By a logistic model."""
        odds = math.fsum(weights.get(name, 0.0) * value for name, value in self.values.items())
        return 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))


def read_closely(
    text: str, span: Span, found: Signals, senses: Sequence[Sense], store: SlangStore
) -> Signals | None:
    """The signals with two more, which cost two embeddings: how well the best definition fits the message
    without the word, and how well the bare word, which an embedder takes in its ordinary sense, fits there.

    Both are standardised cosines. None where nothing can be embedded.
    """
    around = store.embed(f"{text[: span.start]}{MASK}{text[span.end :]}")
    word = store.embed(span.text.lower())
    if around is None or word is None:
        return None
    vectors = store.lexicon.vectors([sense.rid for sense in senses[:_SENSES_READ]])
    fits = store.background.standardise({**cosines(vectors, around), -1: float(word @ around)}, around)
    word_fit = fits.pop(-1)
    return Signals(
        {**found.values, "definition fits": max(fits.values(), default=0.0), "word fits": word_fit}
    )


def familiar(store: SlangStore) -> float:
    """The share of ordinary words that are headwords: near 0 in a small glossary, 1 in the whole file."""
    probes = _PROBES.split()
    return len(store.headwords.exact(probes)) / len(probes)


def signals(
    text: str, spotted: HeadwordSpan, evidence: float, behind: float, senses: Sequence[Sense], known: float
) -> Signals:
    """Of one span. evidence is its score as a headword of the message, behind that score's log share among
    all of the message's, senses its entries best first, known the store's `familiar`."""
    of = spotted.signals
    span = spotted.found.span
    titled = span.text[:1].isupper() and span.text[1:].islower()
    people = sum(_OF_A_PERSON.search(sense.entry.definition) is not None for sense in senses)
    following = _NEXT.match(text[span.end :])
    after = following[1] if following else ""
    ordinary = of["ordinary"]
    where = slot(text, span.start, span.end)
    evidence = max(min(evidence, _MOST_EVIDENCE), _LEAST_EVIDENCE)
    return Signals(
        {
            "bias": 1.0,
            "evidence": evidence / 5,
            "behind": max(behind, _FARTHEST) / 5,
            "ordinary": ordinary,
            "small": of["small"],
            "plain phrase": of["plain phrase"],
            "in place": of["in place"],
            "out of place": of["out of place"],
            "ordinary, known": ordinary * known,
            "phrase, known": of["plain phrase"] * known,
            "evidence, ordinary": ordinary * evidence / 5,
            "before a noun": float(
                bool(ordinary)
                and uses(after)[:1] in ("n", "N")
                and not is_small(after)
                and where in ("", "n")
            ),
            "capital": of["capital"],
            "name": float(titled and of["name"] > 0),
            "of people": float(titled) * people / max(len(senses), 1),
            "other form": float(spotted.found.match != "exact"),
            "other form, ordinary": ordinary * float(spotted.found.match != "exact"),
            "headword longer": float(
                spotted.found.match != "exact" and len(span.text) <= len(spotted.headword.word.strip("'.!? "))
            ),
            "covered": of["covered"],
            "no letters": float(not any(c.isalpha() for c in span.text)),
            "single letter": float(len(span.text) == 1),
            "slot": float(agreement(where, senses[0].entry.definition)) if senses else 0.0,
            "shouted": of["shouted"],
        }
    )
