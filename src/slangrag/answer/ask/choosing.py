"""Choosing: which of the hits an answer by quotation tells, in which order, and what of each.

A definition that says a meaning goes before one that only jokes or points elsewhere; otherwise the order
is retrieval's. Pure work on a `Retrieval`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from slangrag.answer.ask.excerpts import excerpt_of
from slangrag.retrieval.types import Hit, Likeness, Retrieval, Span
from slangrag.text.agreement import agreed, gist
from slangrag.text.defining import defining
from slangrag.text.forms import fold, joined, stem
from slangrag.text.inert import inert
from slangrag.text.stubs import Stub, stub

_MOST_SENSES: Final = 3
_MOST_SPANS: Final = 4
_MOST_WORDS: Final = 3
_SAME: Final = 0.5
# Scores are log-probabilities. In a message a stretch counts down to a twelfth of the best one's odds; to
# a description a second word is told only if it is nearly as likely as the first.
_BEHIND_IN_MESSAGE: Final = 2.5
_BEHIND_IN_DESCRIPTION: Final = 0.3
_MOST_PASSAGES: Final = 2
_PASSAGE_BEHIND: Final = 0.7
_NOTHING: Final = "(nothing readable)"


@dataclass(frozen=True, slots=True)
class Told:
    """One quotation: the rank of its hit, counted from 1, the hit, and the part of it that is quoted.

    start and end: where the part stands in a passage, in characters.
    """

    n: int
    hit: Hit
    text: str
    start: int = 0
    end: int = 0


def told(retrieval: Retrieval, likeness: Likeness | None = None) -> list[Told]:
    """The quotations of an answer, in order; each stub is followed by what it leads to.

    Passages and definitions keep the order in which retrieval has them. likeness helps to choose what of a
    passage is quoted.
    """
    entries = tuple(hit for hit in retrieval.hits if hit.kind == "entry")
    if len(entries) == len(retrieval.hits):
        return _told_entries(retrieval, retrieval.hits)
    passages = _told_passages(retrieval, 1 if entries else _MOST_PASSAGES, likeness)
    definitions = _told_entries(replace(retrieval, hits=entries), retrieval.hits) if entries else []
    return [*passages, *definitions] if retrieval.hits[0].kind == "passage" else [*definitions, *passages]


def _told_passages(retrieval: Retrieval, most: int, likeness: Likeness | None) -> list[Told]:
    """What the best passage says, and a further one where it fits the question nearly as well."""
    passages = [(n, hit) for n, hit in enumerate(retrieval.hits, start=1) if hit.kind == "passage"]
    best = max(hit.score for _, hit in passages)
    found = []
    for n, hit in passages[:most]:
        if hit.score >= best - _PASSAGE_BEHIND:
            text, start, end = excerpt_of(retrieval.query, hit, likeness)
            found.append(Told(n, hit, inert(text) or _NOTHING, start, end))
    return found


def _told_entries(retrieval: Retrieval, ranked: Sequence[Hit]) -> list[Told]:
    """Quotations of definitions; `ranked` are all hits, by which they are numbered."""
    hits = retrieval.hits
    found: list[Told] = []
    for group, most in _groups(retrieval):
        kept: list[Hit] = []
        for hit in _best_first(group, hits):
            if len(kept) < most and not any(says_the_same(hit, other) for other in kept):
                kept.append(hit)
        for hit in kept:
            for one in (hit, *_led_to(hit, hits)):
                if all(one is not other.hit for other in found):
                    found.append(Told(ranked.index(one) + 1, one, part(one)))
    return found


def part(hit: Hit) -> str:
    """What is quoted of a hit's definition."""
    return defining(hit.entry.word, hit.entry.definition).text or _NOTHING


