"""Signals: what speaks for a headword found in a text, each a number by name.

Counting over spans and corpus statistics; knows nothing of weights or vectors.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slangrag.retrieval.spans import FORMS, HeadwordMatch
from slangrag.store.headword_index import Headword, HeadwordIndex
from slangrag.text.english import is_ordinary, is_small
from slangrag.text.places import ordinary_there, place


@dataclass(frozen=True, slots=True)
class HeadwordSpan:
    """One headword with the best span that led to it and its signals."""

    found: HeadwordMatch
    signals: Mapping[str, float]

    @property
    def headword(self) -> Headword:
        """The headword."""
        return self.found.headword


def rarity(occurrences: int, size: int) -> float:
    """How rare a word is among `size` definitions: 0 in every one, 1 in none (a scaled IDF)."""
    return math.log((size + 1) / (min(occurrences, size) + 1)) / math.log(size + 1)


def liking(up_votes: int | None, down_votes: int | None) -> float:
    """Votes damped to about [-1, 1]: log-odds of up over down with eight imaginary votes on each side."""
    if up_votes is None or down_votes is None:
        return 0.0
    return math.log((max(up_votes, 0) + 8) / (max(down_votes, 0) + 8)) / 3


def headword_spans(text: str, found: Sequence[HeadwordMatch], index: HeadwordIndex) -> list[HeadwordSpan]:
    """One HeadwordSpan for each headword among `found`, in order of the text."""
    by_headword: dict[int, list[HeadwordMatch]] = defaultdict(list)
    for one in found:
        by_headword[one.headword.hid].append(one)
    exact = [f for f in found if f.match == "exact"]
    words = {word for one in found for word in _words(one)}
    occurrences = index.occurrences(words)
    seen = []
    for group in by_headword.values():
        best = min(group, key=lambda f: (FORMS.index(f.form), f.first - f.last, f.span.start))
        signals = _signals(text, best, group, exact, occurrences, index.size)
        seen.append(HeadwordSpan(best, signals))
    return sorted(seen, key=lambda s: s.found.span.start)


def _words(found: HeadwordMatch) -> list[str]:
    return found.headword.fold.split()


def _signals(
    text: str,
    best: HeadwordMatch,
    group: Sequence[HeadwordMatch],
    exact: Sequence[HeadwordMatch],
    occurrences: Mapping[str, int],
    size: int,
) -> dict[str, float]:
    headword, span = best.headword, best.span
    rare = [rarity(occurrences.get(word, 0), size) for word in _words(best)]
    covered = any(
        other.first <= best.first
        and best.last <= other.last
        and other.last - other.first > best.last - best.first
        for other in exact
    )
    spots = {f.span.start for f in group}
    at_start = span.start == 0 or text[: span.start].rstrip()[-1:] in (".", "!", "?", ":", '"', "“", "")
    letters = [c for c in span.text if c.isalpha()]
    upper = sum(c.isupper() for c in letters)
    plain_words_of = span.text.split()
    ordinary = all(is_ordinary(word) for word in plain_words_of)
    where = place(text[: span.start], text[span.end :])
    known = bool(where.roles) and ordinary and len(plain_words_of) == 1
    in_place = known and ordinary_there(span.text, where)
    quoted = text[max(span.start - 1, 0) : span.start] in ('"', "'", "“") and span.start > 0
    return {
        "rarity": sum(rare) / len(rare),
        "rarest": max(rare),
        "plainest": min(rare),
        "words": math.log(len(rare)),
        "letters": math.log(len(headword.fold)),
        "possessive": float(best.form == "possessive"),
        "elongated": float(best.form in ("elongated", "squeezed")),
        "joined": float(best.form == "joined"),
        "stem": float(best.form == "stem"),
        "covered": float(covered),
        "repeated": math.log(len(spots)),
        "late": span.start / max(len(text), 1),
        "capital": float(upper > 0 and upper < max(len(letters), 2) and not at_start),
        "shouted": float(len(letters) > 1 and upper == len(letters)),
        "spelt alike": float(span.text == headword.word),
        "name": float(headword.word[:1].isupper()),
        "quoted": float(quoted),
        "ordinary": float(ordinary and len(plain_words_of) == 1),
        "small": float(len(plain_words_of) == 1 and is_small(span.text)),
        "plain phrase": float(ordinary and len(plain_words_of) > 1),
        "in place": float(in_place),
        "out of place": float(known and not in_place),
        "entries": math.log(headword.entries),
        "liking": liking(headword.up_votes, headword.down_votes),
    }


def weighed(signals: Mapping[str, float], weights: Mapping[str, float]) -> dict[str, float]:
    """Each signal's part in the score: its value times its weight; parts of nothing are left out."""
    parts = {name: weights.get(name, 0.0) * value for name, value in signals.items()}
    return {name: part for name, part in parts.items() if part}


def weigh(seen: Sequence[HeadwordSpan], weights: Mapping[str, float]) -> list[tuple[float, HeadwordSpan]]:
    """Each headword span with its score (log-probability up to a constant), the best first."""
    scored = [(math.fsum(weighed(s.signals, weights).values()), s) for s in seen]
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].headword.hid))
