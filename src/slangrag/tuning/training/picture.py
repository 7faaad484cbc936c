"""The loss curve as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from slangrag.tuning.training.plan import Loss


def draw(losses: Sequence[Loss], path: Path) -> None:
    """Draw the losses, by step, into an SVG file."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot([one.step for one in losses], [one.loss for one in losses], marker=".")
    axes.set(xlabel="step", ylabel="loss (mean since the last point)", ylim=(0, None))
    axes.grid(visible=True, alpha=0.3)
    figure.savefig(path, format="svg", metadata={"Date": None})
