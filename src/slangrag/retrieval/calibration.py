"""Calibration: cosines in units that mean the same with every embedder.

One embedder gives unrelated texts a cosine of .1 and another .8, and what counts as near differs as much.
So no cosine is weighed as it comes: it is taken as a distance from what the question has with entries that
are not meant, in units of how far such cosines scatter (a z-score, as in score normalisation for speaker
verification; Auckenthaler et al. 2000). The background is measured on the store's own vectors: no
question and no embedder is needed. Kept in the lexicon beside the fingerprint; measured again at the end
of every load and by `slangrag store calibrate`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from slangrag.store.fingerprint import EMBEDDER

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors
    from slangrag.store.lexicon import Lexicon
    from slangrag.store.writer import LexiconWriter

BACKGROUND: Final = "background"
_SAMPLE: Final = 1000
_DECIMALS: Final = 5
_LEAST_SPREAD: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Background:
    """centre: the mean of the store's vectors, so that its product with a question's vector is the mean
    cosine of that question to all entries. spread: the standard deviation of cosines around that mean.
    rows: on how many vectors it was measured; with fewer than two, cosines pass unchanged.
    """

    centre: tuple[float, ...]
    spread: float
    rows: int

    def standardise(self, cosines: Mapping[int, float], question: Vectors) -> dict[int, float]:
        """Cosines of one question, by row id, as z-scores; question is its vector, shape (dimension,)."""
        if self.rows < 2:
            return dict(cosines)
        import numpy as np

        mean = float(np.asarray(self.centre, np.float32) @ question)
        return {rid: (cosine - mean) / self.spread for rid, cosine in cosines.items()}


def measure(lexicon: Lexicon) -> Background:
    """The background of a store's vectors, from at most 1,000 of them, evenly spaced: always the same."""
    import numpy as np

    last = lexicon.last_row()
    step = max(last // _SAMPLE, 1)
    vectors = list(lexicon.vectors(range(1, last + 1, step)).values())
    if len(vectors) < 2:
        return Background((), 1.0, len(vectors))
    sample = np.stack(vectors)
    centre = sample.mean(axis=0)
    around = sample @ sample.T - (sample @ centre)[:, None]
    apart = around[~np.eye(len(sample), dtype=bool)]
    spread = max(float(apart.std()), _LEAST_SPREAD)
    return Background(
        tuple(round(float(x), _DECIMALS) for x in centre), round(spread, _DECIMALS), len(sample)
    )


def calibrate(writer: LexiconWriter) -> Background:
    """Measure the background and keep it; the caller commits."""
    found = measure(writer)
    kept = {"embedder": writer.meta(EMBEDDER), "centre": list(found.centre), "spread": found.spread}
    writer.set_meta(BACKGROUND, {**kept, "rows": found.rows})
    return found


def background_of(lexicon: Lexicon) -> Background:
    """The background that is kept, or, where there is none of this embedder, one measured now."""
    kept: dict[str, Any] | None = lexicon.meta(BACKGROUND)
    if kept is None or kept["embedder"] != lexicon.meta(EMBEDDER):
        return measure(lexicon)
    return Background(tuple(kept["centre"]), kept["spread"], kept["rows"])
