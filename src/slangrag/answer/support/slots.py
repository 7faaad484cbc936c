"""Slots: where a sentence's numbers, names and negations stand, and what its source has in the same place.

A copy with one twist ("a Channel Lead may refund up to 180") has all the words of its passage, so that no
count of words tells it from a faithful one; the words around the twisted one do. Pure text work.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from slangrag.text.content import Token, is_function_word, tokens

_REACH: Final = 3
_NEIGHBOURHOOD: Final = 4
"""How many words away a number is still beside a word."""

_ACROSS: Final = 0.5
"""What a neighbour counts that stands on the other side in the source."""

_BESIDE: Final = 0.9
"""Fit from which on two slots are about the same: one neighbour next to both, or several near."""

_CLEARLY: Final = 0.3
"""How much better another slot must fit than the one that has the very thing."""

_SURELY: Final = 1.3
"""The same for what is moved about freely: names, and words that have an opposite."""

_GLUED: Final = re.compile(r"(?<=[^\W\d_])\d+")
"""Digits that belong to a name ("float32") and count nothing."""

_STRICTLY: Final = 2
"""Words after a negator that it surely denies; how far it reaches beyond them is anybody's guess."""

_DETERMINERS: Final = frozenset({"no", "without", "nor", "neither"})
"""These surely deny the one word behind them."""

_SOFTENED: Final = frozenset({"even", "only", "just", "merely"})
"""Behind "not", these leave what follows as it is."""

_NEW_CLAUSE: Final = frozenset({"that", "which", "who", "where", "when", "if"})

_FEW: Final = frozenset({"one", "two", "three"})
"""Spelled, these often count nothing ("the two of them")."""

_COPY: Final = 0.85
"""Share of the words of two sentences from which on one is a copy of the other."""

_OPPOSED: Final = (
    (("more", "longer", "larger", "higher"), ("less", "fewer", "shorter", "smaller", "lower")),
    (("most", "maximum"), ("least", "minimum")),
    (("before", "earlier"), ("after", "later")),
    (("first",), ("last",)),
    (("above", "over"), ("below", "under")),
    (("must",), ("may",)),
    (("always",), ("sometimes",)),
)

_ALL: Final = ("every", "each", "all", "any", "everyone", "everybody", "everything", "anyone", "anybody")
"""What a sentence says of all must be said of all in the same words: a condition is easily left out."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One token between its neighbours: key to nearness, in (0, 1], on either side.

    denied: the negator, counted from 1, that it stands close behind; 0 for none.
    """

    token: Token
    left: Mapping[str, float]
    right: Mapping[str, float]
    denied: int

    def fit(self, other: Slot) -> float:
        """How much the neighbours of two slots are the same, from 0 on; those on the same side in full."""
        same = _shared(self.left, other.left) + _shared(self.right, other.right)
        crossed = _shared(self.left, other.right) + _shared(self.right, other.left)
        return max(same, _ACROSS * crossed)


def _shared(ours: Mapping[str, float], theirs: Mapping[str, float]) -> float:
    return sum(min(near, theirs[key]) for key, near in ours.items() if key in theirs)


def twist(sentence: str, source: str) -> str:
    """What of a sentence is otherwise in its source, in plain words; "" for nothing.

    `source` are the sentences that the sentence rests on, a line each, and no more.
    """
    said, known = slots(sentence), slots(source)
    for slot in said:
        if _is_strange(slot, known):
            return f"the number {slot.token.word} is not in what it cites"
        if (found := _in_its_place(slot, said, known)) is not None:
            return f"the passage has {found} where this has {slot.token.word}"
    for slot in said[:1]:
        if slot.token.word in _ALL and _best(slot, known, _ALL) < _SURELY:
            return f"the passage may not say it of {slot.token.word}"
    for turned in (*_denied_otherwise(said, known), *_opposed(said, known)):
        return f"the passage may say the contrary of “{turned}”"
    return "the passage may say the contrary" if _one_negation_more(sentence, source) else ""


