"""Look-up by meaning: headwords whose definitions say what a description says.

Pools the entries that are near in vector space by headword, and weighs with them the words that are
shared and what is known of the headword. Knows nothing of intents or of spans.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.retrieval.lexical import by_words
from slangrag.retrieval.senses import entries_of
from slangrag.retrieval.signals import rarity
from slangrag.retrieval.slang_store import SlangStore
from slangrag.store.headword_index import Headword
from slangrag.text.forms import joined, plain_words, stem, stem_word

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

NEAREST: Final = 250
_READ: Final = 60
_SHARPNESS: Final = 20.0
_INITIALS: Final = range(2, 9)


@dataclass(frozen=True, slots=True)
class Described:
    """A headword reached by its meaning: row ids of its entries with their cosines, and why it is here."""

    headword: Headword
    cosines: Mapping[int, float]
    score: float
    signals: Mapping[str, float]


def find_described(
    text: str, vector: Vectors | None, store: SlangStore, weights: Mapping[str, float]
) -> list[Described]:
    """Headwords that `text` describes, the likeliest first.

    vector is that of the text, shape (dimension,); None where there is no embedder, then words alone
    decide. score is a log-probability up to a constant.
    """
    near = _near(text, vector, store)
    initials = store.headwords.exact(_initials(text))
    hids = store.lexicon.headword_ids(near)
    grouped: dict[int, dict[int, float]] = {headword.hid: {} for headword in initials.values()}
    for rid, cosine in near.items():
        grouped.setdefault(hids[rid], {})[rid] = cosine
    headwords = store.headwords.headwords(grouped)
    words = _Words(text, store)
    common = store.headwords.occurrences(word for h in headwords.values() for word in h.fold.split())
    first = {
        hid: _first_signals(headwords[hid], cosines, common, words, store.headwords.size)
        for hid, cosines in grouped.items()
    }
    ranked = sorted(first, key=lambda hid: (-_score(first[hid], weights), hid))[:_READ]
    found = []
    for hid in ranked:
        entries = store.lexicon.entries(list(grouped[hid])) or entries_of(store.lexicon, hid)
        signals = {**first[hid], **words.shared(e.definition for e in entries.values())}
        found.append(Described(headwords[hid], grouped[hid], _score(signals, weights), signals))
    found.sort(key=lambda d: (-d.score, d.headword.hid))
    return found


def log_sum_exp(cosines: Sequence[float], sharpness: float) -> float:
    """A soft maximum: several near definitions count for a little more than the nearest alone."""
    top = max(cosines)
    return top + math.log(sum(math.exp(sharpness * (c - top)) for c in cosines)) / sharpness


def _near(text: str, vector: Vectors | None, store: SlangStore) -> dict[int, float]:
    """Row ids of nearby entries with their cosines; found by words, with cosines of 0, without vectors.

    Words find nothing that vectors miss: with both, no right headword more was among the first ten.
    """
    if vector is not None and store.index is not None:
        return dict(store.nearest(vector, NEAREST))
    return {rid: 0.0 for rid, _ in by_words(text, store.lexicon, store.headwords, NEAREST)}


def _initials(text: str) -> list[str]:
    """Acronyms that the first words may stand for: "talk to you later" gives ttyl, and tt, tty."""
    letters = [word[0] for word in plain_words(text)[: _INITIALS.stop - 1]]
    return ["".join(letters)] if len(letters) in _INITIALS else []


def _score(signals: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return math.fsum(weights.get(name, 0.0) * value for name, value in signals.items())


def _first_signals(
    headword: Headword,
    cosines: Mapping[int, float],
    common: Mapping[str, int],
    words: _Words,
    size: int,
) -> dict[str, float]:
    parts = headword.fold.split()
    rare = min(rarity(common.get(part, 0), size) for part in parts)
    single = len(parts) == 1
    return {
        "pooled": log_sum_exp(list(cosines.values()) or [0.0], _SHARPNESS),
        "entries": math.log(headword.entries),
        "ups": math.log1p(max(headword.up_votes or 0, 0)),
        "words": math.log(len(parts)),
        "letters": math.log(len(headword.fold)),
        "common": 1 - rare if single else 0.0,
        "common parts": 0.0 if single else 1 - rare,
        "name": float(headword.word[:1].isupper() and not headword.word.isupper()),
        "in the text": float(stem(headword.fold) in words.stems),
        "initials": float(joined(headword.fold) in words.initials),
    }


class _Words:
    """The words of a description, weighed by their rarity."""

    def __init__(self, text: str, store: SlangStore) -> None:
        words = set(plain_words(text)[:120])
        counts = store.headwords.occurrences(words)
        size = store.headwords.size
        self.stems = {stem_word(word): rarity(counts.get(word, 1), size) for word in words}
        self.initials = set(_initials(text))
        self._all = sum(self.stems.values()) or 1.0

    def shared(self, definitions: Iterable[str]) -> dict[str, float]:
        """How much of the description's rare words the best of `definitions` has: two measures."""
        overlap = cover = 0.0
        for definition in definitions:
            own = {stem_word(word) for word in plain_words(definition)[:200]}
            weight = sum(self.stems[word] for word in own & self.stems.keys())
            overlap = max(overlap, weight / math.sqrt(len(own) + 8))
            cover = max(cover, weight / self._all)
        return {"overlap": overlap, "cover": cover}
