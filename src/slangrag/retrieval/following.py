"""Following: from an entry that only points elsewhere ("see X") to the headword that defines.

Several steps, each headword once, so a circle of stubs ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from slangrag.retrieval.senses import defining_first, entries_of, rank
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.spans import find_whole
from slangrag.retrieval.types import Hit, Span
from slangrag.retrieval.weights import Weights
from slangrag.sources.entry import Entry
from slangrag.store.headword_index import Headword
from slangrag.text.english import is_ordinary
from slangrag.text.forms import fold
from slangrag.text.stubs import Stub, stub

_MOST_STEPS: Final = 4
_MOST_FOLLOWED: Final = 3
FOLLOWED: Final = "followed"


def chain(entry: Entry, store: SlangStore, weights: Weights) -> Iterator[tuple[Headword, Entry]]:
    """Each headword that `entry` leads to, step by step, with the entry of it that defines best.

    Nothing where it points nowhere; of several targets the first that is a headword.
    """
    met = {fold(entry.word)}
    for _ in range(_MOST_STEPS):
        pointing = stub(entry.definition)
        headword = _target(pointing, met, store) if pointing else None
        if headword is None:
            return
        met.add(headword.fold)
        # An entry of the target that points on comes first only if no other says what it means.
        entry = defining_first(rank(entries_of(store.lexicon, headword.hid), weights.sense))[0].entry
        yield headword, entry


def follow(hits: Sequence[Hit], store: SlangStore, weights: Weights, limit: int) -> tuple[Hit, ...]:
    """`hits` with those that their stubs lead to, each behind its stub's headword, at most `limit`.

    Room is made at the end. A target that was found anyway stays where it is.
    """
    kept = list(hits)
    followed = 0
    for hit in hits[: limit - 1]:
        behind = hit.entry
        for _, entry in chain(hit.entry, store, weights):
            if followed == _MOST_FOLLOWED:
                break
            if any(fold(other.entry.word) == fold(entry.word) for other in kept[:limit]):
                behind = entry
                continue
            followed += 1
            same = [n for n, other in enumerate(kept) if fold(other.entry.word) == fold(behind.word)]
            place, behind = min(max(same) + 1, limit - 1), entry
            score = kept[place - 1].score if place else hit.score
            kept.insert(place, Hit(entry, score, hit.match, hit.span, {FOLLOWED: score}))
    return tuple(kept[:limit])


def _target(pointing: Stub, met: set[str], store: SlangStore) -> Headword | None:
    for target in pointing.targets:
        # "another word for trousers" has said what it means; "another word for kecks" has not.
        if not pointing.bare and all(is_ordinary(word) for word in target.split()):
            continue
        for found in find_whole(Span(target, 0, len(target)), store.headwords):
            if found.headword.fold not in met:
                return found.headword
    return None
