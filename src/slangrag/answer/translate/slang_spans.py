"""Sightings: which of the headwords found in a message are slang where they stand.

A dictionary of slang has an entry for nearly every ordinary word, "the" and "Friday" included. A span
counts if it is no ordinary word, or stands where the ordinary word could not. Pure; asks no model.
"""

from __future__ import annotations

import math
import re
from typing import Final

from slangrag.answer.translate.gloss import gloss
from slangrag.answer.translate.slots import fits, ordinary_there, place
from slangrag.retrieval.types import Hit, Retrieval, Span
from slangrag.text.english import is_ordinary, is_small, uses, word_set
from slangrag.text.forms import is_elongated

_RELATIVE_PARTS: Final = frozenset({"against the rest", "reading of the text", "another sense"})
"""Parts of a hit's score that compare it with others; without them it means the same in every message."""

_ADDRESSES: Final = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|\S+@\S+\.\w+")
_LEADS: Final = word_set("a an the my your that this to")
_LETTERS: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OF_A_PERSON: Final = re.compile(
    r"\b(?:girl|boy|guy|dude|woman|man|chick|lady|person|kid|male|female|friend|girlfriend|boyfriend|name)s?\b"
    r"|\b(?:he|she|him|her|his)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS: Final = 4
_FEWEST_ORDINARY: Final = 2
_FEW: Final = 0.25

FAINT: Final = 1.0
"""Evidence below which a span is chance."""

STRONG: Final = 8.0
"""Evidence that outweighs an ordinary reading that is merely possible."""

VERY_STRONG: Final = 10.0
"""Evidence that does so even for a definition that cannot stand in the word's place."""


def evidence(hit: Hit) -> float:
    """What speaks for the hit by itself, as retrieval weighed it; infinite where it did not say."""
    if not hit.signals:
        return math.inf
    return math.fsum(part for name, part in hit.signals.items() if name not in _RELATIVE_PARTS)


def sightings(text: str, retrieval: Retrieval) -> list[tuple[Span, list[Hit]]]:
    """The spans of `text` that are slang where they stand, best first, with all that they may mean."""
    by_span: dict[Span, list[Hit]] = {}
    if _is_foreign(text):
        return []
    apart = [found.span() for found in _ADDRESSES.finditer(text)]
    for hit in retrieval.hits:
        if hit.span is not None and any(start <= hit.span.start < end for start, end in apart):
            continue
        found_there = hit.span is not None and text[hit.span.start : hit.span.end] == hit.span.text
        if hit.span is not None and found_there and not _is_other_form(hit):
            by_span.setdefault(hit.span, []).append(hit)
    picky = _knows_few_ordinary_words(text, by_span)
    slang = [(span, hits) for span, hits in by_span.items() if _is_slang(text, span, hits, picky=picky)]
    return [found for found in slang if not _is_known_as_a_name(*found)] or slang


def doubtful(text: str, retrieval: Retrieval, most: int = 3) -> tuple[str, ...]:
    """Ordinary words that were read as such and that the data knows in a sense that would fit there too."""
    found: dict[str, float] = {}
    taken = [span for span, _ in sightings(text, retrieval)]
    for hit in retrieval.hits:
        span = hit.span
        if span is None or hit.match != "exact" or span.text.lower() in found or is_small(span.text):
            continue
        if any(span.start < other.end and other.start < span.end for other in taken) or " " in span.text:
            continue
        where = place(text[: span.start], text[span.end :])
        told = where.roles and set(uses(span.text)) & set("adv") and evidence(hit) >= FAINT
        if told and fits(gloss(hit.entry.definition, hit.entry.word), span.text, where):
            found[span.text.lower()] = evidence(hit)
    return tuple(sorted(found, key=lambda word: -found[word])[:most])


def _knows_few_ordinary_words(text: str, by_span: dict[Span, list[Hit]]) -> bool:
    """Whether the data lacks nearly all ordinary words of the text, so that having one means something.

    Not where the text has too few of them to tell.
    """
    ordinary = [word for word in _LETTERS.findall(text) if is_ordinary(word) and not is_small(word)]
    known = [span for span, hits in by_span.items() if hits[0].match == "exact" and span.text in ordinary]
    return len(ordinary) > _FEWEST_ORDINARY and len(known) - 1 <= _FEW * (len(ordinary) - 1)


def _is_slang(text: str, span: Span, hits: list[Hit], *, picky: bool) -> bool:
    words = span.text.split()
    best = hits[0]
    if not any(c.isalpha() for c in span.text):
        return len(span.text) > 1 and not span.text.isalnum() and evidence(best) >= FAINT
    if len(words) > 1:
        if words[0].lower() in _LEADS and len(words) == 2 and is_ordinary(words[1]):
            return False
        plain = all(is_ordinary(word) or word.isdigit() for word in words)
        return evidence(best) >= (STRONG if plain else FAINT) and not words[0].isdigit()
    if evidence(best) < FAINT or is_small(span.text) or _is_a_name(text, span):
        return False
    if not is_ordinary(span.text):
        return True
    where = place(text[: span.start], text[span.end :])
    fitting = any(fits(gloss(h.entry.definition, h.entry.word), span.text, where) for h in hits)
    if not ordinary_there(span.text, where):
        return fitting or evidence(best) >= STRONG
    if picky and fitting and evidence(best) >= STRONG:
        return True
    participle = uses(span.text) == "d" and "predicate" in where.roles
    return participle and evidence(best) >= (STRONG if fitting else VERY_STRONG)


def _is_foreign(text: str) -> bool:
    """Whether a text of some length has accents and hardly any English word."""
    words = _LETTERS.findall(text)
    known = sum(is_ordinary(word) for word in words)
    accented = any(c.isalpha() and not c.isascii() for c in text)
    return accented and len(words) >= _FEWEST_WORDS and 2 * known < len(words)


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


def _is_a_name(text: str, span: Span) -> bool:
    """Whether a capitalised word stands like somebody's name: in mid-sentence without an article, or as
    "Name:"."""
    word = span.text
    if not word[:1].isupper() or word.isupper():
        return False
    before = text[: span.start].rstrip(" \"“'")
    if text[span.end : span.end + 1] == ":":
        return True
    where = place(text[: span.start], text[span.end :])
    return bool(before) and before[-1] not in ".!?:\n" and not where.article


def _is_known_as_a_name(span: Span, hits: list[Hit]) -> bool:
    """Whether a capitalised word is what the data takes for a first name ("Brandon": "a guy who ...").

    Half of its entries are spelt with a capital, and three quarters speak of a person. Not where
    the evidence is very strong: then the message is about what the name stands for.
    """
    titled = span.text[:1].isupper() and span.text[1:].islower()
    if not titled or is_ordinary(span.text) or evidence(hits[0]) >= VERY_STRONG:
        return False
    capital = sum(hit.entry.word[:1].isupper() for hit in hits)
    people = sum(_OF_A_PERSON.search(hit.entry.definition) is not None for hit in hits)
    return 2 * capital >= len(hits) and 4 * people >= 3 * len(hits)
