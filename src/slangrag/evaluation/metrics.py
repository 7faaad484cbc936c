"""Metrics: from outcomes to figures with intervals.

R@k and MRR@10 are those of `ir_measures` over distinct headwords; intervals are percentile bootstraps
over questions. Knows nothing of stores.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from slangrag.evaluation.asking import Outcome

if TYPE_CHECKING:
    import pandas as pd

RANKED: Final = ("R@1", "R@5", "R@10", "MRR@10")
RESAMPLES: Final = 1000
KNOWN: Final = ("yes", "maybe", "no")


def table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row a question: what it was, what came of it, and its own figures.

    Columns of RANKED are empty for questions whose word the data lacks, `sense` where none is gold.
    """
    import pandas as pd

    rows = [
        {
            "dataset": o.question.dataset,
            "task": o.question.task,
            "kind": o.question.kind,
            "query": o.question.query,
            "headword": o.question.headword,
            "answerable": o.question.answerable,
            "read_as": o.intent,
            "known": o.known,
            "found": ", ".join(o.headwords[:3]),
            "rank": None if o.rank is None else o.rank + 1,
            "sense": None if o.sense is None else float(o.sense),
            "ms": o.milliseconds,
            "ms without embedder": o.milliseconds - o.embedding,
        }
        for o in outcomes
    ]
    frame = pd.DataFrame(rows)
    ranked = pd.DataFrame.from_dict(_ranked(outcomes), orient="index", columns=list(RANKED), dtype=float)
    return frame.join(ranked)


def _ranked(outcomes: Sequence[Outcome]) -> dict[int, list[float]]:
    """RANKED for each answerable question, by its number."""
    import ir_measures
    from ir_measures import RR, R

    from slangrag.text.forms import fold

    measures = {R @ 1: "R@1", R @ 5: "R@5", R @ 10: "R@10", RR @ 10: "MRR@10"}
    asked = {n: o for n, o in enumerate(outcomes) if o.question.answerable}
    if not asked:
        return {}
    right = [ir_measures.Qrel(str(n), fold(o.question.headword), 1) for n, o in asked.items()]
    # A question without hits must count as a miss, so each gets one that is never right.
    run = [
        ir_measures.ScoredDoc(str(n), word, -float(place))
        for n, o in asked.items()
        for place, word in enumerate((*o.headwords, "\0nothing"))
    ]
    found: dict[int, list[float]] = {n: [0.0] * len(RANKED) for n in asked}
    for metric in ir_measures.iter_calc(list(measures), right, run):
        found[int(metric.query_id)][RANKED.index(measures[metric.measure])] = float(metric.value)
    return found


def figures(frame: pd.DataFrame) -> dict[str, Any]:
    """Means of one group of questions, their 95 % intervals, `knowing`, how they were read, latency.

    Keys: n, those of RANKED and sense_accuracy where they apply, intervals (by the same names, [low,
    high]), counted (how many questions each is a mean of), knowing, read_as, ms (p50 and p95, without
    the embedder's own time).
    """
    result: dict[str, Any] = {"n": len(frame), "intervals": {}, "counted": {}}
    for column in (*RANKED, "sense"):
        values = frame[column].dropna().to_numpy(float)
        if len(values):
            name = "sense_accuracy" if column == "sense" else column
            result[name] = round(float(values.mean()), 4)
            result["intervals"][name] = interval(values)
            result["counted"][name] = len(values)
    result["knowing"] = knowing(frame)
    result["read_as"] = {str(k): int(v) for k, v in frame["read_as"].value_counts().items()}
    times = frame["ms without embedder"]
    result["ms"] = {"p50": round(float(times.quantile(0.5)), 2), "p95": round(float(times.quantile(0.95)), 2)}
    return result


def interval(values: Any) -> list[float]:
    """The 95 % percentile bootstrap interval of a mean. Source: Efron (1979), Ann. Statist. 7(1)."""
    import numpy as np

    rng = np.random.default_rng(0)
    means = [rng.choice(values, len(values)).mean() for _ in range(RESAMPLES)]
    return [round(float(np.quantile(means, share)), 4) for share in (0.025, 0.975)]


def paired(frame: pd.DataFrame, other: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """By task, how much better `frame` is than `other` on the same questions in the same order.

    Each measure's mean difference, its 95 % interval (a bootstrap over questions, both answers to one drawn
    together) and on how many questions it stands.
    """
    found: dict[str, dict[str, Any]] = {}
    for task in frame["task"].unique():
        rows = frame["task"] == task
        found[str(task)] = {}
        for column in (*RANKED, "sense"):
            apart = (frame.loc[rows, column] - other.loc[rows, column]).dropna().to_numpy(float)
            if len(apart):
                found[str(task)]["sense_accuracy" if column == "sense" else column] = {
                    "difference": round(float(apart.mean()), 4),
                    "interval": interval(apart),
                    "n": len(apart),
                }
    return found


def knowing(frame: pd.DataFrame) -> dict[str, Any]:
    """The confusion table of `known`, and the shares that matter.

    precision: of the questions answered "yes", those whose word is in the data. recall: of those whose
    word is there, the ones answered "yes". absent_not_claimed: of those whose word is not there, the
    ones answered "no" or "maybe". answerable_denied: of those whose word is there, the ones answered "no".
    """
    confusion = {
        name: {
            known: int(((frame["answerable"] == flag) & (frame["known"] == known)).sum()) for known in KNOWN
        }
        for name, flag in (("answerable", True), ("absent", False))
    }
    present, absent = confusion["answerable"], confusion["absent"]
    said, there, missing = present["yes"] + absent["yes"], sum(present.values()), sum(absent.values())
    return {
        "confusion": confusion,
        "precision": _share(present["yes"], said),
        "recall": _share(present["yes"], there),
        "answerable_denied": _share(present["no"], there),
        "absent_not_claimed": _share(missing - absent["yes"], missing),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
