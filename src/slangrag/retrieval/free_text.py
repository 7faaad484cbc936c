"""Questions that are a text: a message that contains slang, or a description that looks for its word.

The two are told apart by odds, not by a switch: headwords seen in the text and headwords that it
describes are ranked together, each side weighed by how the text reads and by what was found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from slangrag.retrieval import confidence, slang
from slangrag.retrieval.adapter import adapt
from slangrag.retrieval.candidates import Candidate, by_score, unique
from slangrag.retrieval.intent import ParsedQuestion
from slangrag.retrieval.meaning import find_described
from slangrag.retrieval.senses import cosines, entries_of, rank
from slangrag.retrieval.signals import HeadwordSpan, headword_spans, weigh, weighed
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.spans import find
from slangrag.retrieval.types import Intent, Match, Retrieval
from slangrag.retrieval.weights import Weights
from slangrag.sources.entry import Entry
from slangrag.store.headword_index import Headword

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

MOST_SPANS: Final = 16
_MOST_MEANT: Final = 25
_SURE: Final = 0.98
_FAINT: Final = -10.0


@dataclass(frozen=True, slots=True)
class Fits:
    """Entries of some headwords, by headword and row id, and how well each fits the text, by row id.

    A fit is a standardised cosine; fits is empty where no vector could be compared.
    """

    entries: Mapping[int, Mapping[int, Entry]]
    fits: Mapping[int, float]

    def lead(self, hid: int) -> float:
        """How much better the headword's best entry fits the text than those of the others on average."""
        best = {
            h: max((self.fits.get(rid, 0.0) for rid in own), default=0.0) for h, own in self.entries.items()
        }
        return best[hid] - sum(best.values()) / len(best)


def fits(headwords: Sequence[Headword], vector: Vectors | None, store: SlangStore) -> Fits:
    """The entries of `headwords` and how well each fits; vector is that of the text, shape (dimension,)."""
    entries = {h.hid: entries_of(store.lexicon, h.hid) for h in headwords}
    if vector is None:
        return Fits(entries, {})
    rids = [rid for own in entries.values() for rid in own]
    near = cosines(store.lexicon.vectors(rids), vector)
    return Fits(entries, store.background.standardise(near, vector))


def retrieve_text(
    query: str, parsed: ParsedQuestion, store: SlangStore, weights: Weights, limit: int, intent: Intent | None
) -> Retrieval:
    """Headwords for a text, best first. intent, if given, overrules the odds."""
    seen = headwords_in(query, store, weights)
    message = _message_probability(parsed, seen, weights, intent)
    candidates = []
    if message > 1 - _SURE:
        spotted = spotted_in(query, seen[:MOST_SPANS], store, weights, math.log(message))
        candidates += [one for one, _ in spotted]
    if message < _SURE or not seen:
        vector = store.embed(parsed.description)
        candidates += _described(parsed.description, vector, store, weights, math.log(1 - message))
    ranked = unique(candidates)
    kind: Intent = intent or (parsed.intent if parsed.firm else "sentence" if message >= 0.5 else "reverse")
    hits = by_score(ranked, limit)
    return Retrieval(
        query,
        kind,
        confidence.known_in_text(ranked[0] if ranked else None, weights.known),
        hits,
        (),
        store.lacks,
    )


def headwords_in(text: str, store: SlangStore, weights: Weights) -> list[tuple[float, HeadwordSpan]]:
    """Headwords seen in the text with their scores before any vector is compared, the best first."""
    return weigh(headword_spans(text, find(text, store.headwords), store.headwords), weights.span)


def message_signals(parsed: ParsedQuestion, seen: Sequence[tuple[float, HeadwordSpan]]) -> dict[str, float]:
    """What speaks for the text being a message: its wording, and the best headword seen in it."""
    exact = [score for score, spotted in seen if spotted.found.match == "exact"]
    return {"bias": 1.0, "wording": parsed.message, "best headword": max(exact, default=_FAINT)}


def _message_probability(
    parsed: ParsedQuestion,
    seen: Sequence[tuple[float, HeadwordSpan]],
    weights: Weights,
    intent: Intent | None,
) -> float:
    if intent is not None or parsed.firm:
        return 1 - 1e-9 if (intent or parsed.intent) == "sentence" else 1e-9
    signals = message_signals(parsed, seen)
    odds = math.fsum(weights.message.get(name, 0.0) * value for name, value in signals.items())
    return 1 / (1 + math.exp(-max(min(odds, 10.0), -10.0)))


def spotted_in(
    text: str,
    seen: Sequence[tuple[float, HeadwordSpan]],
    store: SlangStore,
    weights: Weights,
    prior: float = 0.0,
) -> list[tuple[Candidate, slang.Signals]]:
    """Headwords seen in the text: how much they look like its slang, how well a sense fits it, and what
    speaks for their being slang there.
    """
    fitting = fits([spotted.headword for _, spotted in seen], store.embed(text), store)
    candidates = []
    for _, spotted in seen:
        found, hid = spotted.found, spotted.headword.hid
        senses = rank(
            fitting.entries[hid],
            weights.sense,
            context=text,
            fits=fitting.fits,
            spelling=found.span.text,
        )
        parts = weighed({**spotted.signals, "fit": fitting.lead(hid)}, weights.span)
        candidates.append(Candidate(spotted.headword, found.match, found.span, senses, parts))
    judged = []
    for one, (_, spotted) in zip(_as_log_probabilities(candidates, prior), seen, strict=True):
        signals = slang.signals(text, spotted, one.evidence, one.score - prior, one.senses, store.familiar)
        judged.append((replace(one, slang=signals.probability(weights.slang)), signals))
    return judged


def _described(
    text: str, vector: Vectors | None, store: SlangStore, weights: Weights, prior: float
) -> list[Candidate]:
    """Headwords whose definitions say what the text says."""
    match: Match = "lexical" if vector is None else "semantic"
    if vector is not None and store.embedder is not None:
        vector, _ = adapt(vector, store.embedder.identity)
    candidates = []
    for one in find_described(text, vector, store, weights.reverse)[:_MOST_MEANT]:
        entries = store.lexicon.entries(list(one.fits)) or entries_of(store.lexicon, one.headword.hid)
        senses = rank(entries, weights.sense, context=text, fits=one.fits)
        parts = weighed(one.signals, weights.reverse)
        candidates.append(Candidate(one.headword, match, None, senses, parts))
    return _as_log_probabilities(candidates, prior)


def _as_log_probabilities(candidates: Sequence[Candidate], prior: float) -> list[Candidate]:
    """Scores of one kind made comparable with the other's: log of their soft-max share, plus the prior's."""
    if not candidates:
        return []
    top = max(c.score for c in candidates)
    total = top + math.log(math.fsum(math.exp(c.score - top) for c in candidates))
    added = {"against the rest": -total, "reading of the text": prior}
    return [replace(c, parts={**c.parts, **added}, evidence=c.score) for c in candidates]