def _groups(retrieval: Retrieval) -> Iterator[tuple[list[Hit], int]]:
    """Hits of one headword each, and how many of them are told at most."""
    hits = distinct(retrieval.hits)
    spans = _spans(retrieval, hits)
    if spans:
        senses = max(1, _MOST_SENSES // len(spans)) if retrieval.intent == "define" else 1
        for span in spans:
            there = [hit for hit in hits if hit.span == span]
            yield _of_first_word(there), senses
        return
    if retrieval.intent == "define":
        yield _of_first_word(hits), _MOST_SENSES
        return
    firsts: dict[str, Hit] = {}
    for hit in hits:
        if hit.score >= hits[0].score - _BEHIND_IN_DESCRIPTION:
            firsts.setdefault(fold(hit.entry.word), hit)
    for word in list(firsts)[:_MOST_WORDS]:
        yield [hit for hit in hits if fold(hit.entry.word) == word], 1


def _spans(retrieval: Retrieval, hits: Sequence[Hit]) -> list[Span]:
    """The stretches of the question that are explained, in its order; none of them overlaps another."""
    if not hits or hits[0].span is None:
        return []
    chosen: list[Span] = []
    for hit in hits:
        span = hit.span
        if span is None or any(span.start < one.end and one.start < span.end for one in chosen):
            continue
        if retrieval.intent == "define" or hit.score >= hits[0].score - _BEHIND_IN_MESSAGE:
            chosen.append(span)
    return sorted(chosen[:_MOST_SPANS], key=lambda span: span.start)


def _of_first_word(hits: Sequence[Hit]) -> list[Hit]:
    return [hit for hit in hits if fold(hit.entry.word) == fold(hits[0].entry.word)]


def _best_first(group: Sequence[Hit], hits: Sequence[Hit]) -> list[Hit]:
    """The first that plainly says a meaning, and further ones that do, and agree with some other if many do.

    Without any that defines, the best of the others: a stub that leads somewhere, or the first.
    """
    define = [hit for hit in group if _defines(hit)]
    if define:
        shared = agreed(
            define[0].entry.word, [defining(hit.entry.word, hit.entry.definition).text for hit in define]
        )
        first = min(range(len(define)), key=lambda n: not _plainly(define[n]))
        others = [n for n in range(len(define)) if n != first and _plainly(define[n]) and shared[n]]
        return [define[n] for n in (first, *others)]
    return sorted(group, key=lambda hit: not _led_to(hit, hits))[:1]


def _defines(hit: Hit) -> bool:
    pointing = stub(hit.entry.definition)
    bare = pointing is not None and pointing.bare
    return not bare and defining(hit.entry.word, hit.entry.definition).defines


def _plainly(hit: Hit) -> bool:
    return defining(hit.entry.word, hit.entry.definition).plainly


def _led_to(hit: Hit, hits: Sequence[Hit]) -> list[Hit]:
    """What a stub among `hits` leads to, step by step."""
    chain = [hit]
    while (pointing := stub(chain[-1].entry.definition)) is not None:
        following = [one for one in hits if _is_target(one, pointing, chain)]
        if not following:
            break
        chain.append(next((one for one in following if _defines(one)), following[0]))
    return chain[1:]


def _is_target(hit: Hit, pointing: Stub, chain: Sequence[Hit]) -> bool:
    met = any(fold(hit.entry.word) == fold(one.entry.word) for one in chain)
    return not met and _key(hit.entry.word) in map(_key, pointing.targets)


def _key(word: str) -> str:
    """What two spellings of one headword share, as retrieval finds it: "low-key", "lowkey"."""
    return stem(joined(fold(word)))


def distinct(hits: Sequence[Hit]) -> list[Hit]:
    """Hits without those whose definition repeats an earlier one of the same headword, word for word."""
    seen: set[tuple[str, str]] = set()
    kept: list[Hit] = []
    for hit in hits:
        key = (fold(hit.entry.word), fold(hit.entry.definition))
        if key not in seen:
            seen.add(key)
            kept.append(hit)
    return kept


def says_the_same(hit: Hit, other: Hit, share: float = _SAME) -> bool:
    """Whether what defines in two hits has the same words, `share` of the shorter one's or more."""
    ours, theirs = (gist(one.entry.word, part(one)) for one in (hit, other))
    return len(ours & theirs) >= share * max(1, min(len(ours), len(theirs)))