def turned_round(sentence: str, source: str) -> bool:
    """Whether a word is denied in the sentence and not in the same place of the source, or the reverse."""
    return any(True for _ in _denied_otherwise(slots(sentence), slots(source)))


@lru_cache(maxsize=512)
def slots(text: str) -> tuple[Slot, ...]:
    """The numbers, words and poles of a text between their neighbours, line by line."""
    found: list[Slot] = []
    negators = 0
    for line in text.splitlines():
        there = list(tokens(_GLUED.sub("", line)))
        found += _slots(there, negators)
        negators += sum(one.kind == "negator" for one in there)
    return tuple(found)


def _slots(line: Sequence[Token], negators: int) -> Iterator[Slot]:
    """The slots of a line before which so many negators were counted."""
    bearing: list[Token] = []
    denied: list[int] = []
    strictly = 0
    for n, one in enumerate(line):
        if one.kind == "negator":
            strictly = 1 if one.word in _DETERMINERS else _STRICTLY
            negators += 1
        elif one.word in _SOFTENED or one.word in _NEW_CLAUSE:
            strictly = 0
        elif not is_function_word(one.word) or one.word in _POLES or _is_unit(line, n):
            bearing.append(one)
            denied.append(negators if one.denied and strictly > 0 else 0)
            strictly -= not is_function_word(one.word)
    for n, token in enumerate(bearing):
        before, behind = bearing[max(0, n - _REACH) : n][::-1], bearing[n + 1 : n + 1 + _REACH]
        yield Slot(token, _nearness(before), _nearness(behind), denied[n])


def _is_unit(line: Sequence[Token], n: int) -> bool:
    """Whether a letter stands behind a number: "5 s", "3 m"."""
    return len(line[n].word) == 1 and n > 0 and line[n - 1].kind == "number"


def _nearness(neighbours: Sequence[Token]) -> dict[str, float]:
    near: dict[str, float] = {}
    for distance, one in enumerate(neighbours, start=1):
        near.setdefault(one.key, 1 / distance)
    return near


def _is_strange(slot: Slot, known: Sequence[Slot]) -> bool:
    """Whether it is a number that the source does not have."""
    token = slot.token
    return (
        token.kind == "number"
        and token.word not in _FEW
        and all(one.token.key != token.key for one in known if one.token.kind == "number")
    )


def _in_its_place(slot: Slot, said: Sequence[Slot], known: Sequence[Slot]) -> str | None:
    """The number or name that the source has where the sentence has another one."""
    token = slot.token
    if token.kind != "number" and not token.name:
        return None
    others = [one for one in known if one.token.kind == token.kind and one.token.key != token.key]
    if token.kind == "number":
        alone = sum(one.token.kind == "number" for one in said) == 1
        ours, theirs, word = _votes(slot, said, known)
        if alone and ours != theirs:
            return word if theirs > ours else None
    else:
        others = [one for one in others if one.token.name]
    own = max((slot.fit(one) for one in known if one.token.key == token.key), default=0.0)
    best = max(others, key=slot.fit, default=None)
    least = _SURELY if token.name else _BESIDE if own == 0 else 0.0
    return best.token.word if best and slot.fit(best) >= max(least, own + _CLEARLY) else None


def _votes(slot: Slot, said: Sequence[Slot], known: Sequence[Slot]) -> tuple[int, int, str]:
    """How many words of a sentence stand nearest to its one number in the source, how many to another, and
    to which.

    "An agent may refund up to 180 crowns; a Channel Lead up to 900": it is the words that only one number has
    beside it that tell whose it is, since the verb is not said again.
    """
    words = {one.token.key for one in said if one.token.kind == "term"}
    places = [(n, one.token) for n, one in enumerate(known) if one.token.kind == "number"]
    votes: Counter[str] = Counter()
    for key in words:
        near = [
            (abs(n - at), token.key)
            for at, one in enumerate(known)
            if one.token.key == key
            for n, token in places
            if abs(n - at) <= _NEIGHBOURHOOD
        ]
        if near:
            closest = min(near)[0]
            votes.update({number for distance, number in near if distance == closest})
    strangers = {key: count for key, count in votes.items() if key != slot.token.key}
    most = max(strangers, key=strangers.__getitem__, default="")
    word = next((token.word for _, token in places if token.key == most), "")
    return votes[slot.token.key], strangers.get(most, 0), word


