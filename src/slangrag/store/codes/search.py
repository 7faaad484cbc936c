"""Nearest entries to a vector, by binary codes and the lexicon's own vectors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.errors import StoreDamaged
from slangrag.store.codes.file import CodeFile
from slangrag.store.codes.rows import codes_named, waiting_rows
from slangrag.store.codes.scan import candidates
from slangrag.store.lexicon import Lexicon

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Rows compared exactly: of the ten nearest all are among a thousand, of the 250 that a description is
# weighed with .976 among two thousand (.917 among one; MiniLM, 45,661 real rows).
_LEAST_COMPARED: Final = 1000
_COMPARED: Final = 8  # times as many as are wanted


class OpenCodes:
    """The codes of a store, opened once. Safe for several threads, each with a lexicon of its own."""

    def __init__(self, codes: CodeFile | None, note: str = "") -> None:
        self._codes = codes
        self.note = note
        """What is amiss, in plain words."""

    def nearest(self, vector: NDArray[np.float32], k: int, lexicon: Lexicon) -> list[tuple[int, float]]:
        """The `k` nearest entries as (row id, cosine in [-1, 1]), best first; fewer where there are fewer.

        vector: float32, shape (dimension,), of any length but 0. Cosines are exact. Rows that are not
        coded yet are compared one and all; of the others, those that the codes say may be near.
        """
        import numpy as np

        unit = vector / np.linalg.norm(vector)
        best: dict[int, float] = {}
        if self._codes is not None and self._codes.segments:
            rids = candidates(self._codes, unit, max(_LEAST_COMPARED, _COMPARED * k))
            best = _best({}, *lexicon.vector_rows(rids.tolist()), unit, k)
        for part in waiting_rows(lexicon, self._codes):
            best = _best(best, *part, unit, k)
        return sorted(best.items(), key=lambda found: (-found[1], found[0]))[:k]


def _best(
    so_far: dict[int, float],
    rids: NDArray[np.int64],
    vectors: NDArray[np.float32],
    unit: NDArray[np.float32],
    k: int,
) -> dict[int, float]:
    """The best k of those so far and of these rows."""
    import numpy as np

    if not len(rids):
        return so_far
    cosines = vectors @ unit
    chosen = np.argpartition(cosines, -k)[-k:] if len(cosines) > k else np.arange(len(cosines))
    return so_far | dict(zip(rids[chosen].tolist(), cosines[chosen].tolist(), strict=True))


def open_codes(root: Path, lexicon: Lexicon) -> OpenCodes:
    """The codes of the store at `root`; without a usable file every row is compared exactly, and a note."""
    try:
        return OpenCodes(codes_named(root, lexicon))
    except StoreDamaged as error:
        return OpenCodes(None, f"{error.message}: every vector was compared. next: {error.hint}")
