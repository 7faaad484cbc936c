"""The JSON documents of `slangrag tune`. Fields are only ever added."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from slangrag.tuning.adopting import Adopted
    from slangrag.tuning.collecting import Collected
    from slangrag.tuning.comparing import Verdict
    from slangrag.tuning.mining import Mined
    from slangrag.tuning.training.plan import TrainingNote

Document = dict[str, Any]


def collected(found: Collected) -> Document:
    """`tune queries`."""
    writing = None
    if found.writing is not None:
        one = found.writing
        writing = {
            "entries": one.asked,
            "kept": dict(one.kept),
            "refused": dict(one.refused),
            "prompt_tokens": one.prompt_tokens,
            "answer_tokens": one.answer_tokens,
            "seconds": round(one.seconds, 1),
        }
    return {
        "queries": str(found.path),
        "held_out": str(found.questions),
        "examples": sum(found.kinds.values()),
        "by_kind": found.kinds,
        "by_source": found.sources,
        "headwords": found.headwords,
        "questions": found.held_out,
        "masked": found.masked,
        "unknown": found.unknown,
        "written": writing,
    }


def mined(found: Mined) -> Document:
    """`tune mine`."""
    return asdict(found)


def trained(found: TrainingNote, model: Path) -> Document:
    """`tune train`; headwords as their number."""
    return {**asdict(found), "headwords": len(found.headwords), "model": str(model)}


def verdict(found: Verdict) -> Document:
    """`tune eval`."""
    return {**asdict(found), "adoptable": not found.worse}


def adopted(found: Adopted, store: Path) -> Document:
    """`tune adopt`."""
    return {
        "store": str(store),
        "embedder": asdict(found.identity),
        "taken_over": found.taken,
        "in_spite_of": list(found.forced),
    }
