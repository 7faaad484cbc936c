"""What a training is asked to do, and what it reports. Plain data: no heavy package is needed for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from slangrag.errors import UsageError

Precision = Literal["auto", "bf16", "fp16", "fp32"]
PRECISIONS: Final[tuple[Precision, ...]] = get_args(Precision)


@dataclass(frozen=True, slots=True)
class TrainPlan:
    """One training. base is a folder, or a name on the Hugging Face hub.

    rank, alpha and dropout are LoRA's (Hu et al. 2021, arXiv 2106.09685: the update is alpha / rank times
    BA). learning_rate is the highest, after a short warm-up; it then falls along a cosine. batch pairs at
    once, accumulate times, make a step. max_length is in tokens. steps, if given, replaces epochs.
    four_bit holds the base in 4 bits (QLoRA, arXiv 2305.14314). threads are of the CPU; 0 leaves them to
    torch. Raises UsageError for what cannot be.
    """

    folder: Path
    base: str
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05
    learning_rate: float = 2e-4
    epochs: float = 2.0
    batch: int = 2
    accumulate: int = 8
    max_length: int = 2048
    precision: Precision = "auto"
    four_bit: bool = False
    steps: int | None = None
    seed: int = 0
    fresh: bool = False
    threads: int = 0

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise UsageError(
                f"--precision {self.precision!r} is none", hint=f"--precision {', '.join(PRECISIONS)}"
            )

    def identity(self) -> dict[str, Any]:
        """What makes it this training and no other: checkpoints of another are not gone on with."""
        told = asdict(self)
        return {name: value for name, value in told.items() if name not in {"folder", "fresh", "threads"}}


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What came of a training. losses are (step, mean loss a token) of the training pairs.

    before and after are the same of held-out pairs, without and with the adapter; None where there is no such
    pair. trained of parameters were trained. too_long counts pairs that were left out. seconds are of this
    run. nothing_to_do: this very training had been done before.
    """

    base: str
    adapter: Path
    steps: int
    epochs: float
    pairs: int
    held_out: int
    too_long: int
    trained: int
    parameters: int
    device: str
    precision: str
    losses: tuple[tuple[int, float], ...]
    before: float | None
    after: float | None
    seconds: float
    notes: tuple[str, ...] = ()
    nothing_to_do: bool = False
