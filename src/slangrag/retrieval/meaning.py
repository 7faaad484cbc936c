"""Look-up by meaning: headwords whose definitions say what a description says.

Pools the entries that are near in vector space by headword, and weighs with them the words that are
shared and what is known of the headword. Knows nothing of intents or of spans.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.retrieval.lexical import by_words
from slangrag.retrieval.senses import cosines, entries_of
from slangrag.retrieval.signals import rarity
from slangrag.retrieval.slang_store import SlangStore
from slangrag.store.headword_index import Headword
from slangrag.text.forms import joined, plain_words, stem, stem_word

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

NEAREST: Final = 250
_READ: Final = 60
_SHARPNESS: Final = 2.0
_INITIALS: Final = range(2, 9)
_SHORT: Final = 4
_BY_WORDS: Final = 60
_MOST_GLOSSES: Final = 4
_INTRODUCING: Final = frozenset(
    ["a", "an", "the", "to", "be", "of", "is", "it", "some", "slang", "word", "term", "for"]
)
_CLAUSE: Final = re.compile(r"[.;:!?\n(]")
_GLOSSES: Final = re.compile(r",\s*(?:or\s+)?|\s+or\s+")


@dataclass(frozen=True, slots=True)
class Described:
    """A headword reached by its meaning: row ids of its entries with how well they fit, and why."""

    headword: Headword
    fits: Mapping[int, float]
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
    glossed = _with_words_of(text, vector, store) if len(_gist(text)) <= _SHORT else {}
    near = {**glossed, **near}
    initials = store.headwords.exact(_initials(text))
    hids = store.lexicon.headword_ids(near)
    grouped: dict[int, dict[int, float]] = {headword.hid: {} for headword in initials.values()}
    for rid, fit in near.items():
        grouped.setdefault(hids[rid], {})[rid] = fit
    headwords = store.headwords.headwords(grouped)
    words = _Words(text, store)
    common = store.headwords.occurrences(word for h in headwords.values() for word in h.fold.split())
    exact = {hids[rid] for rid in _defined_as(text, glossed, store)}
    first = {
        hid: {
            **_first_signals(headwords[hid], fits, common, words, store.headwords.size),
            "same gloss": float(hid in exact),
        }
        for hid, fits in grouped.items()
    }
    ranked = sorted(first, key=lambda hid: (-_score(first[hid], weights), hid))[:_READ]
    found = []
    for hid in ranked:
        entries = store.lexicon.entries(list(grouped[hid])) or entries_of(store.lexicon, hid)
        signals = {**first[hid], **words.shared(e.definition for e in entries.values())}
        found.append(Described(headwords[hid], grouped[hid], _score(signals, weights), signals))
    found.sort(key=lambda d: (-d.score, d.headword.hid))
    return found


def log_sum_exp(fits: Sequence[float], sharpness: float) -> float:
    """A soft maximum: several near definitions count for a little more than the nearest alone."""
    top = max(fits)
    return top + math.log(sum(math.exp(sharpness * (fit - top)) for fit in fits)) / sharpness


def _near(text: str, vector: Vectors | None, store: SlangStore) -> dict[int, float]:
    """Row ids of nearby entries with their standardised cosines; found by words, all 0, without vectors.

    Words find nothing that vectors miss: with both, no right headword more was among the first ten.
    """
    if vector is not None and store.search is not None:
        return store.background.standardise(dict(store.nearest(vector, NEAREST)), vector)
    return {rid: 0.0 for rid, _ in by_words(text, store.lexicon, store.headwords, NEAREST)}


def _with_words_of(text: str, vector: Vectors | None, store: SlangStore) -> dict[int, float]:
    """Entries whose definitions have the words of a short text, with their standardised cosines.

    Vectors of long definitions hardly know a single word; for longer texts words find nothing more.
    """
    rids = [rid for rid, _ in by_words(text, store.lexicon, store.headwords, _BY_WORDS, word_weight=0.0)]
    if vector is None:
        return dict.fromkeys(rids, 0.0)
    return store.background.standardise(cosines(store.lexicon.vectors(rids), vector), vector)


def _gist(text: str) -> tuple[str, ...]:
    """The stems of a text without what only introduces it ("to vomit", "a toilet")."""
    words = plain_words(text)
    return tuple(stem_word(word) for word in words if word not in _INTRODUCING) or tuple(words)


def _defined_as(text: str, near: Iterable[int], store: SlangStore) -> list[int]:
    """Row ids of those entries whose definition is the text, whole or as one of the glosses it opens with."""
    gist = _gist(text)
    found = []
    for rid, entry in store.lexicon.entries(list(near)).items():
        opening = _CLAUSE.split(entry.definition, maxsplit=1)[0]
        if any(_gist(gloss) == gist for gloss in (opening, *_GLOSSES.split(opening)[:_MOST_GLOSSES])):
            found.append(rid)
    return found


def _initials(text: str) -> list[str]:
    """Acronyms that the first words may stand for: "talk to you later" gives ttyl, and tt, tty."""
    letters = [word[0] for word in plain_words(text)[: _INITIALS.stop - 1]]
    return ["".join(letters)] if len(letters) in _INITIALS else []


def _score(signals: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return math.fsum(weights.get(name, 0.0) * value for name, value in signals.items())


def _first_signals(
    headword: Headword,
    fits: Mapping[int, float],
    common: Mapping[str, int],
    words: _Words,
    size: int,
) -> dict[str, float]:
    parts = headword.fold.split()
    rare = min(rarity(common.get(part, 0), size) for part in parts)
    single = len(parts) == 1
    return {
        "pooled": log_sum_exp(list(fits.values()) or [0.0], _SHARPNESS),
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
