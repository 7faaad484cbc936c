"""What each group of signals adds: the same questions again with its weights at zero, the others as fitted.

The others are not fitted anew, so signals that say nearly the same each look dispensable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from slangrag.evaluation.asking import ask, sample
from slangrag.evaluation.metrics import table
from slangrag.evaluation.questions import Question
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.weights import Weights, load_weights

MOST: Final = 400


@dataclass(frozen=True, slots=True)
class Group:
    """Signals of one decision that say similar things, and the measure of the task they are there for."""

    decision: str
    name: str
    signals: tuple[str, ...]
    task: str
    measure: str


GROUPS: Final = (
    Group("span", "rarity", ("rarity", "rarest", "plainest"), "sentence", "R@1"),
    Group("span", "length", ("words", "letters"), "sentence", "R@1"),
    Group("span", "how it matched", ("joined", "stem", "elongated", "covered"), "sentence", "R@1"),
    Group("span", "repetition and position", ("repeated", "late", "quoted"), "sentence", "R@1"),
    Group("span", "spelling", ("shouted", "spelt alike"), "sentence", "R@1"),
    Group("span", "entries and votes", ("entries", "liking"), "sentence", "R@1"),
    Group("span", "fit of a definition", ("fit",), "sentence", "R@1"),
    Group("sense", "fit", ("fit",), "sentence", "sense"),
    Group("sense", "shared words", ("share",), "sentence", "sense"),
    Group("sense", "votes", ("liked",), "sentence", "sense"),
    Group("sense", "length and age", ("length", "length squared", "age"), "sentence", "sense"),
    Group("reverse", "cosines, pooled", ("pooled",), "reverse", "R@10"),
    Group("reverse", "priors", ("entries", "ups", "words", "letters"), "reverse", "R@10"),
    Group("reverse", "kind of word", ("common", "common parts", "name", "in the text"), "reverse", "R@10"),
    Group("reverse", "shared words", ("overlap", "cover"), "reverse", "R@10"),
    Group("reverse", "initials", ("initials",), "reverse", "R@10"),
    Group("message", "wording", ("wording",), "reverse", "R@10"),
    Group("message", "best headword seen", ("best headword",), "reverse", "R@10"),
    Group("message", "wording", ("wording",), "sentence", "R@1"),
    Group("message", "best headword seen", ("best headword",), "sentence", "R@1"),
    Group("typo", "kind of slip", ("swapped", "same sounds", "same runs", "longer"), "define", "R@1"),
)


@dataclass(frozen=True, slots=True)
class Removal:
    """One group taken away: the measure with all signals and without these, on n questions."""

    decision: str
    signal: str
    task: str
    measure: str
    n: int
    whole: float
    without: float

    @property
    def adds(self) -> float:
        """What the group adds to the measure; negative where it harms."""
        return self.whole - self.without


def ablate(
    questions: Sequence[Question],
    store: SlangStore,
    *,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Removal]:
    """One removal for each group that the questions' tasks need, on at most MOST questions of each task."""
    weights = load_weights()
    some = sample([q for q in questions if q.answerable], MOST)
    by_task = {task: [q for q in some if q.task == task] for task in {q.task for q in some}}
    whole = {task: table(list(ask(group, store))) for task, group in by_task.items()}
    wanted = [group for group in GROUPS if group.task in {str(task) for task in by_task}]
    found = []
    for number, group in enumerate(wanted, start=1):
        asked = [q for q in some if q.task == group.task]
        without = table(list(ask(asked, store, weights=_without(weights, group))))
        before = next(frame for task, frame in whole.items() if task == group.task)[group.measure].dropna()
        after = without[group.measure].dropna()
        if len(before):
            found.append(
                Removal(
                    decision=group.decision,
                    signal=group.name,
                    task=group.task,
                    measure=group.measure,
                    n=len(before),
                    whole=round(float(before.mean()), 4),
                    without=round(float(after.mean()), 4),
                )
            )
        told(number, len(wanted))
    return found


def _without(weights: Weights, group: Group) -> Weights:
    kept = {n: w for n, w in getattr(weights, group.decision).items() if n not in group.signals}
    return replace(weights, **{group.decision: kept})
