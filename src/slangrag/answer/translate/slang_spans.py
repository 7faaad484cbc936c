"""Slang spans: which of the headwords found in a message are slang where they stand.

A dictionary of slang has an entry for nearly every ordinary word, "the" and "Friday" included. Where
retrieval says how likely a span is slang (`Hit.slang`), that decides; else evidence and the words around do.
Pure; asks no model.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from slangrag.answer.translate.senses import senses
from slangrag.answer.translate.short import kind
from slangrag.answer.translate.slots import Place, ordinary_there, place
from slangrag.answer.translate.terms import SlangTerm
from slangrag.retrieval.types import Hit, Retrieval, Span
from slangrag.text.english import is_ordinary, is_small, uses, word_set
from slangrag.text.forms import is_elongated

_RELATIVE_PARTS: Final = frozenset({"against the rest", "reading of the text", "another sense"})
"""Parts of a hit's score that compare it with others; without them it means the same in every message."""

_ADDRESSES: Final = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|\S+@\S+\.\w+")
_LEADS: Final = word_set("a an the my your that this to")
_OF_A_PERSON: Final = re.compile(
    r"\b(?:girl|boy|guy|dude|woman|man|chick|lady|person|kid|male|female|friend|girlfriend|boyfriend|name)s?\b"
    r"|\b(?:he|she|him|her|his)\b",
    re.IGNORECASE,
)
_LETTERS: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_FEWEST_ORDINARY: Final = 2
_FEW: Final = 0.25
_CLOSE: Final = 2.5
_ROLES: Final[dict[str, frozenset[str]]] = {
    "verb": frozenset({"verb", "finite", "past", "progressive"}),
    "noun": frozenset({"noun", "object", "subject"}),
    "adjective": frozenset({"predicate", "attribute"}),
    "adverb": frozenset({"adverb"}),
}

LIKELY: Final = 0.36
"""Probability from which a span is taken for slang."""

POSSIBLE: Final = 0.15
"""Probability from which a model that can decide is asked about a span."""

FAINT: Final = 1.0
"""Evidence below which a span is chance."""

STRONG: Final = 8.0
"""Evidence that outweighs an ordinary reading that is merely possible."""


def slang_spans(text: str, retrieval: Retrieval) -> list[SlangTerm]:
    """The stretches of `text` that are or may be slang, in its order, none overlapping, every occurrence.

    Those below LIKELY have `likely` False; those below POSSIBLE are left out.
    """
    apart = [found.span() for found in _ADDRESSES.finditer(text)]
    by_span: dict[Span, list[Hit]] = {}
    for hit in retrieval.hits:
        if hit.span is not None and text[hit.span.start : hit.span.end] == hit.span.text:
            by_span.setdefault(hit.span, []).append(hit)
    picky = _knows_few_ordinary_words(text, by_span)
    found: list[tuple[float, Span, list[Hit]]] = []
    for first, hits in by_span.items():
        for span in _occurrences(text, first):
            if any(start <= span.start < end for start, end in apart):
                continue
            probability = _probability(text, span, hits, given=span == first, picky=picky)
            if probability >= POSSIBLE:
                found.append((probability, span, hits))
    chosen: list[SlangTerm] = []
    # Of two that overlap the longer is taken if both are likely, else the likelier: the rules and the model
    # have no common scale.
    for probability, span, hits in sorted(
        found, key=lambda one: (one[0] < LIKELY, -len(one[1].text) if one[0] >= LIKELY else -one[0])
    ):
        if all(span.end <= one.span.start or span.start >= one.span.end for one in chosen):
            told = senses(_of_the_place_first(text, span, hits), retrieval.hits)
            chosen.append(SlangTerm(span, told, likely=probability >= LIKELY))
    return sorted(chosen, key=lambda one: one.span.start)


def _occurrences(text: str, first: Span) -> Iterator[Span]:
    """The span, and where else the same words stand in the message."""
    yield first
    for match in re.finditer(rf"(?<!\w){re.escape(first.text)}(?!\w)", text, re.IGNORECASE):
        if match.end() <= first.start or match.start() >= first.end:
            yield Span(match[0], match.start(), match.end())


def _probability(text: str, span: Span, hits: Sequence[Hit], *, given: bool, picky: bool) -> float:
    """How likely the span is slang, by retrieval's model where that is sure, else by the rules.

    Between POSSIBLE and LIKELY the rules decide: the model alone loses "fit" in "that fit is bussin".
    """
    modelled = hits[0].slang if given or not is_ordinary(span.text) else None
    if modelled is not None and (not POSSIBLE <= modelled < LIKELY or _names_a_noun(text, span)):
        return modelled
    hits = [hit for hit in hits if not _is_other_form(hit)]
    if not hits or _is_a_name(text, span, hits):
        return 0.0
    hits = [replace(hit, span=span) for hit in hits]
    if _is_slang(text, span, hits, picky=picky):
        return 1.0
    return POSSIBLE if _may_be(text, span, hits) else 0.0


