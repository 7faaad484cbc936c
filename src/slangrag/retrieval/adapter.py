"""The query-side adapter: a small linear map that moves a bare description towards other people's words.

Fitted by `benchmarks/fit_adapter.py` on pairs of definitions of one headword, for one embedder, which
is told by the digest of its weights. Any other embedder's vectors pass unchanged. A fine-tuned embedder
needs no adapter: it has a digest of its own.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from slangrag.engines.protocols import EmbedderIdentity, Vectors


def adapt(vector: Vectors, identity: EmbedderIdentity) -> tuple[Vectors, bool]:
    """The adapted unit vector of a description, shape (dimension,), and whether an adapter was there."""
    factors = _factors(identity.digest) if identity.digest else None
    if factors is None:
        return vector, False
    import numpy as np

    left, right = factors
    moved = vector + (vector @ left) @ right
    return (moved / np.linalg.norm(moved)).astype(np.float32), True


@cache
def _factors(digest: str) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """The map less the identity as two factors, shapes (dimension, rank) and (rank, dimension)."""
    resource = files("slangrag.retrieval").joinpath("adapters", f"{digest}.npz")
    if not resource.is_file():
        return None
    import numpy as np

    with as_file(resource) as path, np.load(path) as stored:
        return stored["left"].astype(np.float32), stored["right"].astype(np.float32)
