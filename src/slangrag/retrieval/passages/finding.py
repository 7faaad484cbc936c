"""Which passages a question finds: nearest vectors and rarest words together, each weighed.

Deterministic; no LLM. Knows nothing of the dictionary.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from slangrag.retrieval.calibration import Background
from slangrag.retrieval.senses import cosines
from slangrag.retrieval.signals import rarity
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.types import Hit, Locator, Match
from slangrag.sources.documents.paging import pages_of
from slangrag.sources.entry import Entry
from slangrag.store.documents.reading import StoredDocuments
from slangrag.text.content import read
from slangrag.text.forms import plain_words

_NEAREST: Final = 60
_BY_WORDS: Final = 60
_ONE_WORD: Final = 1.0
_TRAIL_WEIGHT: Final = 2.0  # of a word in a title or heading, against one in the text (BM25)


@dataclass(frozen=True, slots=True)
class Weights:
    """What each signal adds to a passage's score, and what the score means.

    meaning: of a standardised cosine; words: of BM25 over text and headings; covered: of the share of the
    question's rare words that the passage has, its headings included; headed: of the share that its title and
    headings have. maybe, yes: the scores from which it may and from which it does answer a question; leads:
    that from which it does so before slang that the question has in it; unasked: that from which it answers
    what is put like a message or a description. Chosen with `benchmarks/passages.py`.
    """

    meaning: float = 1.0
    words: float = 0.1
    covered: float = 3.0
    headed: float = 1.0
    maybe: float = 2.2
    yes: float = 3.5
    leads: float = 4.5
    unasked: float = 5.0


WEIGHTS: Final = Weights()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for: its content words by their stems, each with its rarity, in [0, 1]."""

    stems: Mapping[str, float]

    def share(self, there: frozenset[str]) -> float:
        """How much of it is among these stems, by rarity, in [0, 1): one word alone, found, is no more than
        half of a question, since any text may have one word.
        """
        everything = math.fsum(self.stems.values()) + _ONE_WORD
        return math.fsum(rare for one, rare in self.stems.items() if one in there) / everything


def asked(query: str, store: SlangStore) -> Asked:
    """What `query` asks for, its words weighed by how rare they are in the passages of `store`."""
    terms = read(query).terms
    counts = store.headwords.occurrences({term.word for term in terms})
    size = store.headwords.size
    return Asked({term.stem: rarity(counts.get(term.word, 0), size) for term in terms})


def find(
    query: str,
    store: SlangStore,
    limit: int,
    weights: Weights = WEIGHTS,
    background: Background | None = None,
) -> list[Hit]:
    """The passages of `store` that `query` finds, best first; at most `limit`.

    A hit's score is absolute: `weights` says from where on it means something. background: what cosines are
    compared with, another store's of the same embedder; by default this one's own.
    """
    wanted = asked(query, store)
    vector = store.embed(query)
    by_meaning = [] if vector is None else [rid for rid, _ in store.nearest(vector, _NEAREST)]
    by_words = _with_words(query, store)
    rids = list(dict.fromkeys([*by_meaning, *by_words]))
    near: Mapping[int, float] = {}
    if vector is not None:
        near = (background or store.background).standardise(
            cosines(store.lexicon.vectors(rids), vector), vector
        )
    found = []
    entries = store.lexicon.entries(rids)
    for rid, entry in entries.items():
        there = _stems(entry.word)
        signals = {
            "meaning": near.get(rid, 0.0),
            "words": by_words.get(rid, 0.0),
            "covered": wanted.share(there | _stems(entry.definition)),
            "headed": wanted.share(there),
        }
        parts = {name: getattr(weights, name) * value for name, value in signals.items()}
        found.append((math.fsum(parts.values()), rid, parts))
    found.sort(key=lambda one: (-one[0], one[1]))
    return _hits(found[:limit], entries, "lexical" if vector is None else "semantic", store)


def _with_words(query: str, store: SlangStore) -> dict[int, float]:
    """Row ids of passages that share content words with the question, each with its BM25."""
    words = [word for term in read(query).terms for word in plain_words(term.word)]
    if not words:
        return {}
    return dict(store.lexicon.by_words(dict.fromkeys(words), _BY_WORDS, headword_weight=_TRAIL_WEIGHT))


def _hits(
    found: Sequence[tuple[float, int, Mapping[str, float]]],
    entries: Mapping[int, Entry],
    match: Match,
    store: SlangStore,
) -> list[Hit]:
    reader = StoredDocuments(store.lexicon)
    places = reader.placed(rid for _, rid, _ in found)
    documents = reader.numbered(one.document for one in places.values())
    pages = {number: reader.pages(number) for number in documents}
    hits = []
    for score, rid, parts in found:
        # Another process may have removed the document since its passage was found.
        if (place := places.get(rid)) is None or (document := documents.get(place.document)) is None:
            continue
        locator = Locator(
            document.number,
            document.title,
            document.locator,
            place.heading,
            place.start,
            place.end,
            pages_of(pages[document.number], place.start, place.end),
        )
        entry = Entry(place.entry_id, document.title, entries[rid].definition)
        hits.append(Hit(entry, score, match, None, parts, locator=locator))
    return hits


def has_words(store: SlangStore, text: str) -> bool:
    """Whether any passage has one of these words, in any form."""
    parts = plain_words(text)
    return bool(parts) and bool(store.lexicon.by_words(parts, 1, headword_weight=1.0))


@lru_cache(maxsize=4096)
def _stems(text: str) -> frozenset[str]:
    return read(text).stems
