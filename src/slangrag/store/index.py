"""The index: nearest entries to a vector, from Chroma. Reading only; `store/build.py` makes it.

Imports chromadb at the first `open_index` and not before: a question answered by its headword never
needs it. Knows nothing of models or of ranking.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.errors import StoreDamaged, StoreMissing
from slangrag.store.build import state
from slangrag.store.collection import complaints, open_collection
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import Lexicon
from slangrag.store.lock import opening

if TYPE_CHECKING:
    import numpy as np
    from chromadb import Collection
    from numpy.typing import NDArray

_REBUILD: Final = "slangrag store rebuild"


class Index:
    """Approximate nearest neighbours over every entry's vector (HNSW, cosine)."""

    def __init__(self, collection: Collection, lexicon: Lexicon, path: Path, rows: int) -> None:
        self._collection = collection
        self._lexicon = lexicon
        self._path = path
        self.rows = rows

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """The `k` nearest entries as (row id, cosine in [-1, 1]), best first.

        vector: float32, shape (dimension,). Entries that have left the lexicon since the index was
        built are left out, so fewer than k may come.
        """
        wanted = min(k, self.rows)
        if wanted < 1:
            return []
        with complaints(self._path):
            found = self._collection.query(
                query_embeddings=vector.reshape(1, -1), n_results=wanted, include=["distances"]
            )
        assert found["distances"] is not None
        ids = found["ids"][0]
        rids = self._lexicon.row_ids(ids)
        distances = found["distances"][0]
        return [(rids[i], 1.0 - float(d)) for i, d in zip(ids, distances, strict=True) if i in rids]


@contextmanager
def open_index(root: Path, lexicon: Lexicon) -> Iterator[Index]:
    """The index of the store at `root`, loaded whole on opening (0.5 s at 300,000 rows, 384 dimensions).

    Raises StoreMissing where none was built yet (an ingest may be on its way to it), StoreDamaged
    where it cannot be used.
    """
    path = StoreLayout(root).chroma
    kept = state(lexicon)
    if kept is None or not (path / "chroma.sqlite3").is_file():
        raise StoreMissing(f"the index of {root} is not built yet", hint=_REBUILD)
    with opening(root):
        opened = open_collection(path)
        collection = opened.__enter__()
        rows = collection.count()
    try:
        if rows != kept.rows:
            raise StoreDamaged(f"the index at {path} has {rows} rows, not {kept.rows}", hint=_REBUILD)
        yield Index(collection, lexicon, path, rows)
    finally:
        opened.__exit__(None, None, None)
