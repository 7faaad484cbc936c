"""A chat model of one's own, as a door asks for it: pairs from the store, training, export.

The plans and reports of `slangrag.tuning.chat` are named here for the doors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slangrag.config import Settings
from slangrag.errors import ModelUnfit, UsageError
from slangrag.ingest.stop import StopFlag
from slangrag.tuning.chat.exporting import ExportPlan, ExportReport
from slangrag.tuning.chat.plans import TrainPlan, TrainReport
from slangrag.tuning.chat.writing import PairsPlan, PairsReport, Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from slangrag.engines.protocols import Embedder
    from slangrag.service.engines import Fetching

__all__ = [
    "ExportPlan",
    "ExportReport",
    "PairsPlan",
    "PairsReport",
    "TrainPlan",
    "TrainReport",
    "export",
    "export_document",
    "make_pairs",
    "pairs_document",
    "train",
    "training_document",
]

Document = dict[str, Any]


def make_pairs(
    settings: Settings,
    plan: PairsPlan,
    *,
    ask_model: bool,
    fetching: Fetching | None,
    told: Told,
    stop: StopFlag,
) -> PairsReport:
    """Pairs from the store that the settings name; with ask_model, their chat model writes the answers.

    What a model says is judged by `settings.check`, quotations by words alone. Raises what `write_pairs`
    raises, ModelUnfit for a model too small to explain, and the errors of store and engine.
    """
    from slangrag.answer.support.checkers import by_words
    from slangrag.service import engines
    from slangrag.service.equipment import Equipment
    from slangrag.service.indexing import index_choice
    from slangrag.service.pool import StorePool
    from slangrag.store.fingerprint import stored_identity
    from slangrag.tuning.chat.writing import write_pairs

    def make_embedder() -> Embedder:
        return engines.embedder(settings, stored_identity(settings.store), fetching).model

    if settings.check == "off":
        raise UsageError("pairs are kept only if they are checked", hint="--check words")
    equipment = Equipment(settings, fetching)
    chat, checkers = None, by_words()
    if ask_model:
        chat = equipment.chosen_chat().model
        if not chat.identity.capable:
            raise ModelUnfit(
                f"{chat.identity.model} is too small to explain: it cannot write what others learn from",
                hint="--model with a larger one, or leave it out: the definitions are quoted",
            )
        checkers = equipment.checkers(chat)
    pool = StorePool(settings.store, index_choice(settings), make_embedder)
    try:
        with pool.borrow() as store:
            return write_pairs(store, plan, chat, equipment.generation(), checkers, told=told, stop=stop)
    finally:
        pool.close()


def train(plan: TrainPlan, *, told: Callable[[str, int, int, float], None], stop: StopFlag) -> TrainReport:
    """Train the adapter, or go on with it; see `slangrag.tuning.chat.training.train`."""
    from slangrag.tuning.chat import training

    return training.train(plan, told=told, stop=stop)


def export(plan: ExportPlan, *, told: Callable[[str, int, int], None]) -> ExportReport:
    """Write the adapter, or the merged model, for others; see `slangrag.tuning.chat.exporting.export`."""
    from slangrag.tuning.chat import exporting

    return exporting.export(plan, told=told)


def pairs_document(report: PairsReport) -> Document:
    """`tune chat pairs`."""
    return {
        "pairs": report.kept,
        "held_out": report.held_out,
        "asked": report.asked,
        "kinds": dict(report.kinds),
        "refused": dict(report.refused),
        "writer": report.writer,
        "prompt_tokens": report.prompt_tokens,
        "answer_tokens": report.answer_tokens,
        "seconds": report.seconds,
        "path": str(report.path),
        "notes": list(report.notes),
    }


def training_document(report: TrainReport) -> Document:
    """`tune chat train`."""
    return {
        "base": report.base,
        "adapter": str(report.adapter),
        "steps": report.steps,
        "epochs": report.epochs,
        "pairs": report.pairs,
        "too_long": report.too_long,
        "trained": report.trained,
        "parameters": report.parameters,
        "device": report.device,
        "precision": report.precision,
        "losses": [list(one) for one in report.losses],
        "held_out": {
            "pairs": report.held_out,
            "before": report.before,
            "after": report.after,
        },
        "seconds": report.seconds,
        "notes": list(report.notes),
    }


def export_document(report: ExportReport) -> Document:
    """`tune chat export`."""
    return {
        "form": report.form,
        "path": str(report.path),
        "modelfile": str(report.modelfile),
        "bytes": report.size,
        "probe": None
        if report.probe is None
        else {
            "texts": report.probe.texts,
            "tokens": report.probe.tokens,
            "max_difference": report.probe.max_difference,
            "same_token": report.probe.same_token,
        },
        "next": list(report.following),
        "notes": list(report.notes),
    }
