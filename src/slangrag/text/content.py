"""What a text says, as far as words can tell: content words, numbers, names, and what is denied.

Deterministic and cheap; English only. Stems are Snowball's English stemmer (Porter 2). Knows nothing of
answers or citations.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from slangrag.text import word_lists
from slangrag.text.word_lists import NUMBER_WORDS

_TOKEN: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[^\w\s]|\d+\w*", re.UNICODE)
_INSTEAD: Final = re.compile(
    r"\b(?:rather than|instead of|other than|except(?: for)?|anything but|far from)\b", re.IGNORECASE
)
_CLAUSE_END: Final = frozenset('.,;:!?()—–"“”')
_SAYS_NOTHING: Final = frozenset((word_lists.FUNCTION_WORDS + word_lists.FRAME_WORDS).split())
_FUNCTION_WORDS: Final = frozenset(word_lists.FUNCTION_WORDS.split())
_NEGATORS: Final = frozenset(word_lists.NEGATORS.split())
_NEGATION_REACH: Final = 4
_CONJUNCTIONS: Final = frozenset({"but", "although", "though", "because", "and", "so"})
_UNWORD: Final = ("un", "non", "dis")


class _OwnStemmer(threading.local):
    """One stemmer a thread: Snowball's keeps the word that it works on in itself."""

    def __init__(self) -> None:
        from snowballstemmer import stemmer  # type: ignore[import-untyped]

        self.word: Callable[[str], str] = stemmer("english").stemWord


@cache
def _stemmer() -> _OwnStemmer:
    return _OwnStemmer()


@cache
def _groups() -> dict[str, str]:
    """Stem to the stem that stands for its group of synonyms."""
    table: dict[str, str] = {}
    for line in word_lists.SYNONYMS.strip().splitlines():
        stems = [_stemmer().word(word) for word in line.split()]
        leader = next((table[stem] for stem in stems if stem in table), stems[0])
        for stem in stems:
            table.setdefault(stem, leader)
    return table


@cache
def stem(word: str) -> str:
    """The word's stem, or the one that stands for its synonyms ("gossiping" and "gossip" meet)."""
    folded = word.lower().replace("’", "'").removesuffix("'s")
    root = _stemmer().word(folded)
    return _groups().get(root, root)


@dataclass(frozen=True, slots=True)
class Term:
    """One content word: as written, its stem, whether it stands under a negation."""

    word: str
    stem: str
    denied: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says. `names` are capitalised words that do not begin a sentence."""

    terms: tuple[Term, ...]
    numbers: frozenset[str]
    names: frozenset[str]

    @property
    def stems(self) -> frozenset[str]:
        """Stems of all content words."""
        return frozenset(term.stem for term in self.terms)


@dataclass(frozen=True, slots=True)
class Token:
    """One word or number as it stands in a text.

    key: the stem of a word, the digits of a number. kind: a content "term", a "number", a "negator", or
    "small" for a word that carries no claim in a definition. name: it has a capital and begins no sentence.
    denied: it stands under a negation.
    """

    word: str
    key: str
    kind: Literal["term", "number", "negator", "small"]
    name: bool = False
    denied: bool = False


def read(text: str, *, without: tuple[str, ...] = ()) -> Reading:
    """Read `text`; phrases in `without` (headwords) are taken out first, whatever their case."""
    found = list(tokens(text, without=without))
    return Reading(
        tuple(Term(one.word, one.key, one.denied) for one in found if one.kind == "term"),
        frozenset(one.key for one in found if one.kind == "number"),
        frozenset(one.key for one in found if one.kind == "term" and one.name),
    )


def tokens(text: str, *, without: tuple[str, ...] = ()) -> Iterator[Token]:
    """The words and numbers of a text, in order; see `read`."""
    text = _INSTEAD.sub("not", text.replace("’", "'"))
    for phrase in sorted((w for w in without if w.strip()), key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(phrase.replace('’', chr(39)))}(?:'s|s)?(?!\w)"
        text = re.sub(pattern, " • ", text, flags=re.IGNORECASE)
    reach, opening = 0, True
    for token in _TOKEN.findall(text):
        lowered = token.lower()
        if token[0].isdigit():
            digits = re.match(r"[\d.,:]+", token)[0]  # type: ignore[index]
            yield Token(token, digits.replace(",", "").strip(".:"), "number")
            opening = False
            continue
        if not token[0].isalpha():
            if token in _CLAUSE_END:
                reach = 0
            opening = opening or token in '.!?"“•'
            continue
        if lowered in _NEGATORS or lowered.endswith("n't"):
            reach = _NEGATION_REACH + 1
            yield Token(lowered, "not", "negator")
        elif lowered in NUMBER_WORDS:
            yield Token(lowered, NUMBER_WORDS[lowered], "number")
        elif lowered.removesuffix("'s") in _SAYS_NOTHING:
            if lowered in _CONJUNCTIONS:
                reach = 0
            key = lowered if lowered in _FUNCTION_WORDS else stem(lowered)
            yield Token(lowered, key, "small", denied=reach > 0)
        else:
            name = token[0].isupper() and not opening and lowered != "i"
            yield Token(lowered, stem(lowered), "term", name, reach > 0)
        opening = False
        reach = max(0, reach - (lowered not in _FUNCTION_WORDS))


def is_function_word(word: str) -> bool:
    """Whether a lower-case word only holds a sentence together, in any text ("call" does in definitions)."""
    return word in _FUNCTION_WORDS


def undone(word: str) -> str | None:
    """The stem of what an "un-" word denies ("untrue": that of "true"), or None."""
    for prefix in _UNWORD:
        if word.startswith(prefix) and len(word) > len(prefix) + 3:
            return stem(word.removeprefix(prefix).lstrip("-"))
    return None
