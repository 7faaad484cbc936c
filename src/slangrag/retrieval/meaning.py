"""Look-up by meaning: headwords whose definitions say what a description says.

Pools the entries that are near in vector space by headword and weighs them with what is known of the
headword. Knows nothing of intents or of spans.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from slangrag.retrieval.signals import liking
from slangrag.store.headword_index import Headword, HeadwordIndex
from slangrag.store.lexicon import Lexicon

NEAREST: Final = 400
_MANY: Final = 500


@dataclass(frozen=True, slots=True)
class Meant:
    """A headword reached by meaning: its entries by cosine (best first), its score and why."""

    headword: Headword
    cosines: Mapping[int, float]
    score: float
    signals: Mapping[str, float]


def headwords_of(lexicon: Lexicon, rids: Iterable[int]) -> dict[int, int]:
    """Headword ids by row id of the entry."""
    ids = list(rids)
    found: dict[int, int] = {}
    for start in range(0, len(ids), _MANY):
        chunk = ids[start : start + _MANY]
        marks = ",".join("?" * len(chunk))
        found.update(
            lexicon.connection.execute(f"SELECT rid, hid FROM entries WHERE rid IN ({marks})", chunk)
        )
    return found


def pool(
    near: Sequence[tuple[int, float]],
    lexicon: Lexicon,
    headwords: HeadwordIndex,
    weights: Mapping[str, float],
    lexical: Mapping[int, float] | None = None,
) -> list[Meant]:
    """Headwords of the entries in `near` (row id, cosine), the likeliest first.

    lexical has the BM25 scores of entries that share words with the description.
    """
    hids = headwords_of(lexicon, (rid for rid, _ in near))
    grouped: dict[int, dict[int, float]] = defaultdict(dict)
    for rid, cosine in near:
        if rid in hids:
            grouped[hids[rid]][rid] = cosine
    known = headwords.headwords(grouped)
    words = lexical or {}
    top_words = max(words.values(), default=0.0) or 1.0
    sharpness = weights.get("sharpness", 20.0)
    found = []
    for hid, cosines in grouped.items():
        headword = known[hid]
        signals = {
            "pooled": log_sum_exp(list(cosines.values()), sharpness),
            "nearest": max(cosines.values()),
            "entries": math.log(headword.entries),
            "liking": liking(headword.up_votes, headword.down_votes),
            "ups": math.log1p(max(headword.up_votes or 0, 0)),
            "words": math.log(1 + headword.fold.count(" ")),
            "letters": math.log(len(headword.fold)),
            "shared words": max((words.get(rid, 0.0) for rid in cosines), default=0.0) / top_words,
        }
        score = math.fsum(weights.get(name, 0.0) * value for name, value in signals.items())
        found.append(Meant(headword, cosines, score, signals))
    found.sort(key=lambda m: (-m.score, m.headword.hid))
    return found


def log_sum_exp(cosines: Sequence[float], sharpness: float) -> float:
    """A soft maximum: several near definitions count for a little more than the nearest alone."""
    top = max(cosines)
    return top + math.log(sum(math.exp(sharpness * (c - top)) for c in cosines)) / sharpness
