"""Single fields of a row: vote counts as people's tools write them, ids where the source gives none.

Knows nothing of rows or files.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

MOST_VOTES: Final = 2**31
_UNKNOWN_VOTES: Final = frozenset({"nan", "na", "n/a", "null", "none", "-", "?"})
_VOTES: Final = re.compile(r"(-?\d+)(?:\.0*)?")


def content_id(word: str, definition: str) -> str:
    """An id for an entry whose source gives none: the same word and definition have the same one."""
    digest = hashlib.blake2b(f"{word}\0{definition}".encode(), digest_size=8)
    return f"c{digest.hexdigest()}"


def vote_count(text: str) -> int | None:
    """A vote count. Empty, "nan" and the like are unknown; so is a negative one.

    Nobody can vote less than nothing: what a negative count once was cannot be told from the file, so
    it is kept as unknown and not turned into a number that was never there. Raises ValueError.
    """
    if text.isdecimal() and len(text) < 10:
        return int(text)
    text = text.strip()
    if not text:
        return None
    if match := _VOTES.fullmatch(text):
        count = int(match[1])
        if abs(count) > MOST_VOTES:
            raise ValueError(text)
        return count if count >= 0 else None
    if text.casefold() in _UNKNOWN_VOTES:
        return None
    raise ValueError(text)