def _denied_otherwise(said: Sequence[Slot], known: Sequence[Slot]) -> Iterator[str]:
    """Words that are denied in one of the texts and not where they stand in the other, or nowhere there.

    A negator is met by one that denies any of the same words: which of them it stands before is style ("we do
    not refund postage", "postage is not refunded").
    """
    met_here = {one.denied for one in said for other in known if _same(one, other) and other.token.denied}
    met_there = {one.denied for one in known for other in said if _same(one, other) and other.token.denied}
    for slot in said:
        if slot.token.kind != "term" or any(_contrary(slot, one) for one in said if _same(slot, one)):
            continue  # it is said both ways: which of them is meant cannot be told
        same = [one for one in known if _same(slot, one)]
        fitting = [one for one in same if slot.fit(one) >= _BESIDE]
        held = [max(fitting, key=slot.fit)] if fitting else same
        if slot.denied:
            unmet = slot.denied not in met_here
        else:
            unmet = any(one.denied not in met_there for one in held)
        if unmet and held and all(_contrary(slot, one) for one in held):
            yield slot.token.word


def _same(one: Slot, other: Slot) -> bool:
    return (one.token.kind, one.token.key) == (other.token.kind, other.token.key)


def _contrary(one: Slot, other: Slot) -> bool:
    """Whether a word is surely denied in one place, and in the other not even perhaps."""
    return bool((one.denied and not other.token.denied) or (other.denied and not one.token.denied))


def _opposed(said: Sequence[Slot], known: Sequence[Slot]) -> Iterator[str]:
    """Words that stand where the source has their opposite."""
    for slot in said:
        for ours, theirs in _sides(slot.token.word):
            own = _best(slot, known, ours)
            if _best(slot, known, theirs) >= max(_SURELY, own + _CLEARLY):
                yield slot.token.word


def _sides(word: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    for one, other in _OPPOSED:
        if word in one:
            yield one, other
        elif word in other:
            yield other, one


def _best(slot: Slot, known: Sequence[Slot], words: tuple[str, ...]) -> float:
    return max((slot.fit(one) for one in known if one.token.word in words), default=0.0)


def _one_negation_more(sentence: str, source: str) -> bool:
    """Whether a sentence copies one of the source's with a negator put in or left out."""
    ours = _borne(sentence)
    for line in source.splitlines():
        theirs = _borne(line)
        if 2 * len(ours & theirs) >= _COPY * (len(ours) + len(theirs)) > 0:
            return _negations(sentence, theirs) != _negations(line, ours)
    return False


def _borne(line: str) -> frozenset[str]:
    return frozenset(one.token.key for one in slots(line))


def _negations(line: str, other: frozenset[str]) -> int:
    """How many negators a line has, without those that deny what the `other` does not speak of."""
    there = list(tokens(line))
    following = [*(one.word for one in there[1:]), ""]
    pairs = zip(there, following, strict=True)
    counted = sum(one.kind == "negator" and after not in _SOFTENED for one, after in pairs)
    denied: dict[int, set[str]] = {}
    for one in slots(line):
        denied.setdefault(one.denied, set()).add(one.token.key)
    denied.pop(0, None)
    return counted - sum(not keys & other for keys in denied.values())


_POLES: Final = frozenset(word for pair in (*_OPPOSED, (_ALL,)) for side in pair for word in side)
