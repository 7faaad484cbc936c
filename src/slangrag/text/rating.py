"""How rude a text is: 0 clean, 1 mild, 2 strong, 3 severe; and the same text with rude words masked.

A rating, not a ban: nothing is thrown away for it. Knows nothing of rows or screens. The words are a
table of hashes beside this module, made by `benchmarks/make_severities.py`, whose docstring says where
they come from and what was done to them. A text is as rude as its rudest word; words are taken whole
("Scunthorpe" is a town), with plurals, stretched letters ("damnnnn") and the list's own spellings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache, reduce
from hashlib import blake2b
from operator import or_
from typing import Final

from slangrag.text.english import is_listed, word_set

MILD: Final = 1
STRONG: Final = 2
_LONGEST_PHRASE: Final = 3
# A code is a severity in its two low bits, and two marks: the word begins a phrase of the table, or
# stands second in one. Both together, side by side, are rare enough to look closer.
_SEVERITY: Final = 3
_FIRST: Final = 4
_SECOND: Final = 8
_SEVERITIES: Final = bytes(code & _SEVERITY for code in range(256))
_PHRASE_LIKE: Final = re.compile(rb"[\x04-\x07\x0c-\x0f](?=[\x08-\x0f])")
# Letters and digits, with the signs people put for letters inside a word or before it.
_TOKEN: Final = re.compile(r"[@$]?[^\W_](?:[\w@$!*+']*[^\W_])?")
_EDGES: Final = ".,;:!?()[]\"'“”‘’…-*"
_STRETCHED: Final = re.compile(r"([a-z])\1{2,}")

# Rated mild by the list, and what a doctor or a teacher says: shown.
_PLAIN: Final = word_set("anal anus bondage breast breasts penis rectum sex sperm sphincter vagina vulva")
# Of the mild words only these are looked for inside others; "cocktail" and "prickly" hold some of the rest.
_ROOTS: Final = word_set("arsehole asshole bastard bitch bollock bullshit piss shit wank")
_SHORTEST_ROOT: Final = 4
_LONGEST_COMPOUND: Final = (
    64  # a longer "word" is no compound, and taking it apart costs the square of its length
)
_ENDINGS: Final = re.compile(r"(?:e?s|ies|in'?|ings?|e?d|ers?|y|ier|iest|ish|less)$")

_MOST_REMEMBERED: Final = 1 << 17


def tokens(text: str) -> list[str]:
    """The words of `text` as the table knows them."""
    return _TOKEN.findall(_even(text))


def key_of(words: Sequence[str]) -> bytes:
    """The table's key for a word or phrase: BLAKE2b, eight bytes."""
    return _key(" ".join(words))


def _key(word: str) -> bytes:
    return blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()


def rate(text: str) -> int:
    """Content rating of a text: 0 clean, 1 mild, 2 strong, 3 severe."""
    chunks = text.casefold().split()
    codes = bytes(map(_codes.__getitem__, chunks))
    worst = max(codes.translate(_SEVERITIES), default=0)
    for match in _PHRASE_LIKE.finditer(codes):
        words = tokens(" ".join(chunks[match.start() : match.start() + _LONGEST_PHRASE]))
        worst = max(worst, *(_phrase(words, start)[0] for start in range(len(words))))
    return worst


def mask(text: str, threshold: int = MILD) -> str:
    """`text` with every word rated `threshold` or more masked but for its first character: "d***".

    Inflections and compounds of a rude word are masked with it. In a phrase every word is masked. Lengths
    stay, so offsets into the text stay right.
    """
    masked = list(text)
    for start, end in _hidden(text, threshold):
        masked[start + 1 : end] = "*" * (end - start - 1)
    return "".join(masked)


def strong_words(texts: Iterable[str], threshold: int = MILD) -> list[str]:
    """The words that `mask` would mask in these texts, as they are spelt there; each once, in order."""
    return sorted({text[start:end] for text in texts for start, end in _hidden(text, threshold)})


