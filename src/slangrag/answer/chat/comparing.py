"""Two words at once: what is looked up for them, and what the definitions of one say of the other.

Quotes only; asks no model and opens no store.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from slangrag.answer.ask.aspects import about
from slangrag.answer.chat.follow_up_types import FollowUp, names
from slangrag.answer.chat.rules import COMPARED
from slangrag.retrieval.types import Hit, Retrieval
from slangrag.text.content import read
from slangrag.text.forms import fold
from slangrag.text.inert import inert
from slangrag.text.injection import about_the_word
from slangrag.text.sentences import sentences

_SENSES: Final = 3
_MOST: Final = 2


def looked_up(follow_up: FollowUp, retrieve: Callable[[str], Retrieval]) -> Retrieval | None:
    """What is found for a turn: None where it asks nothing; of two words, the best hits of each, in turn."""
    if follow_up.kind != "question":
        return None
    found = [retrieve(text) for text in follow_up.lookups]
    if len(found) == 1:
        return found[0]
    words = (follow_up.word, follow_up.other)
    known = [one for one in found if one.known != "no"]
    hits = tuple(
        hit
        for one, word in zip(found, words, strict=True)
        if one.known != "no"
        for hit in about(one.hits, word)[:_SENSES]
    )
    return Retrieval(
        query=follow_up.standalone,
        intent="define",
        known="no" if not known else "yes" if all(one.known == "yes" for one in found) else "maybe",
        hits=hits,
        notes=tuple(dict.fromkeys(note for one in found for note in one.notes)),
    )


def strangers(follow_up: FollowUp, retrieval: Retrieval) -> list[str]:
    """Those of the two words that nothing was found for."""
    return [word for word in (follow_up.word, follow_up.other) if not _first(word, retrieval)]


def firsts(follow_up: FollowUp, retrieval: Retrieval) -> list[tuple[int, Hit]]:
    """The best hit of each of the two words, with its rank from 1."""
    return [
        found for word in (follow_up.word, follow_up.other) if (found := _first(word, retrieval)) is not None
    ]


def compared(follow_up: FollowUp, retrieval: Retrieval) -> list[tuple[str, int]]:
    """Sentences of either word's definitions that name the other, or what is asked of both ("which one is
    about clothes?"), each with its hit's rank from 1; at most two.
    """
    pair = (follow_up.word, follow_up.other)
    sought = read(COMPARED.sub(" ", follow_up.standalone), without=pair).stems
    found: list[tuple[str, int]] = []
    for n, hit in enumerate(retrieval.hits, start=1):
        others = [word for word in pair if fold(word) != fold(hit.entry.word)]
        for sentence in _sentences(hit):
            bare = re.sub(rf"(?<!\w){re.escape(hit.entry.word)}(?!\w)", " ", sentence, flags=re.IGNORECASE)
            named = any(names(bare, word) for word in others)
            if named or sought & read(bare).stems:
                found.append((sentence, n))
    return found[:_MOST]


def _sentences(hit: Hit) -> Iterator[str]:
    for line in about_the_word(hit.entry.definition).splitlines():
        yield from sentences(inert(line))


def _first(word: str, retrieval: Retrieval) -> tuple[int, Hit] | None:
    return next(
        ((n, hit) for n, hit in enumerate(retrieval.hits, 1) if fold(hit.entry.word) == fold(word)), None
    )
