"""Rows of `vectors` as numpy has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def as_matrix(rows: Sequence[tuple[int, bytes]]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Rows of `vectors` as row ids and vectors, shapes (rows,) and (rows, dimension)."""
    import numpy as np

    rids = np.fromiter((rid for rid, _ in rows), np.int64, len(rows))
    halves = np.frombuffer(b"".join(blob for _, blob in rows), "<f2")
    return rids, halves.astype(np.float32).reshape(len(rows), -1 if rows else 0)
