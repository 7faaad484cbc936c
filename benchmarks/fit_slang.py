"""Fit the model of slang in messages on labelled messages (`retrieval/slang.py`); see `fit_weights.py`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.candidates import Rows
from benchmarks.fitting import PARTS, Choices, Question, joined, logistic, parts_of
from slangrag.retrieval import slang_spans
from slangrag.retrieval.slang import LIKELY
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.weights import Weights

MESSAGES = Path(__file__).resolve().parent.parent / "tests/data/messages.jsonl"
SLANG_DECAY = 1e-3
SLANG = (
    "bias", "evidence", "behind", "ordinary", "rarer", "small", "plain phrase", "ordinary, known",
    "phrase, known", "capital", "of people", "a name", "other form", "covered", "strange", "small words",
    "joined",
    "out of place", "chatty", "you and I", "object", "attribute", "predicate", "past", "progressive",
)  # fmt: skip
CLOSELY = ("word fits", "fit against others", "unchanged")


def labelled_spans(store: SlangStore, weights: Weights, message: Question) -> Rows:
    """The spans of a labelled message: each is slang where a label covers most of it."""
    for one, signals in slang_spans.candidates_in(message["text"], store, weights, least=-1.0):
        assert one.span is not None
        start, end = one.span.start, one.span.end
        yield signals.values, any(same_span(start, end, a, b) for a, b, _ in message["slang"])


def same_span(start: int, end: int, label_start: int, label_end: int) -> bool:
    """Whether two stretches are the same but for an ending or an article."""
    shared = min(end, label_end) - max(start, label_start)
    return shared > 0.6 * max(end - start, label_end - label_start)


def fit_slang(gathered: Sequence[tuple[str, Choices]], signals: Sequence[str]) -> dict[str, float]:
    """Odds of a span being slang, from labelled messages; precision and recall with the headword held out."""
    every = joined([choices for _, choices in gathered])
    x = every.table(signals)
    label = np.array(every.right, float)
    part = parts_of(every.headword)[np.array(every.question)]
    importance = np.ones(len(label))
    odds = np.zeros(len(label))
    for held in range(PARTS):
        rest = part != held
        odds[~rest] = x[~rest] @ logistic(x[rest], label[rest], importance[rest], SLANG_DECAY)
    cut, begin = math.log(LIKELY / (1 - LIKELY)), 0
    for name, choices in gathered:
        own = slice(begin, begin + len(choices.right))
        begin += len(choices.right)
        said, true = odds[own] > cut, label[own] > 0
        loss = np.mean(np.logaddexp(0, odds[own]) - label[own] * odds[own])
        print(
            f"slang, {name}: log loss {loss:.4f}, precision {(said & true).sum() / max(said.sum(), 1):.3f}, "
            f"recall of spans that lead to a headword {(said & true).sum() / true.sum():.3f} ({true.sum()})"
        )
    w = logistic(x, label, importance, SLANG_DECAY)
    return {name: round(float(v), 4) for name, v in zip(signals, w, strict=True)}
