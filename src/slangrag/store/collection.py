"""Chroma, held at arm's length: how its directory is opened and closed, its errors made ours.

The only module that imports chromadb. Knows nothing of the lexicon.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.errors import StoreDamaged

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.collection_configuration import CreateCollectionConfiguration

NAME: Final = "slang"
LARGEST_BATCH: Final = 5000  # Chroma takes 5461 at most; 5000 a call cost 1.6 times less CPU than 100
_SYNC_THRESHOLD: Final = 1000  # Chroma's own default
_REBUILD: Final = "slangrag store rebuild"


def _configuration() -> CreateCollectionConfiguration:
    # Cosine, since Chroma's default is l2 and cannot be changed later; 32 neighbours lift recall@10
    # at 30,000 rows from .977 to .999.
    return {"hnsw": {"space": "cosine", "max_neighbors": 32, "sync_threshold": _SYNC_THRESHOLD}}


def preload() -> None:
    """Import Chroma, a second's work, while there is something else to wait for."""
    import chromadb  # noqa: F401


@contextmanager
def complaints(path: Path) -> Iterator[None]:
    """Chroma's errors as StoreDamaged; a wedged directory is never tried again, since that makes it worse."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise StoreDamaged(f"the index at {path} cannot be used: {first}", hint=_REBUILD) from error


@contextmanager
def open_collection(path: Path, *, create: bool = False) -> Iterator[Collection]:
    """The collection in a Chroma directory; closed, and its files released, at the end.

    Raises StoreDamaged where Chroma cannot open it. A directory that was not closed cleanly can kill
    the process that opens it: see `slangrag.store.check`.
    """
    import chromadb
    from chromadb.config import Settings

    with complaints(path):
        client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
        try:
            if create:
                client.create_collection(NAME, configuration=_configuration(), embedding_function=None)
            yield client.get_collection(NAME, embedding_function=None)
        finally:
            client.close()  # type: ignore[attr-defined]


def settle(path: Path) -> int:
    """Write the tail of the log into the index files, so that no open replays it; rows in the collection.

    Chroma persists every `sync_threshold` rows and keeps the rest in its log. Lowered to 2 (the least
    it takes), opened anew and asked for a count, it persists everything.
    """
    _set_threshold(path, 2)
    with open_collection(path) as collection:
        count = collection.count()
    _set_threshold(path, _SYNC_THRESHOLD)
    return count


def _set_threshold(path: Path, rows: int) -> None:
    """Set `sync_threshold`; it takes effect at the next open."""
    with open_collection(path) as collection, warnings.catch_warnings():
        # Chroma calls a collection whose vectors are made elsewhere "legacy" when it is modified.
        warnings.filterwarnings("ignore", "legacy embedding function config", DeprecationWarning)
        collection.modify(configuration={"hnsw": {"sync_threshold": rows}})
