"""What a sentence has in common with the definitions it cites, word by word.

`About` is read once for a sentence and its sources; rules and features both look at it. No vectors here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from slangrag.answer.support import slots
from slangrag.answer.support.types import Claim, Source
from slangrag.text.content import Reading, Term, read, stem, undone
from slangrag.text.sentences import sentences

_NEAR: Final = 0.5
_MOST_PARTS: Final = 3
_ADDS: Final = 2
_PREFIX: Final = 4
_CLAUSE: Final = re.compile(
    r"[,;:–—]|\b(?:and|or|but|because|if|unless|although|while|so|which|who|when|where)\b", re.I
)
_POINTS_BACK: Final = re.compile(r"\W*(?:it|its|this|that|these|those|they|he|she|such|one)\b", re.IGNORECASE)
_ALIASES: Final = (
    frozenset({"us", "usa", "america", "american", "americans", "states"}),
    frozenset({"uk", "britain", "british", "england", "english", "brit", "brits"}),
)
"""Countries whose noun and adjective do not look alike."""


@dataclass(frozen=True, slots=True)
class About:
    """One sentence beside its sources.

    said and known are its own content words and the sources'; held are the stems that the sources hold,
    headwords included; asked those of the question. missing are terms that neither has, not even in a near
    form. parts are the sentences of the cited definitions. turned_round: a word is denied in one text and
    only ever affirmed in the other; of passages, which say much, affirmed in the same place.
    """

    said: Reading
    known: Reading
    held: frozenset[str]
    asked: frozenset[str]
    missing: tuple[Term, ...]
    parts: tuple[str, ...]
    coverage: float
    turned_round: bool


def about(claim: Claim, cited: Sequence[Source]) -> About:
    """Read `claim` beside the definitions it cites, taken together."""
    words = tuple(dict.fromkeys(source.word for source in cited))
    said = reading(claim.text, words)
    known = reading("\n".join(source.definition for source in cited))
    held = known.stems | frozenset(part for word in words for part in reading(word).stems)
    asked = reading(claim.question).stems
    written = tuple(dict.fromkeys(term.word for term in known.terms))
    missing = tuple(
        term
        for term in said.terms
        if not _holds(term, held) and term.stem not in asked and not any(near(term.word, w) for w in written)
    )
    covered = sum(_holds(term, held) for term in said.terms) / max(1, len(said.terms))
    parts = tuple(part for source in cited for part in parts_of(source.definition))
    if any(source.passage for source in cited):
        turned = slots.turned_round(claim.text, "\n".join(source.definition for source in cited))
    else:
        turned = _turned_round(said, known)
    return About(said, known, held, asked, missing, parts, covered, turned)


def narrowed(claim: Claim, source: Source) -> Source:
    """A passage cut down to those of its sentences that have most of what `claim` says; else as it is.

    A passage speaks of much: measured against all of it, any sentence on its topic would look supported. The
    sentence that covers most is taken, with the one before where it begins with "it", then those that add at
    least two words more: one for each clause of the claim, up to three in all. Its heading stays above them.
    """
    if not source.passage:
        return source
    parts = parts_of(source.definition)
    wanted = _borne(claim.text)
    most = min(_MOST_PARTS, 1 + len(_CLAUSE.findall(claim.text)))
    chosen: list[int] = []
    while len(chosen) < most:
        covered = [_weight(wanted & _borne(part)) for part in parts]
        best = max(range(len(parts)), key=covered.__getitem__)
        if covered[best] < (_ADDS if chosen else 1):
            break
        chosen.append(best)
        wanted -= _borne(parts[best])
    named = [n - 1 for n in chosen if n > 0 and _POINTS_BACK.match(parts[n])]
    kept = [parts[n] for n in sorted({*chosen, *named} or {0})]
    return replace(source, definition="\n".join([source.heading, *kept] if source.heading else kept))


def _weight(shared: frozenset[str]) -> int:
    """How much two texts share: a number counts as two words, since it is said of few things."""
    return len(shared) + sum(one[0].isdigit() for one in shared)


@lru_cache(maxsize=512)
def _borne(text: str) -> frozenset[str]:
    """What a text says: the stems of its content words, and its numbers."""
    there = reading(text)
    return there.stems | there.numbers


@lru_cache(maxsize=512)
def reading(text: str, without: tuple[str, ...] = ()) -> Reading:
    """`read`, remembered: a definition is read for each sentence of an answer."""
    return read(text, without=without)


@lru_cache(maxsize=256)
def parts_of(definition: str) -> tuple[str, ...]:
    """The sentences of a definition, line by line; the definition itself where it has none."""
    return tuple(part for line in definition.splitlines() for part in sentences(line)) or (definition,)


def _holds(term: Term, held: frozenset[str]) -> bool:
    return term.stem in held or undone(term.word) in held


def near(one: str, other: str) -> bool:
    """Whether two lower-case words are forms of one another, or spellings: "scotland", "scottish".

    By their first four letters or half of their letter trigrams (Dice), which no stemmer would join.
    """
    if one == other or any(one in group and other in group for group in _ALIASES):
        return True
    if min(len(one), len(other)) < _PREFIX:
        return False
    ours, theirs = _trigrams(one), _trigrams(other)
    dice = 2 * len(ours & theirs) / (len(ours) + len(theirs))
    return dice >= _NEAR or (min(len(one), len(other)) > _PREFIX and one[:_PREFIX] == other[:_PREFIX])


@lru_cache(maxsize=4096)
def _trigrams(word: str) -> frozenset[str]:
    padded = f"<{word}>"
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def matches(headword: str, text: str) -> bool:
    """Whether `text` names `headword`, in any form: every word of it is there by its stem."""
    said = _stems(text)
    wanted = _stems(headword)
    return bool(wanted) and wanted <= said


@lru_cache(maxsize=256)
def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower()))


def _turned_round(said: Reading, known: Reading) -> bool:
    """Whether a content word is denied in one text and only ever affirmed in the other."""
    ours, theirs = _polarity(said), _polarity(known)
    return any(found in theirs and not (signs & theirs[found]) for found, signs in ours.items())


def _polarity(text: Reading) -> dict[str, set[bool]]:
    table: dict[str, set[bool]] = {}
    for term in text.terms:
        table.setdefault(term.stem, set()).add(term.denied)
        opposite = undone(term.word)
        if opposite:
            table.setdefault(opposite, set()).add(not term.denied)
    return table
