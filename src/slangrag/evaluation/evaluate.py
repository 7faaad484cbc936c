"""evaluate: files of questions in, one report out. What `slangrag eval` and the regression tests call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slangrag.errors import EngineMissing, UsageError
from slangrag.evaluation.ablation import Removal, ablate
from slangrag.evaluation.asking import HITS, Timed, ask, sample
from slangrag.evaluation.questions import read_questions
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.types import Intent, Mode

if TYPE_CHECKING:
    import pandas as pd

Told = Callable[[str, int, int], None]
"""Hears (stage, done, total); the stages are "questions" and "ablation"."""


@dataclass(frozen=True)
class EvalReport:
    """Figures over all questions and by task, with the table of every question behind them.

    metrics and by_task hold what `metrics.figures` gives; by_kind the same where questions have kinds.
    """

    dataset: str
    n: int
    metrics: dict[str, Any]
    by_task: dict[str, dict[str, Any]]
    by_kind: dict[str, dict[str, Any]]
    config: dict[str, Any]
    removals: tuple[Removal, ...]
    questions: pd.DataFrame


def evaluate(
    paths: Sequence[Path],
    store: SlangStore,
    *,
    mode: Mode = "hybrid",
    ablation: bool = False,
    per_task: int | None = None,
    intent: Intent | None = None,
    told: Told = lambda _stage, _done, _total: None,
) -> EvalReport:
    """Ask every question of the files (or `per_task` of each task) and measure.

    intent overrules how every question is read. ablation also asks a sample of them again without each
    group of signals, hybrid mode only. Raises UsageError for another mode with it, EngineMissing without
    the packages of the extra `eval`, and the InputErrors of the reader.
    """
    try:
        from slangrag.evaluation.metrics import figures, table
    except ImportError as error:
        raise _no_packages() from error

    if ablation and mode != "hybrid":
        raise UsageError(
            "only hybrid retrieval has signals to leave out", hint="slangrag eval FILE --ablation"
        )
    questions = read_questions(paths)
    store.wrap_embedder(Timed)
    if per_task is not None:
        questions = sample(questions, per_task)
    try:
        asked = ask(questions, store, mode=mode, intent=intent, told=lambda d, t: told("questions", d, t))
        frame = table(list(asked))
    except ImportError as error:
        raise _no_packages() from error
    removals = ablate(questions, store, told=lambda d, t: told("ablation", d, t)) if ablation else []
    return EvalReport(
        dataset=", ".join(path.name for path in paths),
        n=len(frame),
        metrics=figures(frame),
        by_task={str(task): figures(rows) for task, rows in frame.groupby("task", sort=False)},
        by_kind={str(kind): figures(rows) for kind, rows in frame.groupby("kind", sort=False) if kind},
        config={
            "mode": mode,
            "hits": HITS,
            "per_task": per_task,
            "read_as": intent,
            "entries": store.lexicon.counts()["entries"],
            "embedder": _embedder(store),
            "notes": list(store.lacks),
        },
        removals=tuple(removals),
        questions=frame,
    )


def _embedder(store: SlangStore) -> str | None:
    kept = store.lexicon.meta("embedder")
    return None if kept is None else f"{kept['engine']}/{kept['model']}"


def _no_packages() -> EngineMissing:
    return EngineMissing("evaluation needs ir_measures and pandas", hint="pip install 'slangrag[eval]'")
