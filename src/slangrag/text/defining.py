"""Defining: the part of a definition that says what the word means, for quoting and for small models.

People write more than a meaning under a headword: parts of speech, headings, how it is spelled, jokes,
examples, what they think of whoever says it. `defining` takes the first sentence that says a meaning, and
a second where the first does not stand by itself. Each rule has a labelled case in
`tests/data/defining.jsonl`. Pure text work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from slangrag.text.defining_wordings import (
    ABOUT_THE_WORD,
    CLAUSE_END,
    COUNTS,
    EXAMPLE,
    FINITE,
    GOES_ON,
    IT_MEANS,
    LABELS,
    LEADS_ON,
    LETTERS,
    NO_SUBJECT,
    OPENS_LIKE_A_MEANING,
    ORIGIN,
    PRAISES,
    QUOTED,
    SAYS,
    SPEAKS_OF_ITSELF,
    SPELLING,
    STATES,
    SYLLABLES,
    TO_THE_READER,
)
from slangrag.text.forms import fold, joined, stem
from slangrag.text.inert import inert
from slangrag.text.injection import about_the_word
from slangrag.text.sentences import sentences

LONGEST: Final = 240
"""Characters of a defining part, from above; a cut is visible and stands at the end of a clause."""

_LOOKED_AT: Final = 12
_CLAUSE: Final = 6
_LONGEST_NAME: Final = 3
_LONGEST_ACRONYM: Final = 8


@dataclass(frozen=True, slots=True)
class Defining:
    """What of a definition is quoted.

    defines is False where no sentence says a meaning by itself. plainly: it is also put the way meanings
    are put ("a person who", "to throw", "short for", or a few words without a verb); what is not ("everyone
    is a poser") may be a joke.
    """

    text: str
    defines: bool
    plainly: bool = False


def defining(word: str, definition: str, limit: int = LONGEST) -> Defining:
    """The part of `definition` that says what `word` means, on one line, at most `limit` characters.

    Without such a part: its first words, and `defines` False. Nothing readable gives "".
    """
    pieces = _pieces(word, definition)
    sayings = [
        n
        for n, piece in enumerate(pieces)
        if _says_a_meaning(piece, word, first=n == 0, alone=len(pieces) == 1)
    ]
    if not sayings:
        left = next((p for p in pieces if not _is_heading(p)), None) or (pieces or [inert(definition)])[0]
        return Defining(cut(left, limit), defines=False)
    first = _first_of(pieces, sayings, word)
    text, last = pieces[first], first
    while last + 1 < len(pieces) and last - first < 3 and _is_incomplete(text, pieces[last + 1], word):
        last += 1
        text = f"{text} {pieces[last]}"
    spelled = next((n for n, piece in enumerate(pieces) if n > last and expands(word, piece)), None)
    if spelled is not None and not expands(word, text):
        between = " … " if spelled > last + 1 else " "
        text = f"{cut(text, limit * 2 // 3)}{between}{pieces[spelled]}"
    return Defining(cut(text, limit), defines=True, plainly=_is_put_plainly(pieces[first], word))


def is_example(line: str, word: str) -> bool:
    """Whether a later line of a definition only uses the word: "He said that the party was lit."."""
    root = stem(fold(word))
    said = stem(fold(line))
    uses = root in said and re.search(rf"(?<!\w){re.escape(root)}", said) is not None
    return (
        uses and not (_mentions(line, word) and _named(word).match(line)) and not ABOUT_THE_WORD.match(line)
    )


def expands(word: str, text: str) -> bool:
    """Whether neighbouring words of `text` spell `word` by their initials ("laughing out loud", "lol")."""
    letters = "".join(c for c in word.lower() if c.isalnum())
    if not 2 <= len(letters) <= _LONGEST_ACRONYM or " " in word.strip():
        return False
    return letters in "".join(match[0][0] for match in LETTERS.finditer(text.lower()))


def cut(text: str, limit: int) -> str:
    """`text` within `limit` characters; what is left out is marked by "…", at the end of a clause."""
    if len(text) <= limit:
        return text
    opening = text[:limit]
    whole = max(opening.rfind(mark) + 1 for mark in (". ", "! ", "? "))
    if whole > limit // 3:
        return f"{opening[:whole]} …"
    clause = max((match.start() for match in CLAUSE_END.finditer(opening)), default=0)
    stop = clause if clause > limit // 3 else max(opening.rfind(" "), limit // 2)
    return opening[:stop].rstrip(" ,;:(–—-") + " …"


def _pieces(word: str, definition: str) -> list[str]:
    """The sentences of a definition without what only labels them."""
    lines = [line for line in about_the_word(definition).splitlines() if line.strip()]
    found: list[str] = []
    for line in lines[:1] + [line for line in lines[1:] if not is_example(line, word)]:
        for sentence in sentences(_bare(line, word)):
            bare = _bare(sentence, word)
            if LETTERS.search(bare) and joined(fold(bare)) != joined(fold(word)):
                found.append(bare)
    return found[:_LOOKED_AT]


def _bare(text: str, word: str) -> str:
    labels = (*LABELS, _label(word)) if _mentions(text, word) else LABELS
    before = None
    while before != text:
        before = text
        for label in labels:
            text = label.sub("", text, count=1)
        text = text.strip()
    return text


def _mentions(text: str, word: str) -> bool:
    """Whether the word stands in the text at all. Compiling a pattern for each headword took half of a
    look-up's time; few sentences need one.
    """
    return _lowered(word) in text.lower()


@lru_cache(maxsize=64)
def _lowered(word: str) -> str:
    return inert(word).lower()


@lru_cache(maxsize=64)
def _label(word: str) -> re.Pattern[str]:
    """The word itself as a label: "rizz: charm", "rizz (noun) - charm"."""
    return re.compile(
        rf"^[\"“'‘(]*{re.escape(inert(word))}[\"”'’)]*(?:\s*\([^)]{{0,40}}\))?\s*(?:[:=–—]+|\s-+\s|-\s|$)\s*",
        re.IGNORECASE,
    )


def _says_a_meaning(piece: str, word: str, *, first: bool, alone: bool) -> bool:
    if expands(word, piece):
        return True
    named = rf"^\W*(?:an?\s+|the\s+|to\s+)?{re.escape(inert(word))}(?:'?s)?\W*\s"
    if _mentions(piece, word) and re.match(rf"{named}(?:is|are|does)(?:n't| not)\b", piece, re.IGNORECASE):
        return False
    patterns: Sequence[re.Pattern[str]] = (SPELLING, ORIGIN, TO_THE_READER, ABOUT_THE_WORD)
    if not first:
        patterns = (*patterns, NO_SUBJECT)
    if not alone:
        patterns = (*patterns, QUOTED, SPEAKS_OF_ITSELF, SYLLABLES)
    return not (
        (piece.endswith("?") and not OPENS_LIKE_A_MEANING.match(piece))
        or _is_heading(piece)
        or EXAMPLE.match(piece)
        or any(pattern.search(piece) for pattern in patterns)
    )


def _is_heading(piece: str) -> bool:
    """A line that announces: in capitals, or with a colon after what it promises."""
    if piece.endswith(":"):
        return LEADS_ON.search(piece[:-1]) is None
    if COUNTS.search(piece):
        return True
    return piece.isupper() and len(piece.split()) <= 2 and len(piece) > 2


def _first_of(pieces: Sequence[str], sayings: Sequence[int], word: str) -> int:
    """The first that says a meaning; one that names the word and says what it is, before a lead-in."""
    first = sayings[0]
    if OPENS_LIKE_A_MEANING.match(pieces[first]) or expands(word, pieces[first]):
        return first
    return next(
        (
            n
            for n in sayings[:4]
            if IT_MEANS.match(pieces[n]) or (_mentions(pieces[n], word) and _named(word).match(pieces[n]))
        ),
        first,
    )


def _is_put_plainly(piece: str, word: str) -> bool:
    if expands(word, piece) or IT_MEANS.match(piece):
        return True
    named = _named(word).match(piece) if _mentions(piece, word) else None
    after = piece[named.end() :] if named else piece
    if PRAISES.match(after):
        return False
    own = _mentions(after, word) and re.search(
        rf"(?<![\w\"“'‘]){re.escape(inert(word))}(?![\w\"”'’])", after, re.IGNORECASE
    )
    if STATES.match(piece) or (own and own.start() > 0):
        return False
    if named or OPENS_LIKE_A_MEANING.match(piece):
        return True
    words = LETTERS.findall(piece)
    is_name = (
        len(words) <= _LONGEST_NAME and all(one[0].isupper() for one in words[1:]) and piece[0].isupper()
    )
    return not FINITE.search(" ".join(words[:_CLAUSE])) and not (is_name and len(words) > 1)


@lru_cache(maxsize=64)
def _named(word: str) -> re.Pattern[str]:
    """Matches a sentence that names the word and says what it is."""
    return re.compile(
        rf"^\W*(?:(?:an?|the|to)\s+)?(?:(?:word|term|phrase)\s+)?\W*{re.escape(inert(word))}\W*\s*{SAYS}",
        re.IGNORECASE,
    )


def _is_incomplete(text: str, following: str, word: str) -> bool:
    """Whether the meaning goes on in the next sentence."""
    if text.count('"') % 2:
        return True
    if LEADS_ON.search(text) or GOES_ON.match(following):
        return True
    spelled_only = expands(word, text) and len(LETTERS.findall(text)) <= len(word) + 3
    return (
        spelled_only
        and not expands(word, following)
        and _says_a_meaning(following, word, first=False, alone=False)
        and (re.search(rf"(?<!\w){re.escape(inert(word))}(?!\w)", following, re.IGNORECASE) is None)
    )
