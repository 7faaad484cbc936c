"""Questions that are a text: a message that contains slang, or a description that looks for its word.

The two are told apart by odds, not by a switch: headwords seen in the text and headwords that it
describes are ranked together, each side weighed by how the text reads and by what was found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from slangrag.retrieval import knowing
from slangrag.retrieval.candidates import Candidate, by_score, unique
from slangrag.retrieval.intent import Reading
from slangrag.retrieval.lexical import by_words
from slangrag.retrieval.meaning import NEAREST, Meant, headwords_of, pool
from slangrag.retrieval.senses import entries_of, fit, rank
from slangrag.retrieval.signals import Sighting, sightings, weigh
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.spans import find
from slangrag.retrieval.types import Intent, Match, Retrieval
from slangrag.retrieval.weights import Weights

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

_MOST_SIGHTINGS: Final = 16
_MOST_MEANT: Final = 40
_SURE: Final = 0.98


def answer(
    query: str, reading: Reading, store: SlangStore, weights: Weights, limit: int, intent: Intent | None
) -> Retrieval:
    """Headwords for a text, best first. intent, if given, overrules the odds."""
    seen = weigh(sightings(query, find(query, store.headwords), store.headwords), weights.span)
    message = _message_probability(reading, seen, weights, intent)
    vector = store.embed(reading.description)
    candidates = []
    if message > 1 - _SURE:
        candidates += _spotted(query, seen[:_MOST_SIGHTINGS], vector, store, weights, math.log(message))
    if message < _SURE or not seen:
        candidates += _described(
            reading.description, vector, store, weights, math.log(max(1 - message, 1e-3))
        )
    ranked = unique(candidates)
    kind: Intent = intent or (reading.intent if reading.firm else "sentence" if message >= 0.5 else "reverse")
    hits = by_score(ranked, limit)
    return Retrieval(query, kind, knowing.found(ranked, weights.known), hits, (), store.lacks)


def _message_probability(
    reading: Reading, seen: Sequence[tuple[float, Sighting]], weights: Weights, intent: Intent | None
) -> float:
    """How likely the text is somebody's message, by its wording and by the best headword seen in it."""
    if intent is not None or reading.firm:
        return 1 - 1e-9 if (intent or reading.intent) == "sentence" else 1e-9
    signals = {
        "bias": 1.0,
        "wording": reading.message,
        "best sighting": max((score for score, s in seen if s.found.match == "exact"), default=-10.0),
    }
    odds = math.fsum(weights.message.get(name, 0.0) * value for name, value in signals.items())
    return 1 / (1 + math.exp(-max(min(odds, 10.0), -10.0)))


def _spotted(
    text: str,
    seen: Sequence[tuple[float, Sighting]],
    vector: Vectors | None,
    store: SlangStore,
    weights: Weights,
    prior: float,
) -> list[Candidate]:
    """Headwords seen in the text: how much they look like its slang, and how well a sense fits it."""
    entries = {s.headword.hid: entries_of(store.lexicon, s.headword.hid) for _, s in seen}
    cosines: dict[int, float] = {}
    if vector is not None:
        cosines = fit(store.lexicon.vectors([rid for group in entries.values() for rid in group]), vector)
    best = {hid: max((cosines.get(rid, 0.0) for rid in group), default=0.0) for hid, group in entries.items()}
    middle = sum(best.values()) / max(len(best), 1)
    candidates = []
    for score, sighting in seen:
        found = sighting.found
        hid = sighting.headword.hid
        signals = {**sighting.signals, "fit": best[hid] - middle}
        own = {rid: cosines[rid] for rid in entries[hid] if rid in cosines}
        senses = rank(entries[hid], weights.sense, context=text, cosines=own, spelling=found.span.text)
        total = score + weights.span.get("fit", 0.0) * signals["fit"]
        candidates.append(Candidate(sighting.headword, total, found.match, found.span, senses, signals))
    return _as_log_probabilities(candidates, prior)


def _described(
    text: str, vector: Vectors | None, store: SlangStore, weights: Weights, prior: float
) -> list[Candidate]:
    """Headwords whose definitions are near to the text, in vectors or, without those, in words."""
    words = dict(by_words(text, store.lexicon, store.headwords, NEAREST))
    near = store.index.nearest(vector, NEAREST) if vector is not None and store.index is not None else []
    if near:
        meant = pool(near, store.lexicon, store.headwords, weights.reverse, words)
    else:
        meant = _by_words_alone(words, store)
    candidates = []
    for one in meant[:_MOST_MEANT]:
        entries = store.lexicon.entries(list(one.cosines))
        senses = rank(entries, weights.sense, context=text, cosines=one.cosines)
        match: Match = "semantic" if near else "lexical"
        candidates.append(Candidate(one.headword, one.score, match, None, senses, one.signals))
    return _as_log_probabilities(candidates, prior)


def _by_words_alone(words: Mapping[int, float], store: SlangStore) -> list[Meant]:
    """What BM25 gives, grouped by headword, where no vectors can be compared."""
    hids = headwords_of(store.lexicon, words)
    grouped: dict[int, dict[int, float]] = {}
    for rid, score in words.items():
        grouped.setdefault(hids[rid], {})[rid] = score
    known = store.headwords.headwords(grouped)
    meant = []
    for hid, scores in grouped.items():
        best = max(scores.values())
        meant.append(Meant(known[hid], scores, best, {"bm25": best}))
    return sorted(meant, key=lambda m: (-m.score, m.headword.hid))


def _as_log_probabilities(candidates: Sequence[Candidate], prior: float) -> list[Candidate]:
    """Scores of one kind made comparable with the other's: log of their soft-max share, times the prior."""
    if not candidates:
        return []
    top = max(c.score for c in candidates)
    total = top + math.log(sum(math.exp(c.score - top) for c in candidates))
    return [replace(c, score=c.score - total + prior) for c in candidates]
