"""The slang spans of a message: every place that leads to a headword, how likely it is slang, what it means.

`slang` has the model; this gathers what it judges, reads closely what may be slang at all, and chooses
between spans that overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final

from slangrag.retrieval import slang
from slangrag.retrieval.candidates import Candidate, by_headword
from slangrag.retrieval.following import follow
from slangrag.retrieval.free_text import MOST_SPANS, headwords_in, spotted_in
from slangrag.retrieval.senses import MOST_SENSES
from slangrag.retrieval.signals import HeadwordSpan
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.types import Known, Retrieval, SlangSpan, Span
from slangrag.retrieval.weights import Weights, load_weights

_WORTH_READING: Final = 0.02
_MOST_FOLLOWED: Final = 3
_MOST_READ: Final = 60
"""Places that are read closely: each costs embeddings, and a word can stand there hundreds of times."""
_ADDRESSES: Final = re.compile(r"https?://\S+|www\.\S+|[@#]\w+|\S+@\S+\.\w+")


def slang_in(text: str, store: SlangStore, weights: Weights | None = None) -> tuple[SlangSpan, ...]:
    """Every span of a message that leads to a headword, none overlapping, in order of the text.

    Of overlapping spans the likelier slang is taken, of two likely ones the longer. What is likely is for
    the caller to say (`slang.LIKELY`). A link, a handle or an address is never slang.
    """
    weights = weights or load_weights()
    by_span: dict[Span, list[Candidate]] = {}
    for candidate, signals in candidates_in(text, store, weights):
        assert candidate.span is not None
        table = weights.slang_closely if "word fits" in signals.values else weights.slang
        by_span.setdefault(candidate.span, []).append(replace(candidate, slang=signals.probability(table)))
    found: list[SlangSpan] = []
    for span, candidates in by_span.items():
        # In the order of retrieval: "ghosted" before "ghost", though another form is likelier to be slang.
        ranked = sorted(candidates, key=lambda c: -c.score)
        likeliest = max(c.slang or 0.0 for c in candidates)
        found.append(SlangSpan(span, likeliest, by_headword(ranked, MOST_SENSES)))
    found.sort(key=_before)
    kept: list[SlangSpan] = []
    for one in found:
        if all(one.span.end <= other.span.start or one.span.start >= other.span.end for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda s: s.span.start))


def retrieve_slang(text: str, store: SlangStore, weights: Weights | None = None) -> Retrieval:
    """The slang spans of a message as hits, span by span, each with its probability; stubs are followed."""
    weights = weights or load_weights()
    spans = slang_in(text, store, weights)
    hits = [replace(hit, slang=one.probability) for one in spans for hit in one.hits]
    known: Known = "yes" if any(one.probability >= slang.LIKELY for one in spans) else "maybe"
    followed = follow(hits, store, weights, len(hits) + _MOST_FOLLOWED) if hits else ()
    return Retrieval(text, "sentence", known if hits else "no", followed, (), store.lacks)


def candidates_in(
    text: str, store: SlangStore, weights: Weights, least: float = _WORTH_READING
) -> list[tuple[Candidate, slang.Signals]]:
    """Each headword at each of its places in a message, with what speaks for its being slang there.

    Read closely are those that are slang with a probability above `least` without that, at most
    _MOST_READ places of a message; none after one where nothing could be embedded.
    """
    embed, reads = cache(store.embed), True
    apart = [found.span() for found in _ADDRESSES.finditer(text)]
    seen = headwords_in(text, store, weights)[:MOST_SPANS]
    far: list[tuple[Candidate, slang.Signals]] = []
    near: list[tuple[Candidate, slang.Signals]] = []
    for (one, first), (_, spotted) in zip(spotted_in(text, seen, store, weights), seen, strict=True):
        for span in _occurrences(text, spotted.found.span):
            if any(start <= span.start < end for start, end in apart):
                continue
            there = HeadwordSpan(replace(spotted.found, span=span), spotted.signals)
            signals = (
                first
                if span == spotted.found.span
                else slang.signals(text, there, one.evidence, one.score, one.senses, store.familiar)
            )
            closer = None
            if reads and len(near) < _MOST_READ and signals.probability(weights.slang) > least:
                closer = slang.read_closely(text, span, signals, one.senses, store, embed)
                reads = closer is not None
            placed = replace(one, span=span)
            if closer is None:
                far.append((placed, signals))
            else:
                near.append((placed, closer))
    compared = slang.against_others([(one.span, signals) for one, signals in near if one.span is not None])
    return [*zip((one for one, _ in near), compared, strict=True), *far]


def _before(one: SlangSpan) -> tuple[bool, float]:
    likely = one.probability >= slang.LIKELY
    return not likely, -len(one.span.text) if likely else -one.probability


def _occurrences(text: str, first: Span) -> Iterator[Span]:
    """The span, and where else the same words stand in the message."""
    yield first
    for match in re.finditer(rf"(?<!\w){re.escape(first.text)}(?!\w)", text, re.IGNORECASE):
        if match.end() <= first.start or match.start() >= first.end:
            yield Span(match[0], match.start(), match.end())
