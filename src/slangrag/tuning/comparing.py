"""Before and after: the same held-out questions put to a store and to its copy with the tuned vectors.

Through the whole of retrieval and through vectors alone, by task, with paired intervals. A task that gets
worse by more than chance stands in the way of adoption.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.errors import EngineMissing, InputFormat, InputMissing, InputUnreadable
from slangrag.evaluation.asking import Timed, ask
from slangrag.evaluation.questions import Question, read_questions
from slangrag.ingest.plan import Report
from slangrag.ingest.progress import Meter
from slangrag.ingest.reembedding import reembed_store
from slangrag.ingest.stop import StopFlag
from slangrag.retrieval.slang_store import open_store
from slangrag.retrieval.types import Mode
from slangrag.store import fingerprint
from slangrag.store.index.choice import NONE, IndexChoice
from slangrag.store.lexicon import open_lexicon
from slangrag.store.moving.copying import copy_store
from slangrag.text.forms import fold
from slangrag.tuning.folder import TuneFolder

if TYPE_CHECKING:
    import pandas as pd

    from slangrag.engines.protocols import Embedder

MODES: Final[tuple[Mode, ...]] = ("hybrid", "dense")
DECISIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "define": ("R@1",),
    "sentence": ("R@1", "sense_accuracy"),
    "reverse": ("R@10",),
}
"""Of each task, the measures that decide. Each further one would be one more chance to fall by chance."""

_HINT: Final = "slangrag tune eval"


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of one task: before, after, their mean difference over n questions, its 95 % interval."""

    mode: str
    task: str
    measure: str
    n: int
    before: float
    after: float
    difference: float
    interval: tuple[float, float]

    @property
    def fell(self) -> bool:
        """Whether it is worse by more than its interval."""
        return self.interval[1] < 0

    @property
    def rose(self) -> bool:
        """Whether it is better by more than its interval."""
        return self.interval[0] > 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison found. left_out: questions about headwords that the training saw.

    before and after are the embedders, in the words of `fingerprint.to_meta`; saved_at of the store's last
    commit when it was copied. worse: what stands in the way of adoption, in words.
    """

    store: str
    saved_at: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    questions: int
    left_out: int
    compared: tuple[Compared, ...]
    worse: tuple[str, ...]
    made_at: str


def compare(
    root: Path,
    folder: TuneFolder,
    files: Sequence[Path],
    before: Embedder,
    after: Embedder,
    *,
    seen: frozenset[str],
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> Verdict:
    """Compare `before`, the store's embedder, with `after`, and write the verdict into the folder.

    seen: folds of headwords that no question may be about. The copy is made once, and gone on with after a
    stop. Raises InputMissing where no question is left, EngineMissing without the extra `eval`, what copying
    and embedding raise, StoppedEarly.
    """
    stop = stop or StopFlag()
    asked = read_questions(files)
    kept = [one for one in asked if fold(one.headword) not in seen]
    if not kept:
        raise InputMissing(
            f"all {len(asked):,} questions are about headwords that the training saw",
            hint="slangrag tune eval QUESTIONS.jsonl, with others",
        )
    saved_at = _candidate(root, folder, after, progress, stop)
    found: list[Compared] = []
    for mode in MODES:
        frames = [
            _measured(kept, place, embedder, mode, f"{mode}, {when}", progress, stop)
            for place, embedder, when in ((root, before, "before"), (folder.candidate, after, "after"))
        ]
        found += _compared(mode, *frames)
    worse = tuple(
        f"{one.task} {one.measure} {one.difference:+.3f} ({one.interval[0]:+.3f} to {one.interval[1]:+.3f})"
        for one in found
        if one.mode == "hybrid" and one.measure in DECISIVE[one.task] and one.fell
    )
    verdict = Verdict(
        store=str(root),
        saved_at=saved_at,
        before=fingerprint.to_meta(before.identity),
        after=fingerprint.to_meta(after.identity),
        questions=len(kept),
        left_out=len(asked) - len(kept),
        compared=tuple(found),
        worse=worse,
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    try:
        folder.verdict.write_text(json.dumps(asdict(verdict), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputUnreadable(f"{folder.verdict} cannot be written: {error}", hint="--dir DIR") from error
    return verdict


def read_verdict(folder: TuneFolder) -> Verdict:
    """What the last comparison found. Raises InputMissing, InputUnreadable, InputFormat."""
    path = folder.verdict
    if not path.is_file():
        raise InputMissing(f"there is no {path}: nothing was compared there", hint=_HINT)
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        compared = tuple(Compared(**{**one, "interval": tuple(one["interval"])}) for one in row["compared"])
        return Verdict(**{**row, "compared": compared, "worse": tuple(row["worse"])})
    except OSError as error:
        raise InputUnreadable(f"{path} cannot be read: {error}", hint=_HINT) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputFormat(f"{path} is no verdict: {error!r}", hint=_HINT) from error


def _candidate(
    root: Path, folder: TuneFolder, after: Embedder, progress: Report, stop: StopFlag
) -> str | None:
    """The copy with `after`'s vectors, made or gone on with; when the store that it is of was last saved."""
    with open_lexicon(root) as lexicon:
        saved_at = lexicon.as_of().saved_at
        number = lexicon.number
    # What the copy is of is noted beside it: a store that was loaded into since is copied again.
    note = folder.candidate.with_name(folder.candidate.name + ".json")
    wanted = {"number": number, "saved_at": saved_at, "embedder": fingerprint.to_meta(after.identity)}
    there = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else None
    if there != wanted or not folder.candidate.is_dir():
        shutil.rmtree(folder.candidate, ignore_errors=True)
        folder.root.mkdir(parents=True, exist_ok=True)
        copy_store(root, folder.candidate, with_index=False)
        note.write_text(json.dumps(wanted), encoding="utf-8")
    reembed_store(folder.candidate, after, IndexChoice(NONE), progress=progress, stop=stop)
    return saved_at


def _measured(
    questions: Sequence[Question],
    place: Path,
    embedder: Embedder,
    mode: Mode,
    stage: str,
    progress: Report,
    stop: StopFlag,
) -> pd.DataFrame:
    try:
        from slangrag.evaluation.metrics import table
    except ImportError as error:
        raise EngineMissing(
            "evaluation needs ir_measures and pandas", hint="pip install 'slangrag[tune]'"
        ) from error
    meter = Meter(stage, progress)
    outcomes = []
    with open_store(place, lambda: embedder) as store:
        store.wrap_embedder(Timed)
        for outcome in ask(questions, store, mode=mode, told=meter.tell):
            if stop.requested:
                raise stop.leave("the vectors are kept, the comparison is not finished")
            outcomes.append(outcome)
    return table(outcomes)


def _compared(mode: Mode, before: pd.DataFrame, after: pd.DataFrame) -> list[Compared]:
    from slangrag.evaluation.metrics import paired

    found = []
    for task, measures in paired(after, before).items():
        rows = before["task"] == task
        for measure, one in measures.items():
            column = "sense" if measure == "sense_accuracy" else measure
            found.append(
                Compared(
                    mode=mode,
                    task=task,
                    measure=measure,
                    n=one["n"],
                    before=round(float(before.loc[rows, column].mean()), 4),
                    after=round(float(after.loc[rows, column].mean()), 4),
                    difference=one["difference"],
                    interval=(one["interval"][0], one["interval"][1]),
                )
            )
    return found
