"""Linear models of choice and of odds, and recall under cross-validation: what `fit_weights.py` stands on.

Logistic regression for odds, conditional logit (the probability that a candidate is the right one among
those of its question; McFadden 1974) for rankings, L2-regularised, fitted with L-BFGS. Knows nothing of
stores or of signals. Needs scipy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from slangrag.text.forms import fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

PARTS = 10
Question = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choices:
    """Candidates of many questions: signals by name, which is right, and the question's headword."""

    rows: list[Mapping[str, float]]
    right: list[bool]
    question: list[int]
    headword: list[str]  # one for each question

    def table(self, names: Sequence[str]) -> Floats:
        """Signals as an array, shape (candidates, names)."""
        return np.array([[row.get(name, 0.0) for name in names] for row in self.rows], dtype=float)

    def between(self, first: int, last: int) -> tuple[Choices, Any]:
        """The questions numbered from `first` to before `last`, and which candidates are theirs."""
        kept = np.array([first <= number < last for number in self.question])
        some = Choices(
            [row for row, keep in zip(self.rows, kept, strict=True) if keep],
            [right for right, keep in zip(self.right, kept, strict=True) if keep],
            [number - first for number, keep in zip(self.question, kept, strict=True) if keep],
            self.headword[first:last],
        )
        return some, kept


def joined(several: Sequence[Choices]) -> Choices:
    """The questions of several embedders as one set; a headword's questions stay in one part."""
    every = Choices([], [], [], [])
    for one in several:
        before = len(every.headword)
        every.rows.extend(one.rows)
        every.right.extend(one.right)
        every.question.extend(number + before for number in one.question)
        every.headword.extend(one.headword)
    return every


def parts_of(headwords: Sequence[str]) -> Numbers:
    """A part in [0, PARTS) for each headword: equal ones share a part."""
    distinct = sorted(set(headwords))
    dealt = np.random.default_rng(0).integers(0, PARTS, len(distinct))
    part = dict(zip(distinct, dealt, strict=True))
    return np.array([part[word] for word in headwords])


def conditional_logit(
    x: Floats, right: Floats, question: Numbers, decay: float, middle: Floats, importance: Floats
) -> Floats:
    """Weights, shape (signals,), that give the right candidates of each question the most probability.

    importance, shape (questions,), is how much each question counts.
    """
    starts = np.r_[0, np.flatnonzero(np.diff(question)) + 1]
    group = np.repeat(np.arange(len(starts)), np.diff(np.r_[starts, len(question)]))
    answered = (np.add.reduceat(right, starts) > 0) * importance[question[starts]]
    count = answered.sum()

    def loss(w: Floats) -> tuple[float, Floats]:
        scores = x @ w
        scores = np.exp(scores - np.maximum.reduceat(scores, starts)[group])
        total = np.add.reduceat(scores, starts)
        good = np.maximum(np.add.reduceat(scores * right, starts), 1e-300)
        value = float(
            -(np.log(good) - np.log(total)) @ answered / count + decay * ((w - middle) @ (w - middle))
        )
        slope = (scores / total[group] - scores * right / good[group]) * answered[group]
        return value, x.T @ slope / count + 2 * decay * (w - middle)

    return np.asarray(minimize(loss, middle, jac=True, method="L-BFGS-B").x)


def logistic(x: Floats, right: Floats, importance: Floats, decay: float) -> Floats:
    """Weights of a logistic regression whose rows count by `importance`; a column of ones is the bias."""
    importance = importance / importance.sum()

    def loss(w: Floats) -> tuple[float, Floats]:
        odds = x @ w
        value = float(importance @ (np.logaddexp(0, odds) - right * odds) + decay * (w @ w))
        return value, x.T @ (importance * (1 / (1 + np.exp(-odds)) - right)) + 2 * decay * w

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x)


def fit_ranking(
    choices: Choices,
    names: Sequence[str],
    decay: float,
    centre: Mapping[str, float] | None = None,
    importance: Floats | None = None,
) -> tuple[dict[str, float], Floats]:
    """Weights by name fitted on all, and each candidate's score under weights that never saw its headword.

    The penalty draws each weight towards its value in `centre` (0 where there is none). importance is how
    much each question counts, 1 where it is not given.
    """
    x = choices.table(names)
    spread = x.std(axis=0) + 1e-9
    x = x / spread
    middle = np.array([(centre or {}).get(name, 0.0) for name in names]) * spread
    right, question = np.array(choices.right, float), np.array(choices.question)
    part = parts_of(choices.headword)[question]
    counts = np.ones(len(choices.headword)) if importance is None else importance
    scores = np.zeros(len(right))
    for held in range(PARTS):
        rest = part != held
        w = conditional_logit(x[rest], right[rest], question[rest], decay, middle, counts)
        scores[~rest] = x[~rest] @ w
    w = conditional_logit(x, right, question, decay, middle, counts) / spread
    return {name: round(float(value), 4) for name, value in zip(names, w, strict=True)}, scores


def recall(choices: Choices, scores: Floats, ks: Sequence[int] = (1, 5, 10)) -> str:
    """R@k over all questions, as a line of text; a question without a right candidate is a miss."""
    ranks = np.full(len(choices.headword), 10**6)
    order = np.lexsort((-scores, np.array(choices.question)))
    seen: Counter[int] = Counter()
    for at in order:
        number = choices.question[at]
        if choices.right[at] and ranks[number] == 10**6:
            ranks[number] = seen[number]
        seen[number] += 1
    return ", ".join(f"R@{k} {np.mean(ranks < k):.3f}" for k in ks)


def gather(
    questions: Sequence[Question],
    candidates: Callable[[Question], Iterable[tuple[Mapping[str, float], bool]]],
    *,
    skip_empty: bool = False,
) -> Choices:
    """Every question's candidates in one place; skip_empty leaves out questions that have none."""
    gathered = Choices([], [], [], [])
    for question in questions:
        found = list(candidates(question))
        if skip_empty and not found:
            continue
        gathered.rows.extend(signals for signals, _ in found)
        gathered.right.extend(right for _, right in found)
        gathered.question.extend([len(gathered.headword)] * len(found))
        gathered.headword.append(fold(question["headword"]))
    return gathered
