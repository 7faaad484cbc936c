"""Slang in a message: how likely each span that leads to a headword is slang where it stands.

A dictionary of slang has an entry for nearly every ordinary word. One logistic model decides, fitted on
labelled messages (`benchmarks/fit_weights.py`): the evidence that retrieval has for the span, how ordinary
its words are and what they can be where they stand, what a name looks like, and how the message talks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.retrieval.senses import Sense, cosines
from slangrag.retrieval.signals import HeadwordSpan
from slangrag.retrieval.types import Span
from slangrag.text.english import is_plain, is_small
from slangrag.text.places import ordinary_there, place

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors
    from slangrag.retrieval.slang_store import SlangStore

    Embed = Callable[[str], Vectors | None]

_OF_A_PERSON: Final = re.compile(
    r"\b(?:girl|boy|guy|dude|woman|man|chick|lady|person|kid|male|female|friend|name)s?\b|\b(?:he|she|him|her|his)\b",
    re.IGNORECASE,
)
# How people talk to one another: a text without a word of it is likelier to describe than to chat.
_CHATTY: Final = re.compile(r"!|\b(?:u|ur|lol|omg|dude|bro|man|yo|gonna|ain't|im|i'm)\b", re.IGNORECASE)
_YOU_AND_I: Final = re.compile(r"\b(?:you|your|my|i|me|we)\b", re.IGNORECASE)
_ROLES: Final = ("object", "attribute", "predicate", "past", "progressive")
MASK: Final = "something"
_SENSES_READ: Final = 8
LIKELY: Final = 0.33
"""The probability from which a span is best taken for slang: there precision and recall were in balance on
the labelled messages."""
_LEAST_EVIDENCE: Final = -10.0
_MOST_EVIDENCE: Final = 20.0
_FARTHEST: Final = -8.0
_AROUND: Final = 500
"""Characters on each side of a word that are read with it. An embedder reads no more than a few hundred
tokens of a text: of a long message all its words would be read with the same beginning."""
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
    text: str, span: Span, found: Signals, senses: Sequence[Sense], store: SlangStore, embed: Embed
) -> Signals | None:
    """The signals with three more: how well the best definition fits the message without the word, how well
    the bare word, which an embedder takes in its ordinary sense, fits there, and how little the message
    changes without a plain word. They cost up to three embeddings.

    The first two are standardised cosines, the last is a cosine. Of a long message what is near the word is
    read. embed is the store's, or one that remembers. None where nothing can be embedded.
    """
    before, after = text[: span.start][-_AROUND:], text[span.end :][:_AROUND]
    # Every place of the word is masked: one that is left says of the bare word that it fits.
    again = re.compile(rf"(?<!\w){re.escape(span.text)}(?!\w)", re.IGNORECASE)
    around = embed(again.sub(MASK, f"{before}{MASK}{after}"))
    word = embed(span.text.lower())
    whole = embed(f"{before}{text[span.start : span.end]}{after}")
    if around is None or word is None or whole is None:
        return None
    vectors = store.lexicon.vectors([sense.rid for sense in senses[:_SENSES_READ]])
    fits = store.background.standardise({**cosines(vectors, around), -1: float(word @ around)}, around)
    word_fit = fits.pop(-1)
    unchanged = float(around @ whole) if found.values["plain"] else 0.0
    return Signals(
        {
            **found.values,
            "definition fits": max(fits.values(), default=0.0),
            "word fits": word_fit,
            "unchanged": unchanged,
        }
    )


def against_others(read: Sequence[tuple[Span, Signals]]) -> list[Signals]:
    """Signals read closely, of one message, each with how much better its definition fits the message than
    the best of another span's does.
    """
    found = []
    for span, signals in read:
        word = span.text.casefold()  # the same word twice does not compete with itself
        others = [one.values["definition fits"] for place, one in read if place.text.casefold() != word]
        behind = signals.values["definition fits"] - max(others, default=0.0)
        found.append(Signals({**signals.values, "fit against others": behind}))
    return found


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
    span, match = spotted.found.span, spotted.found.match
    words = span.text.split()
    single = len(words) == 1
    titled = span.text[:1].isupper() and span.text[1:].islower()
    people = sum(_OF_A_PERSON.search(sense.entry.definition) is not None for sense in senses)
    spelt_so = sum(sense.entry.word[:1].isupper() and not sense.entry.word.isupper() for sense in senses)
    ordinary, letters = bool(of["ordinary"]), any(c.isalpha() for c in span.text)
    rarer = single and not ordinary and not of["small"] and is_plain(span.text)
    plain = ordinary or rarer
    strange = single and not plain and not of["small"]
    phrase = not single and all(is_plain(word) or is_small(word) for word in words)
    where = place(text[: span.start], text[span.end :])
    return Signals(
        {
            "bias": 1.0,
            "evidence": max(min(evidence, _MOST_EVIDENCE), _LEAST_EVIDENCE) / 5,
            "behind": max(behind, _FARTHEST) / 5,
            "ordinary": float(ordinary),
            "rarer": float(rarer),
            "plain": float(plain),
            "small": of["small"],
            "plain phrase": float(phrase),
            "ordinary, known": float(ordinary) * known,
            "phrase, known": float(phrase) * known,
            "capital": of["capital"],
            "of people": float(titled) * people / max(len(senses), 1),
            "a name": float(titled and strange) * min(people, spelt_so) / max(len(senses), 1),
            "other form": float(match != "exact"),
            "covered": of["covered"],
            "strange": float(strange and match == "exact" and not titled and letters),
            "small words": float(not single and all(is_small(word) for word in words)),
            "joined": float(phrase and " " not in spotted.headword.word),
            "out of place": float(plain and not ordinary_there(span.text, where)),
            "chatty": float(_CHATTY.search(text) is not None),
            "you and I": float(_YOU_AND_I.search(text) is not None),
            **{role: float(plain and role in where.roles) for role in _ROLES},
        }
    )
