"""Normal forms of headwords and of stretches of text, so that one finds the other.

Pure text work; knows nothing of stores or models. `fold` is the identity of a headword: two rows
whose words fold alike define the same headword. The other forms are looser and may collide.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("’‘ʼ`´＇", "'"))
_NOT_WORD: Final = re.compile(r"[^\w\s']|_", re.UNICODE)
_SPACES: Final = re.compile(r"\s+")
_RUN: Final = re.compile(r"(.)\1{2,}")


def fold(text: str) -> str:
    """Case, width, accents, punctuation and white space folded away.

    "L + Ratio!" and "l ratio" fold alike. A word made only of symbols (":)", "¯\\_(ツ)_/¯") keeps
    them, since nothing else would be left of it.
    """
    text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()
    stripped = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    words = _SPACES.sub(" ", _NOT_WORD.sub(" ", stripped).replace("'", "")).strip()
    return words or _SPACES.sub(" ", text).strip()


def joined(folded: str) -> str:
    """A folded form without its spaces: "on fleek" and "onfleek" meet here."""
    return folded.replace(" ", "")


def squeezed(folded: str) -> str:
    """Runs of three or more of one letter cut to one: "bussinnnn" to "bussin"."""
    return _RUN.sub(r"\1", folded)
