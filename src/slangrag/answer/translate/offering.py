"""Offering: which stretches of a plain message say what a slang word means. Nothing is replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slangrag.answer.translate.senses import MOST_SENSES, senses
from slangrag.answer.translate.terms import SlangTerm
from slangrag.retrieval.types import Hit, Retrieval, Span
from slangrag.text.content import stem
from slangrag.text.defining import defining, expands
from slangrag.text.english import is_small
from slangrag.text.forms import fold

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|\S+@\S+\.\w+")
_ALTERNATIVES: Final = re.compile(r"[,;:().]|\s+or\s+|\s+and\s+", re.IGNORECASE)
_LEAD: Final = re.compile(
    r"^(?:(?:to|an?|the|being|someone who is)\s+)+|\s+(?:some(?:one|body|thing)|anyone)$", re.I
)
_MOST_WORDS: Final = 4
_MOST_WORDINGS: Final = 3
_SHORTEST: Final = 3


def offers(text: str, retrieval: Retrieval) -> list[SlangTerm]:
    """Stretches in order, none overlapping, each with the headwords that mean it, best first.

    A stretch has the words of one of the first alternatives that a definition gives, whatever their ending.
    """
    words = [
        match
        for match in _WORD.finditer(text)
        if not any(found.start() <= match.start() < found.end() for found in _ADDRESS.finditer(text))
    ]
    stems = [stem(match[0]) for match in words]
    by_span: dict[tuple[int, int], list[Hit]] = {}
    for hit in retrieval.hits:
        for wording in _wordings(hit):
            wanted = [stem(word) for word in _WORD.findall(wording)]
            for at in range(len(stems) - len(wanted) + 1):
                if stems[at : at + len(wanted)] == wanted:
                    place = (words[at].start(), words[at + len(wanted) - 1].end())
                    by_span.setdefault(place, []).append(hit)
    chosen: list[SlangTerm] = []
    for (start, end), hits in sorted(by_span.items(), key=lambda one: one[0][0] - one[0][1]):
        if all(end <= one.span.start or start >= one.span.end for one in chosen):
            once = {fold(hit.entry.word): hit for hit in reversed(hits)}
            told = [one for hit in hits if once[fold(hit.entry.word)] is hit for one in senses([hit])]
            chosen.append(SlangTerm(Span(text[start:end], start, end), tuple(told[:MOST_SENSES])))
    return sorted(chosen, key=lambda one: one.span.start)


def fitting_words(retrieval: Retrieval, most: int = 8) -> list[SlangTerm]:
    """The headwords that may say something of the message, one sense each, for a model to choose from."""
    firsts: dict[str, Hit] = {}
    for hit in retrieval.hits:
        firsts.setdefault(fold(hit.entry.word), hit)
    whole = Span(retrieval.query, 0, len(retrieval.query))
    return [SlangTerm(whole, senses([hit], retrieval.hits)) for hit in list(firsts.values())[:most]]


def _wordings(hit: Hit) -> Iterator[str]:
    """The first alternatives of what defines, that are short and say something."""
    text = defining(hit.entry.word, hit.entry.definition).text
    for piece in _ALTERNATIVES.split(text)[:_MOST_WORDINGS]:
        wording = piece.strip(" \"'“”!?")
        if not expands(hit.entry.word, wording):  # the first word of "to be honest" belongs to it
            wording = _LEAD.sub("", wording)
        words = _WORD.findall(wording)
        plain = (
            len(words) <= _MOST_WORDS and len(wording) >= _SHORTEST and fold(wording) != fold(hit.entry.word)
        )
        if plain and not all(is_small(word) for word in words):
            yield wording
