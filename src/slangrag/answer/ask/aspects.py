"""Aspects: what a question wants to know of a word beyond its meaning, and what the definitions say of it.

"Use it in a sentence" is answered with an example of the data, "what else can it mean" with senses not
yet told; where no model is asked, so are "is it rude?" and "where does it come from?", with the sentences
of the definitions that touch on it, or a plain "my data does not say". Quotes only; asks no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from slangrag.answer.ask.choosing import distinct
from slangrag.retrieval.types import Hit
from slangrag.text.forms import fold, stem
from slangrag.text.inert import excerpt, inert
from slangrag.text.injection import about_the_word
from slangrag.text.sentences import sentences

Aspect = Literal[
    "", "example", "others", "shorter", "compare", "reason", "origin", "tone", "users", "opposite", "similar",
    "time", "grammar",
]  # fmt: skip

_LONGEST: Final = 220
_ASKS_MORE: Final = re.compile(
    r"^\W*(?:(?:so|and|but|ok|hey)\b\W*)*"
    r"(?:is|are|was|were|can|could|should|would|do|does|did|who|where|when|why|how)\b",
    re.IGNORECASE,
)
_ASKS_MEANING: Final = re.compile(r"\b(?:means?|meaning|definition|stands? for)\b", re.IGNORECASE)
_MOST: Final = 2


@dataclass(frozen=True, slots=True)
class _Way:
    """asked: how people ask; question: the same standing alone; told: what sentences speak of it; unsaid:
    what is missing."""

    aspect: Aspect
    asked: re.Pattern[str]
    question: str
    told: re.Pattern[str]
    unsaid: str


def _way(aspect: Aspect, asked: str, question: str, told: str, unsaid: str) -> _Way:
    return _Way(aspect, re.compile(asked, re.IGNORECASE), question, re.compile(told, re.IGNORECASE), unsaid)


_NEVER: Final = r"(?!)"
_WAYS: Final = (
    _way(
        "example",
        r"\b(?:in a (?:sentence|phrase|text|message)|both in a|examples?|show me how|how (?:do|would|can|"
        r"should) (?:i|you|u|people|one|we) use)\b",
        "an example of {}",
        _NEVER,
        "has no example of {} in a sentence",
    ),
    _way(
        "others",
        r"\b(?:what else|anything else|(?:any )?other (?:meanings?|senses?|definitions?|uses?)|"
        r"(?:an)?other meaning|"
        r"the other (?:meaning|sense|definition|one)|mean (?:anything|something) else)\b",
        "what else can {} mean",
        _NEVER,
        "has nothing more on {}",
    ),
    _way(
        "shorter",
        r"\b(?:shorter|simpler|more simply|tl;?dr|in short|in (?:a few|fewer|simple) words)\b",
        "what does {} mean, in short",
        _NEVER,
        "has no shorter words for {}",
    ),
    _way(
        "reason",
        r"^\W*(?:(?:and|but|so|ok|okay|wait)\b\W*)*(?:why|how come|how so)\b",
        "why do people say {}",
        r"\b(?:because|since|so that|in order to|to (?:stress|show|mock|tease|soften|sound|seem|avoid))\b",
        "does not say why people say {}",
    ),
    _way(
        "opposite", r"\b(?:opposites?|antonyms?|contrary)\b", "what is the opposite of {}",
        r"\b(?:opposite|contrary|reverse of|as against|unlike)\b", "does not say what the opposite of {} is",
    ),
    _way(
        "similar",
        r"\b(?:synonyms?|similar|another word|other words?|like (?:it|that))\b",
        "what is another word for {}",
        r"\b(?:synonym|same as|also (?:called|known|spelled|written)|another word|stronger than|form of|"
        r"short for|see)\b|\[",
        "does not say what else people say for {}",
    ),
    _way(
        "time", r"\b(?:still|anymore|outdated|old-fashioned|how old|since when)\b", "do people still say {}",
        r"\b(?:old|older|older than|dated|century|(?:19|20)\d\d|decade|now|still|early|"
        r"late)\b", "does not say whether people still say {}",
    ),
    _way(
        "origin",
        r"\b(?:where|origins?|etymology|come from|came from|who (?:coined|invented|made))\b",
        "where does {} come from",
        r"\b(?:from|origin\w*|coined|shortened|short for|spread|began|arose|borrowed|century|(?:19|"
        r"20)\d\d|named after|cut from|cut short)\b",
        "does not say where {} comes from",
    ),
    _way(
        "users",
        r"\bwho (?:uses?|says?|would say)\b|\b(?:british|american|australian|english|gen z|regional)\b",
        "who says {}",
        r"\b(?:used by|said by|among|british|american|australian|london|scottish|english|speech|gamers?|"
        r"players|people|teenagers|young)\b",
        "does not say who says {}",
    ),
    _way(
        "tone",
        r"\b(?:rude|offensive|insult\w*|polite|nice|mean thing|bad word|swear\w*|compliment|positive|"
        r"negative|(?:good|bad) (?:thing|word|or bad)|slurs?|"
        r"(?:say|use) (?:it|that|this) (?:to|with|in front of|at)|appropriate|ok to|okay to|safe)\b",
        "is {} rude",
        r"\b(?:rude\w*|insult\w*|offensive|mock\w*|derogatory|friendly|affection\w*|prais\w*|admir\w*|"
        r"approval|compliment|"
        r"polite|harsh\w*|joking\w*|blunt|teas\w*|bad manners|scorn\w*|warm|playful\w*|mild\w*|vulgar)\b",
        "does not say whether {} is rude",
    ),
    _way(
        "grammar",
        r"\b(?:past tense|plural|conjugate|pronounced?|pronunciation|spell(?:ed|ing)?|noun or (?:a )?verb|"
        r"a verb|a noun)\b",
        "how is {} inflected, spelled or said aloud",
        r"\b(?:past tense|plural|spell(?:ed|ing|t)|pronounced|written|verb|noun|adjective)\b",
        "says nothing of the grammar or the sound of {}",
    ),
)  # fmt: skip


def aspect_of(asked: str) -> Aspect:
    """What a question about a word wants to know beyond its meaning; "" where that is not plain."""
    return next((way.aspect for way in _WAYS if way.asked.search(asked)), "")


def aspect_asked(question: str, word: str) -> Aspect:
    """The aspect that a whole question is after ("is simp an insult?"); "" where it asks for the meaning."""
    rest = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "•", question, flags=re.IGNORECASE)
    return aspect_of(rest) if asks_more(rest) else ""


def asks_more(question: str) -> bool:
    """Whether a question is put like one on more than a meaning: "is ...?", "who says ...", "why do ..."."""
    return bool(_ASKS_MORE.match(question)) and not _ASKS_MEANING.search(question)


def question_on(aspect: Aspect, word: str) -> str:
    """The question, standing alone."""
    return _named(aspect).question.format(word)


def unsaid(aspect: Aspect, word: str, *, more: bool = False) -> str:
    """A sentence that says that the data does not have it; with `more`, no more of it than was told."""
    said = _named(aspect).unsaid.format(f"“{inert(word)}”")
    return f"My data {said.replace('has no ', 'has no further ') if more else said}."


def _named(aspect: Aspect) -> _Way:
    return next(way for way in _WAYS if way.aspect == aspect)


def about(hits: Sequence[Hit], word: str) -> list[Hit]:
    """The hits on `word` itself, none twice; all of them where none is."""
    own = [hit for hit in distinct(hits) if fold(hit.entry.word) == fold(word)]
    return own or distinct(hits)


def said(aspect: Aspect, word: str, hits: Sequence[Hit], *, without: str = "") -> list[tuple[str, int]]:
    """Sentences of the definitions that tell about the aspect, each with its hit's rank from 1; at most two.

    Those that stand in `without`, which was told before, are left out.
    """
    found: list[tuple[str, int]] = []
    for hit in about(hits, word):
        text = about_the_word(hit.entry.definition)
        pieces = _examples(text, word) if aspect == "example" else _telling(aspect, text)
        shown = [excerpt(inert(piece), _LONGEST) for piece in pieces]
        found += [(one, hits.index(hit) + 1) for one in shown if one.strip("“”") not in without]
    return found[:_MOST]


def _examples(text: str, word: str) -> list[str]:
    """Lines after the first that use the word and are no long explanation."""
    root = stem(fold(word))
    first, *rest = [line.strip() for line in text.splitlines() if line.strip()] or [""]
    return [line for line in rest if root in stem(fold(line)) and len(line) <= _LONGEST] if first else []


def _telling(aspect: Aspect, text: str) -> list[str]:
    told = _named(aspect).told
    first = text.splitlines()[0] if text else ""
    return [sentence for sentence in sentences(first) if told.search(sentence)][:1]
