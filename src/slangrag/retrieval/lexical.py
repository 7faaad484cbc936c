"""Look-up by words: BM25 over headwords and definitions (SQLite FTS5).

Knows nothing of vectors, spans or weights.
"""

from __future__ import annotations

from typing import Final

from slangrag.store.headword_index import HeadwordIndex
from slangrag.store.lexicon import Lexicon
from slangrag.text.forms import plain_words

_MOST_WORDS: Final = 12
_MOST_ENTRIES: Final = 5000
_WORD_WEIGHT: Final = 4.0


def by_words(
    text: str, lexicon: Lexicon, headwords: HeadwordIndex, k: int, *, word_weight: float = _WORD_WEIGHT
) -> list[tuple[int, float]]:
    """The k entries that share the rarest words with `text`: row id and BM25 score, best first.

    Only the rarest twelve words are asked for, and of these no more than occur in 5,000 definitions
    together: common words cost most and say least. word_weight is that of the headword against the
    definition; with 0 only definitions count.
    """
    words = list(dict.fromkeys(plain_words(text)))
    counts = headwords.occurrences(words)
    rarest: list[str] = []
    entries = 0
    for word in sorted(words, key=lambda word: counts.get(word, 0))[:_MOST_WORDS]:
        entries += counts.get(word, 1)
        if rarest and entries > _MOST_ENTRIES:
            break
        rarest.append(word)
    if not rarest:
        return []
    return lexicon.by_words(rarest, k, headword_weight=word_weight)
