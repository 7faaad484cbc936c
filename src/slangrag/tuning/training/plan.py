"""What a training is asked to do, and what is noted of one that was done. Plain data."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from slangrag.errors import InputFormat, InputMissing, InputUnreadable
from slangrag.tuning.examples import Example, to_line

Precision = Literal["auto", "fp32", "bf16", "fp16"]
_NOTE_HINT: Final = "slangrag tune train"


@dataclass(frozen=True, slots=True)
class TrainPlan:
    """How to train.

    base: a folder, a name on the hub, or None for the model of the store's embedder. batch: queries that
    share their in-batch negatives. group: negatives of its own that each query brings, at most. query_length
    and passage_length: in tokens; what is longer is cut. steps overrules epochs. memory_batch: texts that go
    through the model at once, which decides how much memory it takes and changes no result.
    """

    base: str | None = None
    epochs: int = 1
    steps: int | None = None
    batch: int = 64
    memory_batch: int = 32
    group: int = 1
    learning_rate: float = 3e-5
    warmup: float = 0.1
    temperature: float = 0.02
    query_length: int = 64
    passage_length: int = 192
    precision: Precision = "auto"
    seed: int = 0

    def key(self, base: str, examples: Sequence[Example]) -> str:
        """What tells this training from another: a stopped one goes on only if all of it is the same."""
        digest = sha256(json.dumps([base, asdict(self)], sort_keys=True).encode())
        for example in examples:
            digest.update(to_line(example).encode("utf-8", "replace"))
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Loss:
    """The mean loss of the steps since the last one noted, up to this step."""

    step: int
    loss: float


@dataclass(frozen=True, slots=True)
class TrainingNote:
    """What a tuned model is made of: kept as `training.json` in its folder.

    headwords: folds of those that it saw, which no evaluation may ask about. document_template and
    query_template: as in `EmbedderIdentity`. seconds: of the run that finished it.
    """

    base: str
    plan: dict[str, Any]
    document_template: str
    query_template: str
    examples: int
    kinds: dict[str, int]
    losses: tuple[Loss, ...]
    steps: int
    seconds: float
    device: str
    headwords: tuple[str, ...]


def write_note(note: TrainingNote, path: Path) -> None:
    """Keep the note. Raises InputUnreadable."""
    try:
        path.write_text(json.dumps(asdict(note), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputUnreadable(f"{path} cannot be written: {error.strerror}", hint="--dir DIR") from error


def read_note(path: Path) -> TrainingNote:
    """The note of a tuned model. Raises InputMissing, InputUnreadable, InputFormat."""
    if not path.is_file():
        raise InputMissing(f"there is no {path}: nothing was trained there", hint=_NOTE_HINT)
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        losses = tuple(Loss(**one) for one in row.pop("losses"))
        return TrainingNote(**{**row, "losses": losses, "headwords": tuple(row["headwords"])})
    except OSError as error:
        raise InputUnreadable(f"{path} cannot be read: {error}", hint=_NOTE_HINT) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputFormat(f"{path} is no note of a training: {error!r}", hint=_NOTE_HINT) from error
