"""Senses: the entries of one headword, those that fit the question first.

Works on entries, their votes and (where given) vectors; knows nothing of spans or of other headwords.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.retrieval.signals import liking
from slangrag.sources.entry import Entry
from slangrag.sources.votes import wilson_lower_bound
from slangrag.store.lexicon import Lexicon
from slangrag.text.agreement import agreed
from slangrag.text.defining import defining
from slangrag.text.forms import plain_words, stem_word
from slangrag.text.stubs import stub

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

MOST_SENSES: Final = 48
_SAME: Final = 0.8


@dataclass(frozen=True, slots=True)
class Sense:
    """One entry of a headword: its row id, its score among its siblings, and why."""

    rid: int
    entry: Entry
    score: float
    signals: Mapping[str, float]


def entries_of(lexicon: Lexicon, hid: int, most: int = MOST_SENSES) -> dict[int, Entry]:
    """The `most` best liked entries of one headword, by row id."""
    return lexicon.entries_of(hid, most)


def points_to(entry: Entry) -> str | None:
    """The headword that a "see X" stub sends to, or None where the entry defines something itself."""
    found = stub(entry.definition)
    return found.targets[0] if found and found.bare else None


def rank(
    entries: Mapping[int, Entry],
    weights: Mapping[str, float],
    *,
    context: str = "",
    fits: Mapping[int, float] | None = None,
    spelling: str = "",
    distinct: bool = True,
) -> list[Sense]:
    """The entries of one headword, best first; with distinct, later ones that repeat an earlier are dropped.

    context is the message around the word ("" for a bare question), fits the standardised cosine of each
    entry's vector to it, spelling the word as the question has it.
    """
    if len(entries) == 1:
        return [Sense(rid, entry, 0.0, {}) for rid, entry in entries.items()]
    words = {rid: _content(entry) for rid, entry in entries.items()}
    around = {stem_word(word) for word in plain_words(context)} if context else set()
    near = {rid: fits[rid] for rid in entries if rid in fits} if fits else {}
    middle = sum(near.values()) / len(near) if near else 0.0
    senses = []
    for age, rid in enumerate(sorted(entries)):
        entry = entries[rid]
        signals = _signals(entry, words[rid], around, spelling)
        signals["age"] = age / len(entries)
        signals["fit"] = near[rid] - middle if rid in near else 0.0
        score = math.fsum(weights.get(name, 0.0) * value for name, value in signals.items())
        senses.append(Sense(rid, entry, score, signals))
    senses.sort(key=lambda s: (-s.score, s.rid))
    return _distinct(senses, words) if distinct else senses


def defining_first(senses: Sequence[Sense]) -> list[Sense]:
    """`senses`, those that plainly say a meaning first; otherwise in the order they have.

    Behind them: what is not put like a meaning or what no other entry of many says (a joke, a name), then
    what only jokes, announces or points elsewhere.
    """
    if len(senses) < 2:
        return list(senses)
    said = [defining(sense.entry.word, sense.entry.definition) for sense in senses]
    shared = agreed(senses[0].entry.word, [one.text for one in said])

    def place(n: int) -> int:
        if not said[n].defines or points_to(senses[n].entry) is not None:
            return 2
        return 0 if said[n].plainly and shared[n] else 1

    return [senses[n] for n in sorted(range(len(senses)), key=place)]


def _content(entry: Entry) -> frozenset[str]:
    """Stems of the definition's words, without those of the headword."""
    own = {stem_word(word) for word in plain_words(entry.word)}
    return frozenset(stem_word(word) for word in plain_words(entry.definition)) - own


def _signals(entry: Entry, words: frozenset[str], around: set[str], spelling: str) -> dict[str, float]:
    up, down = max(entry.up_votes or 0, 0), max(entry.down_votes or 0, 0)
    length = math.log(1 + len(entry.definition)) / 5
    return {
        "liked": wilson_lower_bound(up, down),
        "liking": liking(entry.up_votes, entry.down_votes),
        "votes": math.log(1 + up + down) / 5,
        "ups": math.log(1 + up) / 5,
        "unvoted": float(entry.up_votes is None),
        "length": length,
        "length squared": length * length,
        "overlap": math.log(1 + len(around & words)),
        "share": len(around & words) / math.sqrt(len(words) + 4),
        "spelt alike": float(entry.word == spelling),
        "stub": float(points_to(entry) is not None),
        "capitals": float(entry.definition.isupper()),
    }


def similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """Jaccard similarity of two sets of stems, in [0, 1]; two empty sets are alike."""
    union = len(a | b)
    return len(a & b) / union if union else 1.0


def _distinct(senses: Sequence[Sense], words: Mapping[int, frozenset[str]]) -> list[Sense]:
    kept: list[Sense] = []
    for sense in senses:
        if all(similarity(words[sense.rid], words[other.rid]) < _SAME for other in kept):
            kept.append(sense)
    return kept


def cosines(vectors: Mapping[int, Vectors], query: Vectors) -> dict[int, float]:
    """Cosine of each entry's unit vector to the question's, by row id."""
    import numpy as np

    if not vectors:
        return {}
    rids = list(vectors)
    scores = np.stack([vectors[rid] for rid in rids]) @ query
    return dict(zip(rids, scores.tolist(), strict=True))
