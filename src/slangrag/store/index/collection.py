"""One open Chroma collection, in a directory or on a server, and how it is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final

from slangrag.sources.entry import Entry
from slangrag.store.index.choice import IndexChoice
from slangrag.store.index.protocol import IndexRows

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from chromadb import Collection
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from numpy.typing import NDArray

SYNC_THRESHOLD: Final = 1000  # Chroma's own default
_DOCUMENTS: Final = "documents"


class OpenCollection:
    """One open collection. Chroma's client may be asked from several threads.

    errors(): a context that turns Chroma's errors into the store's.
    """

    def __init__(self, collection: Collection, errors: Callable[[], AbstractContextManager[None]]) -> None:
        self.collection = collection
        self._errors = errors
        self._documents = bool((collection.metadata or {}).get(_DOCUMENTS, True))
        self.rows = collection.count()

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The k nearest entries as (entry id, cosine), best first."""
        wanted = min(k, self.rows)
        if wanted < 1:
            return []
        with self._errors():
            found = self.collection.query(
                query_embeddings=vector.reshape(1, -1), n_results=wanted, include=["distances"]
            )
        assert found["distances"] is not None
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def present(self, entry_ids: Sequence[str]) -> set[str]:
        """Which of these entries have a row."""
        with self._errors():
            return set(self.collection.get(ids=list(entry_ids), include=[])["ids"])

    def add(self, rows: IndexRows) -> None:
        """Add entries that are not there yet."""
        texts = [f"{entry.word}: {entry.definition}" for entry in rows.entries] if self._documents else None
        with self._errors():
            self.collection.add(
                ids=[entry.entry_id for entry in rows.entries],
                embeddings=rows.vectors,
                documents=texts,
                metadatas=[_metadata(entry) for entry in rows.entries],
            )
        self.rows += len(rows.entries)

    def delete(self, entry_ids: Sequence[str]) -> None:
        """Take out entries."""
        with self._errors():
            self.collection.delete(ids=list(entry_ids))
            self.rows = self.collection.count()


def configuration() -> CreateCollectionConfiguration:
    """Of a new collection.

    Cosine, since Chroma's default is l2 and cannot be changed later. With 24 neighbours and 60 candidates a
    build is 1.6 times as fast as with 32 and 100, and finds as much where a question looks at 200 and not at
    100 (recall@10 .981 and .982 on 45,661 real rows; with Chroma's own 16, 100 and 100 .964). At 200,000
    mixed rows it finds .966 with 200, .980 with 400 (3.7 ms).
    """
    return {
        "hnsw": {
            "space": "cosine",
            "max_neighbors": 24,
            "ef_construction": 60,
            "ef_search": 400,
            "sync_threshold": SYNC_THRESHOLD,
        }
    }


def metadata(choice: IndexChoice, rows: int) -> dict[str, bool]:
    """Of a new collection that will have about so many rows."""
    return {_DOCUMENTS: choice.has_documents(rows)}


def _metadata(entry: Entry) -> dict[str, str | int]:
    """What other Chroma tools may filter by; each value costs a fiftieth of the build.

    An unknown vote is absent: Chroma has no null.
    """
    kept: dict[str, str | int] = {"word": entry.word, "rating": entry.rating}
    if entry.up_votes is not None:
        kept["up_votes"] = entry.up_votes
    if entry.down_votes is not None:
        kept["down_votes"] = entry.down_votes
    return kept
