"""Stubs: definitions that send the reader to another headword ("see X", "plural of X", "like X but ...").

Pure text work; whether X is a headword is for whoever has the store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LEAD: Final = (
    r"^\W*(?:(?:n|v|adj|adv|noun|verb|adjective)\b[.:;,]?\s+)?(?:please\s+|just\s+|simply\s+|basically\s+)*"
)
_FORMS: Final = r"(?:spelling|variant|variation|version|form|misspelling|plural|singular|diminutive|feminine)"
_TENSES: Final = r"(?:(?:simple\s+)?past(?:\s+(?:tense|participle))?|present\s+participle|gerund|plural)"
_SEE: Final = re.compile(
    _LEAD + r"(?:see(?:\s+(?:also|under|entry))*|look\s+(?:up|at)|refer\s+to|same\s+(?:thing\s+)?as|cf|"
    rf"(?:an?\s+|the\s+|any\s+)*(?:(?:alternat(?:e|ive)|another|other|different|shortened|british|american|"
    rf"{_TENSES})\s+)*{_FORMS}(?:\s+form)?\s+(?:of|for|to)|(?:the\s+)?{_TENSES}(?:\s+form)?\s+(?:of|for))"
    r"(?=[\s:.,(\[\"“'‘])[\s:.,]*(?:the\s+)?(?:(?:definitions?|entry|verb|noun|word|term|synonyms)\s+"
    r"(?:(?:of|for|at|under)\s+)?)?(?P<word>.+)$",
    re.IGNORECASE,
)
_LIKE: Final = re.compile(
    _LEAD
    + r"(?:(?:just\s+)?like|(?:the\s+)?same\s+as|similar\s+to|a\s+(?:\w+\s+)?(?:version|kind|form)\s+of)\s+"
    r"(?:an?\s+|the\s+)?(?P<word>[^,.;()]{1,40}?)[,;]?\s+(?:but|only|except|just|without|with)\b",
    re.IGNORECASE,
)
_WORD_FOR: Final = re.compile(
    _LEAD + r"(?:(?:an?|just|yet|the)\s+)*(?:(?:another|other|slang|short|shortened|nick)\s*)+"
    r"(?:(?:word|term|name|way|form|version)s?\s+)?(?:(?:for|of|to)\s+)(?:say(?:ing)?\s+)?(?:an?\s+|the\s+)?"
    r"(?P<word>[^,.;()]{1,40}?)[\s.!]*$",
    re.IGNORECASE,
)
_ENDS: Final = " \t\"“”'‘’()[].,!:;"
_PARTS: Final = re.compile(
    r"\s*(?:\]\s*[,;/&]?\s*(?:and\s+|or\s+)?\[|[,;/]\s*(?:and\s+|or\s+)?|\s(?:and|or)\s)\s*"
)
_TAG: Final = re.compile(r"\bword(\S.*?)/word\b")  # "<word>drip</word>" without its brackets
_SENTENCE_END: Final = re.compile(r"[.!]\s+")
_LONGEST: Final = 40
_MOST_WORDS: Final = 5
_MOST: Final = 4


@dataclass(frozen=True, slots=True)
class Stub:
    """Where a definition sends to, as it is written there, the whole phrase before its parts.

    bare: it says nothing itself. Otherwise it says something that is half a meaning without its target,
    and the target counts only if it is no ordinary English word.
    """

    targets: tuple[str, ...]
    bare: bool


def stub(definition: str) -> Stub | None:
    """The stub that `definition` is, or None where it says a meaning itself."""
    lines = [line for line in definition.splitlines() if line.strip()]
    if not lines:
        return None
    first = lines[0].strip()
    if match := _SEE.match(first):
        phrase, *more = _SENTENCE_END.split(match["word"], maxsplit=1)
        if targets := _targets(phrase):
            return Stub(targets, bare=len(lines) == 1 and not any(more))
    for pattern in (_LIKE, _WORD_FOR):
        if (match := pattern.match(first)) and (targets := _targets(match["word"])):
            return Stub(targets, bare=False)
    return None


def _targets(text: str) -> tuple[str, ...]:
    """The phrase itself, then each part of an enumeration; none where it is too long to be a headword."""
    text = _TAG.sub(r"\1", text)
    whole = text.strip(_ENDS)
    parts = [part.strip(_ENDS) for part in _PARTS.split(text)]
    if any(len(part) > _LONGEST or len(part.split()) > _MOST_WORDS for part in parts):
        return ()
    return tuple([part for part in dict.fromkeys((whole, *parts)) if part][:_MOST])
