"""Typos: headwords that a misspelt word may have meant.

One edit away is asked of the headword index directly: every such spelling is looked up, which stays
fast however many headwords there are. Two edits away are reached through the consonant skeleton: wrong
vowels always, a wrong consonant besides only where nothing nearer was found. Knows nothing of vectors or
of the question around.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from slangrag.retrieval.signals import liking
from slangrag.store.headword_index import Headword, HeadwordIndex
from slangrag.store.headwords import SKELETON
from slangrag.text.forms import fold, skeleton, squeezed

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789 "
_CONSONANTS: Final = "bcdfghjklmnpqrstvwxz"
_SHORTEST: Final = 3
_SHORTEST_FOR_TWO: Final = 5
_LONGEST: Final = 40
_MOST_SPELLINGS: Final = 4
_AS_DIGITS: Final = tuple(zip("oieast", "013457", strict=True))  # "n00b"
_DIGITS: Final = str.maketrans("0134578", "oieastb")
_SOUNDS: Final = ((r"sh[uoe]n", "tion"), (r"z(?=s?\b)", "s"), (r"^f|(?<=\s)f", "ph"))
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True, slots=True)
class Correction:
    """A headword that `word` may have meant; score is higher for the likelier, signals say why."""

    headword: Headword
    score: float
    signals: Mapping[str, float]


def corrections(
    word: str, index: HeadwordIndex, weights: Mapping[str, float], *, limit: int = 5
) -> list[Correction]:
    """Headwords within two edits of `word`, the likeliest first; none for very short or long words."""
    folded = fold(word)
    if not _SHORTEST <= len(folded) <= _LONGEST:
        return []
    sounds = respellings(folded)
    digits = [folded.replace(letter, digit) for letter, digit in _AS_DIGITS if letter in folded]
    spellings = [*sounds, *digits]
    near = set(index.exact([*edits(folded, _LETTERS), *spellings]).values())
    for spelling in sounds:
        near |= set(index.exact(edits(spelling, _LETTERS)).values()) | _alike(
            spelling, (skeleton(spelling),), index
        )
    if len(folded) >= _SHORTEST_FOR_TWO:
        key = skeleton(folded)
        near |= _alike(folded, (key,), index)
        if not near:
            near |= _alike(folded, edits(key, _CONSONANTS), index)
    found = []
    for headword in near:
        if headword.fold == folded:
            continue
        signals = min(
            (compare(spelling, headword, respelt=spelling != folded) for spelling in (folded, *spellings)),
            key=lambda signals: signals["edits"] + signals["respelt"],
        )
        score = math.fsum(weights.get(name, 0.0) * value for name, value in signals.items())
        found.append(Correction(headword, score, signals))
    found.sort(key=lambda c: (-c.score, c.headword.fold))
    return found[:limit]


def respellings(folded: str) -> list[str]:
    """Other spellings that sound like the word or look like it: "situashun", "s1tuation", "fone"."""
    looks = folded.translate(_DIGITS) if any(c.isalpha() for c in folded) else folded
    made = [looks]
    for pattern, instead in _SOUNDS:
        made += [re.sub(pattern, instead, spelling) for spelling in made]
    return [spelling for spelling in dict.fromkeys(made) if spelling != folded][:_MOST_SPELLINGS]


def _alike(folded: str, skeletons: Iterable[str], index: HeadwordIndex) -> set[Headword]:
    """Headwords with one of these skeletons that are within two edits."""
    reached = {headword for _, _, headword in index.by_form(skeletons, (SKELETON,))}
    return {h for h in reached if abs(len(h.fold) - len(folded)) <= 2 and distance(folded, h.fold) <= 2}


def edits(word: str, alphabet: str) -> Iterator[str]:
    """Every string one deletion, transposition, replacement or insertion away from `word`.

    After Norvig, "How to Write a Spelling Corrector" (2007).
    """
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    for left, right in splits:
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in alphabet:
            if right:
                yield left + letter + right[1:]
            yield left + letter + right


def distance(a: str, b: str) -> int:
    """Optimal string alignment distance: edits as above, none of them within another.

    Source: Damerau (1964), CACM 7(3), in the restricted form.
    """
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i, *[0] * len(b)]
        for j, y in enumerate(b, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                row[j] = min(row[j], older[j - 2] + 1)
    return row[-1]


def compare(folded: str, headword: Headword, *, respelt: bool = False) -> dict[str, float]:
    """What speaks for `headword` as the meant spelling of `folded`, by name.

    respelt: `folded` is not as it was typed but as it may have been meant to sound.
    """
    other = headword.fold
    apart = distance(folded, other)
    swapped = len(folded) == len(other) and sorted(folded) == sorted(other)
    return {
        "edits": float(apart),
        "respelt": float(respelt),
        "edits a letter": apart / max(len(folded), len(other)),
        "swapped": float(swapped),
        "same sounds": float(skeleton(folded) == skeleton(other)),
        "same runs": float(squeezed(folded) == squeezed(other)),
        "same start": float(folded[0] == other[0]),
        "same end": float(folded[-1] == other[-1]),
        "shorter": float(len(other) < len(folded)),
        "longer": float(len(other) > len(folded)),
        "neighbouring key": float(_neighbouring(folded, other)),
        "other words": float(folded.count(" ") != other.count(" ")),
        "entries": math.log(headword.entries),
        "liking": liking(headword.up_votes, headword.down_votes),
    }


def _neighbouring(a: str, b: str) -> bool:
    """Whether the only difference is one letter typed on a neighbouring key."""
    if len(a) != len(b):
        return False
    differing = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(differing) == 1 and any(
        abs(row.find(differing[0][0]) - row.find(differing[0][1])) == 1
        for row in _ROWS
        if differing[0][0] in row and differing[0][1] in row
    )
