"""What every training run needs: where to go on from, and the precision that this device can train in."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from slangrag.errors import UsageError

Computed = Literal["fp32", "bf16", "fp16"]


def newest_checkpoint(checkpoints: Path) -> str | None:
    """The checkpoint to go on from; one that a kill left half-written has no state: it is written last."""
    whole = [one.parent for one in checkpoints.glob("checkpoint-*/trainer_state.json")]
    newest = max(whole, key=lambda one: int(one.name.rpartition("-")[2]), default=None)
    return None if newest is None else str(newest)


def precision_for(wanted: str) -> Computed:
    """The precision to train in; "auto" is half of single where there is a GPU for it.

    Raises UsageError for one that this device cannot train in, or that is none.
    """
    import torch

    gpu = torch.cuda.is_available()
    if wanted == "auto":
        return "fp32" if not gpu else "bf16" if torch.cuda.is_bf16_supported() else "fp16"
    if wanted == "fp16" and not gpu:
        raise UsageError("fp16 needs a GPU", hint="--precision fp32, or bf16")
    if wanted == "bf16" and gpu and not torch.cuda.is_bf16_supported():
        raise UsageError("this GPU has no bf16", hint="--precision fp16")
    if wanted not in ("fp32", "bf16", "fp16"):
        raise UsageError(f"there is no precision {wanted!r}", hint="--precision auto, fp32, bf16 or fp16")
    return "fp32" if wanted == "fp32" else "bf16" if wanted == "bf16" else "fp16"
