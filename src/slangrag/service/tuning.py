"""Tuning an embedder, as a door asks for it: the store, its embedder and the models found, each step called.

The plans and the outcomes of `slangrag.tuning` are named here for the doors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from slangrag.config import Settings
from slangrag.errors import InputMissing, StoreMissing, UsageError
from slangrag.ingest.plan import Progress
from slangrag.ingest.stop import StopFlag
from slangrag.tuning.adopting import Adopted
from slangrag.tuning.collecting import Collected, QueryPlan
from slangrag.tuning.comparing import Compared, Verdict
from slangrag.tuning.folder import TuneFolder
from slangrag.tuning.mining import Mined, MinePlan
from slangrag.tuning.training.plan import Precision, TrainingNote, TrainPlan

if TYPE_CHECKING:
    from slangrag.engines.protocols import Embedder, EmbedderIdentity
    from slangrag.service.engines import Fetching

__all__ = [
    "Adopted",
    "Collected",
    "Compared",
    "MinePlan",
    "Mined",
    "QueryPlan",
    "StopFlag",
    "TrainPlan",
    "TrainingNote",
    "TuneFolder",
    "Verdict",
    "adopt",
    "collect",
    "compare",
    "mine",
    "precision",
    "train",
]

Told = Callable[[Progress], None]


def collect(
    settings: Settings,
    folder: TuneFolder,
    plan: QueryPlan,
    fetching: Fetching | None,
    *,
    ask_model: bool,
    progress: Told,
    stop: StopFlag,
) -> tuple[Collected, str]:
    """Queries into the folder, and a note on who wrote them; see `slangrag.tuning.collecting.collect`."""
    from slangrag.service import engines
    from slangrag.store.lexicon import open_lexicon
    from slangrag.tuning import collecting

    chat, note = None, ""
    if ask_model and plan.written:
        chosen = engines.chat_model(settings, fetching)
        identity = chosen.model.identity
        if identity.capable or settings.chat_model:
            chat, note = chosen.model, chosen.note
        else:
            note = (
                f"{identity.model} is too small to write queries: from the data only (--model NAME to insist)"
            )
    with open_lexicon(settings.store) as lexicon:
        return collecting.collect(lexicon, folder, plan, chat, progress=progress, stop=stop), note


def mine(
    settings: Settings,
    folder: TuneFolder,
    plan: MinePlan,
    fetching: Fetching | None,
    *,
    progress: Told,
    stop: StopFlag,
) -> Mined:
    """Hard negatives for the folder's queries; see `slangrag.tuning.mining.mine`."""
    from slangrag.retrieval.slang_store import open_store
    from slangrag.tuning import mining

    embedder = _stored(settings, fetching)
    with open_store(settings.store, lambda: embedder) as store:
        return mining.mine(store, folder, plan, progress=progress, stop=stop)


def train(
    settings: Settings,
    folder: TuneFolder,
    plan: TrainPlan,
    fetching: Fetching | None,
    *,
    progress: Told,
    stop: StopFlag,
) -> TrainingNote:
    """An embedder trained on the folder's examples; see `slangrag.tuning.training.run.train`.

    Without a base in the plan: the weights behind the store's embedder, and its prefixes.
    """
    from slangrag.engines.ollama.prefixes import Templates, templates_for
    from slangrag.tuning.training import bases, run

    if plan.base is None:
        identity = _identity(settings)
        base = bases.base_of(identity)
        templates = Templates(identity.document_template, identity.query_template)
    else:
        base = plan.base
        templates = templates_for(base, settings.query_prefix, settings.document_prefix)
    place = base
    if not bases.is_folder(base) and base.casefold() in bases.MINILM_NAMES:
        place = str(_minilm(settings, folder, fetching))
    return run.train(
        folder, plan, base, place, templates, threads=settings.threads, progress=progress, stop=stop
    )


def compare(
    settings: Settings,
    folder: TuneFolder,
    files: Sequence[Path],
    tuned: str | None,
    fetching: Fetching | None,
    *,
    progress: Told,
    stop: StopFlag,
) -> Verdict:
    """The tuned embedder against the store's own; see `slangrag.tuning.comparing.compare`.

    tuned: what `--embed-model` would take; None is what `tune export` wrote. Without files: the questions
    that `tune queries` held out. Raises InputMissing where there is no model, or no question.
    """
    from slangrag.tuning import comparing
    from slangrag.tuning.training.plan import read_note

    if not files and not (folder.questions.is_file() and folder.questions.stat().st_size):
        raise InputMissing(
            f"{folder.questions} holds no questions: nothing was held out that says anything",
            hint="slangrag tune eval QUESTIONS.jsonl (lines with task, query and headword)",
        )
    before = _stored(settings, fetching)
    after = _made(settings, tuned or _exported(folder), fetching)
    seen = frozenset(read_note(folder.training).headwords) if folder.training.is_file() else frozenset()
    return comparing.compare(
        settings.store,
        folder,
        files or [folder.questions],
        before,
        after,
        seen=seen,
        progress=progress,
        stop=stop,
    )


def adopt(
    settings: Settings,
    folder: TuneFolder,
    fetching: Fetching | None,
    *,
    force: bool,
    progress: Told,
    stop: StopFlag,
) -> Adopted:
    """The compared embedder into the store; see `slangrag.tuning.adopting.adopt`."""
    from slangrag.service.indexing import index_choice
    from slangrag.tuning import adopting, comparing

    _identity(settings)
    named = str(comparing.read_verdict(folder).after["model"])
    return adopting.adopt(
        settings.store,
        folder,
        lambda file: _made(settings, str(file or named), fetching),
        index_choice(settings),
        force=force,
        progress=progress,
        stop=stop,
    )


def precision(name: str) -> Precision:
    """The precision of that name. Raises UsageError for another."""
    if name not in get_args(Precision):
        raise UsageError(
            f"there is no precision {name!r}", hint=f"--precision {', '.join(get_args(Precision))}"
        )
    return cast("Precision", name)


def _identity(settings: Settings) -> EmbedderIdentity:
    """The store's embedder. Raises StoreMissing."""
    from slangrag.store.fingerprint import stored_identity

    stored = stored_identity(settings.store)
    if stored is None:
        raise StoreMissing(f"there is no store at {settings.store}", hint="slangrag ingest CSV")
    return stored


def _stored(settings: Settings, fetching: Fetching | None) -> Embedder:
    from slangrag.service import engines

    return engines.embedder(settings, _identity(settings), fetching).model


def _made(settings: Settings, model: str, fetching: Fetching | None) -> Embedder:
    from slangrag.service import engines

    return engines.embedder(replace(settings, embed_model=model), None, fetching).model


def _exported(folder: TuneFolder) -> str:
    """The form that `tune export` named as the one to use."""
    if not folder.best.is_file():
        raise InputMissing(f"there is no {folder.best}: nothing was exported", hint="slangrag tune export")
    return folder.best.read_text(encoding="utf-8").strip()


def _minilm(settings: Settings, folder: TuneFolder, fetching: Fetching | None) -> Path:
    from slangrag.tuning.training.published import minilm

    if fetching is None:
        return minilm(settings.cache, folder.root / "base", fetch=False)
    with fetching() as progress:
        return minilm(settings.cache, folder.root / "base", fetch=True, progress=progress)
