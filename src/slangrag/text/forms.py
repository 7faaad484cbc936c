"""Normal forms of headwords and of stretches of text, so that one finds the other.

Pure text work; knows nothing of stores or models. `fold` is the identity of a headword: two rows
whose words fold alike define the same headword. The other forms are looser and may collide.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’‘ʼ`´＇", "'"))
_NOT_WORD: Final = re.compile(r"[^\w\s']|_", re.UNICODE)
_SPACES: Final = re.compile(r"\s+")
_RUN: Final = re.compile(r"(.)\1+")
_LONG_RUN: Final = re.compile(r"([^\W\d_])\1{2,}")
_QUOTES: Final = " \t\r\n\"'“”„«»"
_SENTENCE_END: Final = _QUOTES + ".,!?;:…"
_PLAIN: Final = re.compile(r"[^\W_]+")
_SYMBOLIC_LETTERS: Final = 4
_VOWEL: Final = re.compile(r"[aeiouy]")
_NO_VOWELS: Final = str.maketrans("", "", "aeiouy")
_PLURAL: Final = re.compile(r"(?<!s)(?<!u)(?<!i)s$")
_ENDING: Final = re.compile(r"(?:s|ed|ied|d|ing|in)$")
_CONTRACTION: Final = re.compile(r"^(.+)'(?:s|d|z|ed|er|n|in|ing|ll|m|re|ve|es)$")


def fold(text: str) -> str:
    """Case, width, accents, punctuation and white space folded away.

    "L + Ratio!" and "l ratio" fold alike. What is mostly symbols (":)", "<3", "G+", "/b/", ":P")
    keeps them: without them "<3" would be the number three. Sentence punctuation and quotation
    marks at the ends never count.
    """
    text = text.translate(_APOSTROPHES)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    else:
        text = text.lower()
    text = _SPACES.sub(" ", text).strip()
    words = _SPACES.sub(" ", _NOT_WORD.sub(" ", text).replace("'", "")).strip()
    if not words:
        return text
    core = text.lstrip(_QUOTES).rstrip(_SENTENCE_END)
    letters = len(words) - words.count(" ")
    if letters <= _SYMBOLIC_LETTERS and 2 * _marks(core) >= letters:
        return core
    return words


def _marks(core: str) -> int:
    """Symbols in `core` that carry meaning: not spaces, apostrophes, or inner dots and hyphens."""
    last = len(core) - 1
    return sum(
        1
        for at, c in enumerate(core)
        if not (c.isalnum() or c.isspace() or c == "'" or (c in ".-" and 0 < at < last))
    )


def plain_words(text: str) -> list[str]:
    """The folded words of a running text, in order; symbols are never words here."""
    if text.isascii():
        return _PLAIN.findall(text.lower().replace("'", ""))
    return _PLAIN.findall(fold(text).replace("'", ""))


def joined(folded: str) -> str:
    """A folded form as one run of letters: "on fleek" and "onfleek", "w/b" and "wb" meet here."""
    letters = folded.replace(" ", "")
    if letters.isalnum():
        return letters
    return "".join(c for c in letters if c.isalnum()) or letters


def squeezed(folded: str) -> str:
    """Every run of one character cut to one: "bussinnnn" and "bussin" meet at "busin"."""
    return _RUN.sub(r"\1", folded)


def is_elongated(folded: str) -> bool:
    """Whether a letter stands three or more times in a row: "sooo", "bussinnnn"."""
    return _LONG_RUN.search(folded) is not None


def stem(folded: str) -> str:
    """Each word cut to a light stem: ghosted, ghosting, ghostin and ghosts meet at "ghost".

    Only what slang inflects with (-s, -ies, -ed, -ied, -ing, -in, -d after digits), then a final e and
    a doubled last consonant. It is a key, not a word: "vibe" and "vibing" meet at "vib".
    """
    return " ".join(stem_word(word) for word in folded.split(" ")) if " " in folded else stem_word(folded)


@lru_cache(maxsize=50_000)
def stem_word(word: str) -> str:
    """The light stem of one folded word."""
    if len(word) < 3 or not word.isalnum():
        return word
    root = word
    if root.endswith(("ies", "ied")) and len(root) > 4:
        root = root[:-3] + "y"
    elif _PLURAL.search(root) and (len(root) > 3 or not _VOWEL.search(root)):
        root = root[:-1]
    for ending in ("ing", "in", "ed", "d"):
        rest = root.removesuffix(ending)
        if rest == root:
            continue
        if rest.isdigit() or (ending != "d" and len(rest) > 2 and _VOWEL.search(rest)):
            root = rest
            break
    if len(root) > 3 and root.endswith("e"):
        root = root[:-1]
    if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "aeiou":
        root = root[:-1]
    return root


def is_inflection(folded: str, other: str) -> bool:
    """Whether two forms with one stem differ by an inflection, and not just by an e or a doubled letter."""
    if folded == other:
        return False
    shorter, longer = sorted((folded, other), key=len)
    for a, b in zip(shorter.split(" "), longer.split(" "), strict=False):
        if a != b and not (_ENDING.search(a) or _ENDING.search(b)):
            return False
    return True


def without_ending(token: str) -> str | None:
    """What stands before an apostrophe ending, or None: "Joseph'd" gives "Joseph", "VPL's" "VPL"."""
    match = _CONTRACTION.match(token.translate(_APOSTROPHES).lower())
    return token[: len(match.group(1))] if match else None


def skeleton(folded: str) -> str:
    """The first letter and the consonants after it, runs cut to one: a key for misspelt vowels.

    "definitely", "definately" and "definitly" meet at "dfntl".
    """
    letters = joined(folded)
    return squeezed(letters[:1] + letters[1:].translate(_NO_VOWELS))
