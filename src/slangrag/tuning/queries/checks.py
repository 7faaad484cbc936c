"""What a query must be before anything is trained on it. Pure text work."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Final

from slangrag.sources.entry import Entry
from slangrag.text.agreement import gist
from slangrag.text.forms import fold, plain_words, stem
from slangrag.tuning.examples import Kind

MASK: Final = "___"
"""What stands where a headword was, in the share of queries that must be understood without it."""

_SHORTEST: Final = 8
_LONGEST: Final = 400
_RUN: Final = 6  # words in a row that a query may not share with its definition
_MUST_USE: Final[dict[Kind, bool]] = {"message": True, "question": True, "description": False, "pair": False}
_PARTS: Final = 10_000


def fault(query: str, kind: Kind, entry: Entry) -> str:
    """Why `query` is no query of that kind for `entry`, in two or three words; "" where it is one."""
    if not _SHORTEST <= len(query) <= _LONGEST or "\n" in query:
        return "too short or too long"
    if uses(query, entry.word) != _MUST_USE[kind]:
        return "lacks the word" if _MUST_USE[kind] else "names the word"
    if kind != "pair" and is_near_copy(query, entry.definition):
        return "copies the definition"
    return ""


def uses(text: str, word: str) -> bool:
    """Whether `text` uses `word`, in whatever inflection."""
    return _pattern(word).search(stem(fold(text))) is not None


def is_near_copy(query: str, definition: str) -> bool:
    """Whether a query says what a definition says in the very same words."""
    said, words = f" {' '.join(plain_words(definition))} ", plain_words(query)
    if len(words) < _RUN:
        return len(words) > 1 and said.strip() == " ".join(words)
    return any(f" {' '.join(words[at : at + _RUN])} " in said for at in range(len(words) - _RUN + 1))


def shares_a_thought(word: str, one: str, other: str) -> bool:
    """Whether two definitions of `word` have a content word in common."""
    return bool(gist(word, one) & gist(word, other))


def masked(query: str, word: str) -> str:
    """`query` with MASK in the place of `word`; as it is where the word stands there in other letters."""
    written = r"[\W_]+".join(map(re.escape, re.findall(r"\w+", word)))
    return (
        re.sub(rf"(?<!\w){written}(?:'?s|ed|ing|in)?(?!\w)", MASK, query, flags=re.IGNORECASE)
        if written
        else query
    )


def is_drawn(text: str, share: float) -> bool:
    """Whether `text` is among a share of all texts, always the same ones (by their hash)."""
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=8, person=b"masked").digest()
    return int.from_bytes(digest) % _PARTS < share * _PARTS


def _pattern(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(stem(fold(word)))}(?!\w)")
