"""Agreement: which definitions of one word say something that another one says too.

Where many people defined a word, what nobody else says is mostly a joke, or a friend's name. Pure text work.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from slangrag.text.forms import plain_words, stem_word
from slangrag.text.word_lists import FRAME_WORDS, FUNCTION_WORDS, SYNONYMS

_FEWEST: Final = 5
_SAYS_NOTHING: Final = frozenset((FUNCTION_WORDS + FRAME_WORDS).split())


@cache
def _leaders() -> dict[str, str]:
    """Light stem to the one that stands for its group of synonyms."""
    leaders: dict[str, str] = {}
    for line in SYNONYMS.strip().splitlines():
        stems = [stem_word(word) for word in line.split()]
        first = next((leaders[stem] for stem in stems if stem in leaders), stems[0])
        for stem in stems:
            leaders.setdefault(stem, first)
    return leaders


def gist(word: str, text: str) -> frozenset[str]:
    """Stems of the words of `text` that say something, synonyms as one, without those of `word` itself.

    As `content.read` does, but with light stems: Snowball's cost 30 ms, and here no model is waited for.
    """
    silent = _SAYS_NOTHING.union(plain_words(word), (f"{part}s" for part in plain_words(word)))
    stems = (stem_word(one) for one in plain_words(text) if one not in silent)
    return frozenset(_leaders().get(stem, stem) for stem in stems)


def agreed(word: str, meanings: Sequence[str]) -> list[bool]:
    """Of what defines in each definition (`defining`), whether it shares a content word with another.

    All True for fewer than five, and where none agrees with any other: nothing is known then.
    """
    if len(meanings) < _FEWEST:
        return [True] * len(meanings)
    said = [gist(word, meaning) for meaning in meanings]
    shared = [
        any(stems & others for at, others in enumerate(said) if at != place)
        for place, stems in enumerate(said)
    ]
    return shared if any(shared) else [True] * len(meanings)
