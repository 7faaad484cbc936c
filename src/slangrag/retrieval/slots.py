"""Slots: which part of speech stands where a word stands, told from its neighbours. English only.

Rules over the two nearest words, so that nothing has to be downloaded; "" where they cannot tell. The same
letters say how an ordinary word is used (`text.english.uses`) and what a definition defines.
"""

from __future__ import annotations

import re
from typing import Final

from slangrag.text.english import is_small, uses, word_set

_LAST: Final = re.compile(r"([\w'’]+)[\"“‘']?\s*$")
_NEXT: Final = re.compile(r"^[\"”’']?\s*([\w'’]+|[^\w\s])")
_DETERMINERS: Final = word_set(
    "a an the my your his her its our their this that these those some any no another every each what such ur"
)
_BE: Final = word_set(
    """
    is are was were am be been being i'm im you're youre he's hes she's shes it's its we're they're that's
    thats there's what's isn't isnt aren't wasn't look looks looked feel feels felt seem seems sound sounds
    get gets got getting
    """
)
_DEGREE: Final = word_set("so very too really pretty kinda super quite totally completely")
_BEFORE_VERB: Final = word_set(
    """
    to will would can could can't cant should must might let's lets don't dont doesn't didn't didnt gonna
    wanna gotta won't please tryna do did does never
    """
)
_SUBJECTS: Final = word_set("i you we they he she who")
_PREPOSITIONS: Final = word_set("of for with in on at by about like from without into some any more")
_ADJECTIVE_OPENING: Final = re.compile(
    r"^\W*(?:\(?adj(?:ective)?\b|(?:very|extremely|really|totally|so|not|being|used to describe|when you are|"
    r"a (?:term|word) (?:used )?to describe)\b)",
    re.IGNORECASE,
)
_VERB_OPENING: Final = re.compile(r"^\W*(?:\d\W*)?(?:\(?v(?:erb)?\b\W|to (?!the\b))", re.IGNORECASE)
_NOUN_OPENING: Final = re.compile(
    r"^\W*(?:\d\W*)?(?:\(?n(?:oun)?\b\W|(?:an?|the|one|some(?:one|body|thing)|people|person|any(?:one|thing))\b)",
    re.IGNORECASE,
)
_SAID_OPENING: Final = re.compile(
    r"^\W*(?:an? )?(?:short for|abbreviation|acronym|interjection|exclamation|greeting|expression|phrase)\b",
    re.IGNORECASE,
)


def slot(text: str, start: int, end: int) -> str:
    """The slot of text[start:end]: n noun, v verb, a adjective, i said by itself, "" unknown."""
    before, after = _LAST.search(text[:start]), _NEXT.match(text[end:])
    last = before[1].lower().replace("’", "'") if before else ""
    following = after[1].lower().replace("’", "'") if after else ""
    ends = not following or not following[0].isalnum() or is_small(following)
    if not last:
        return "i" if not following or not following[0].isalnum() else ""
    if last in _DEGREE:
        return "a"
    if last in _DETERMINERS and not (last in _BE and ends):
        return "n" if ends else ""
    if last in _BE:
        return "a" if ends else ""
    if last in _BEFORE_VERB or last in _SUBJECTS:
        return "v"
    if last in _PREPOSITIONS:
        return "n" if ends else ""
    return ""


def fits_slot(word: str, where: str) -> int:
    """Whether an ordinary word can stand in the slot: 1 yes, -1 no, 0 where either cannot be told."""
    letters = uses(word)
    if not where or not letters:
        return 0
    able = {"n": "nNg", "v": "vsd", "a": "adgr", "i": ""}[where]
    return 1 if set(letters) & set(able) else -1


def defines(definition: str) -> str:
    """The part of speech that a definition defines, by how it opens; "" where that says nothing."""
    if _SAID_OPENING.match(definition):
        return "i"
    if _ADJECTIVE_OPENING.match(definition):
        return "a"
    if _VERB_OPENING.match(definition):
        return "v"
    if _NOUN_OPENING.match(definition):
        return "n"
    first = definition.split(None, 1)[0].strip(".,;:") if definition.strip() else ""
    letters = uses(first)
    return "a" if letters[:1] in ("a", "d", "r") else "v" if letters[:1] == "v" else ""


def agreement(where: str, definition: str) -> int:
    """Whether what a definition defines can stand in the slot: 1 yes, -1 no, 0 unknown."""
    defined = defines(definition)
    if not where or not defined:
        return 0
    return 1 if where == defined else -1
