"""A small curve in characters: how a number went over the steps of a training."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_ROWS: Final = 5
_WIDEST: Final = 60


def curve(values: Sequence[float], *, columns: int = _WIDEST, rows: int = _ROWS) -> list[str]:
    """`values` from left to right as lines of bars, the highest and the lowest number beside them.

    Where there are more values than columns, a column is the mean of its share of them. Empty for no value.
    """
    if not values:
        return []
    means = _binned(values, min(columns, len(values)))
    low, high = min(means), max(means)
    height = high - low or 1.0
    eighths = [1 + round((mean - low) / height * (8 * rows - 1)) for mean in means]
    lines = []
    for row in range(rows - 1, -1, -1):
        label = f"{high:.3f}" if row == rows - 1 else f"{low:.3f}" if row == 0 else ""
        bars = "".join(_EIGHTHS[max(0, min(8, one - 8 * row))] for one in eighths)
        lines.append(f"{label:>8} {bars}".rstrip())
    return lines


def _binned(values: Sequence[float], columns: int) -> list[float]:
    edges = [len(values) * n // columns for n in range(columns + 1)]
    return [sum(values[a:b]) / (b - a) for a, b in itertools.pairwise(edges)]