def _names_a_noun(text: str, span: Span) -> bool:
    """Whether an ordinary noun follows at once: "fire department" is a department, and "fire" no slang."""
    following = re.match(r"\s+([^\W\d_]+)", text[span.end :])
    return following is not None and not is_small(following[1]) and uses(following[1])[:1] in ("n", "N")


def _knows_few_ordinary_words(text: str, by_span: dict[Span, list[Hit]]) -> bool:
    """Whether the data lacks nearly all ordinary words of the text, so that having one means something.

    Not where the text has too few of them to tell.
    """
    ordinary = [word for word in _LETTERS.findall(text) if is_ordinary(word) and not is_small(word)]
    known = [span for span, hits in by_span.items() if hits[0].match == "exact" and span.text in ordinary]
    return len(ordinary) > _FEWEST_ORDINARY and len(known) - 1 <= _FEW * (len(ordinary) - 1)


def _evidence(hit: Hit) -> float:
    """What speaks for the hit by itself, as retrieval weighed it; infinite where it did not say."""
    if not hit.signals:
        return math.inf
    return math.fsum(part for name, part in hit.signals.items() if name not in _RELATIVE_PARTS)


def _is_slang(text: str, span: Span, hits: Sequence[Hit], *, picky: bool) -> bool:
    words, best = span.text.split(), _evidence(hits[0])
    if not any(c.isalpha() for c in span.text):
        return len(span.text) > 1 and not span.text.isalnum() and best >= FAINT
    if len(words) > 1:
        if words[0].lower() in _LEADS and len(words) == 2 and is_ordinary(words[1]):
            return False
        plain = all(is_ordinary(word) or word.isdigit() for word in words)
        return best >= (STRONG if plain else FAINT) and not words[0].isdigit()
    if best < FAINT or is_small(span.text):
        return False
    if not is_ordinary(span.text):
        return True
    where = place(text[: span.start], text[span.end :])
    fitting = any(_agrees(hit, where) for hit in hits)
    if not ordinary_there(span.text, where):
        return fitting or best >= STRONG
    if picky and fitting and best >= STRONG:
        return True
    return uses(span.text) == "d" and "predicate" in where.roles and best >= STRONG


def _agrees(hit: Hit, where: Place) -> bool:
    """Whether the hit's meaning is of a part of speech that can stand there."""
    return bool(_ROLES.get(kind(hit.entry.word, hit.entry.definition), frozenset()) & where.roles)


def _of_the_place_first(text: str, span: Span, hits: Sequence[Hit]) -> list[Hit]:
    """`hits`, of those that are close the ones first whose part of speech can stand there."""
    where = place(text[: span.start], text[span.end :])
    best = hits[0].score
    return sorted(hits, key=lambda hit: best - hit.score > _CLOSE or not _agrees(hit, where))


def _may_be(text: str, span: Span, hits: Sequence[Hit]) -> bool:
    """Whether an ordinary word is worth a model's second look."""
    if " " in span.text or is_small(span.text) or hits[0].match != "exact" or _evidence(hits[0]) < FAINT:
        return False
    return bool(place(text[: span.start], text[span.end :]).roles) and bool(set(uses(span.text)) & set("adv"))


def _is_other_form(hit: Hit) -> bool:
    """Whether the message has no inflection of the headword, though they look alike.

    The headword is the inflected one ("ball" for "ballin'"), an abbreviation found in a stretched word
    ("awww" for "AW"), or the message has an ordinary word ("get" for "gets").
    """
    if hit.match == "exact" or hit.span is None:
        return False
    word = hit.entry.word.strip("'.!? ")
    stretched = is_elongated(hit.span.text.lower()) and word.isupper()
    return len(hit.span.text) <= len(word) or stretched or is_ordinary(hit.span.text)


def _is_a_name(text: str, span: Span, hits: Sequence[Hit]) -> bool:
    """Whether a capitalised word stands like somebody's name, or the data takes it for one.

    In mid-sentence without an article, or as "Name:"; or half of its entries are spelt with a capital and
    three quarters speak of a person ("Brandon": "a guy who ...").
    """
    word = span.text
    if not word[:1].isupper() or not word[1:].islower() or " " in word:
        return False
    if text[span.end : span.end + 1] == ":":
        return True
    before = text[: span.start].rstrip(" \"“'")
    if before and before[-1] not in ".!?:\n" and not place(text[: span.start], text[span.end :]).article:
        return True
    capital = sum(hit.entry.word[:1].isupper() for hit in hits)
    people = sum(_OF_A_PERSON.search(hit.entry.definition) is not None for hit in hits)
    return not is_ordinary(word) and 2 * capital >= len(hits) and 4 * people >= 3 * len(hits)