def _hidden(text: str, threshold: int) -> list[tuple[int, int]]:
    """Where the words are that are rated so or more: start and end."""
    even = _even(text)
    if len(even) != len(text):
        # "ß" folds to two letters: fold only what keeps its length, or offsets go wrong.
        even = "".join(folded if len(folded := _even(c)) == 1 else c for c in text)
    found = list(_TOKEN.finditer(even))
    words = [match.group() for match in found]
    hidden: set[int] = set()
    for place, word in enumerate(words):
        if _worst_in(word) >= threshold:
            hidden.add(place)
        severity, length = _phrase(words, place)
        if severity >= threshold:
            hidden.update(range(place, place + length))
    return [found[place].span() for place in hidden]


@lru_cache(maxsize=4096)
def _worst_in(word: str) -> int:
    """The severity of a word, or of the rude word that it is made of: "wanking", "shitposts"."""
    severity = _code(word) & _SEVERITY
    if severity == MILD and word in _PLAIN:
        return 0
    if severity or len(word) > _LONGEST_COMPOUND or is_listed(word):
        return severity
    ways = (
        _root(root, word[at:])
        for at in range(_SHORTEST_ROOT - 1, len(word))
        for root in (word[:at], f"{word[:at]}e")
    )
    behind = (_root(word[at:], "") for at in range(3, len(word) - 3) if is_listed(word[:at]))
    return max((*ways, *behind), default=0)


def _root(word: str, rest: str) -> int:
    """The severity of `word` where it may be the root of one that goes on with `rest`; 0 where not."""
    ending = _ENDINGS.fullmatch(rest) or _ENDINGS.fullmatch(rest.removeprefix(word[-1]))
    if len(word) < _SHORTEST_ROOT or not (not rest or ending or is_listed(_singular(rest)) or _code(rest)):
        return 0
    severity = _code(word) & _SEVERITY
    return severity if severity >= STRONG or word in _ROOTS else 0


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word


def _even(text: str) -> str:
    return text.casefold().replace("’", "'")


@cache
def _table() -> Mapping[bytes, int]:
    """Key to code."""
    from importlib import resources

    text = resources.files("slangrag.text").joinpath("severities.txt").read_text(encoding="ascii")
    table = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            key, value = line.split()
            table[bytes.fromhex(key)] = int(value[0]) + _FIRST * ("+" in value) + _SECOND * ("-" in value)
    return table


class _Codes(dict[str, int]):
    """Codes of the chunks of text (what stands between blanks) met so far; finds out about new ones."""

    def __missing__(self, chunk: str) -> int:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        code = self[chunk] = _chunk_code(chunk)
        return code


_codes: Final = _Codes()


def _chunk_code(chunk: str) -> int:
    """The code of what stands between two blanks: its worst severity, and the marks of all its words."""
    bare = chunk.strip(_EDGES)
    if bare.isalpha():
        return _code(bare)
    words = tokens(chunk)
    codes = [_code(word) for word in words]
    worst = max((code & _SEVERITY for code in codes), default=0)
    if len(words) > 1:
        worst = max(worst, *(_phrase(words, place)[0] for place in range(len(words))))
    marks = reduce(or_, codes, 0) & (_FIRST | _SECOND)
    return worst | marks


def _code(word: str) -> int:
    """The code of one token, of its singular, or of either without stretched letters."""
    table = _table()
    if code := table.get(_key(word)):
        return code
    # "assess" is no plural.
    may_be_plural = len(word) > 3 and word[-1] == "s" != word[-2]
    if may_be_plural and (code := table.get(_key(word[:-1].removesuffix("'")))):
        return code
    if _STRETCHED.search(word):
        return max(
            _code(_STRETCHED.sub(r"\1\1", word)), _code(_STRETCHED.sub(r"\1", word)), key=_severity_first
        )
    return 0


def _severity_first(code: int) -> tuple[int, int]:
    return code & _SEVERITY, code


def _phrase(words: Sequence[str], place: int) -> tuple[int, int]:
    """Severity and length in words of the rudest phrase that begins at `place`; (0, 0) for none."""
    table = _table()
    lengths = range(2, min(_LONGEST_PHRASE, len(words) - place) + 1)
    return max(
        ((table.get(key_of(words[place : place + n]), 0) & _SEVERITY, n) for n in lengths), default=(0, 0)
    )
