"""The index as a Chroma directory beside the lexicon (HNSW, cosine): built aside, swapped in by rename.

The only module that imports chromadb, and that not before it is opened: a question answered by its
headword never needs it.
"""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.errors import StoreDamaged
from slangrag.sources.entry import Entry
from slangrag.store.index.protocol import IndexRows
from slangrag.store.lock import shared_lock

if TYPE_CHECKING:
    import numpy as np
    from chromadb import Collection
    from chromadb.api.collection_configuration import CreateCollectionConfiguration
    from numpy.typing import NDArray

NAME: Final = "slang"
_SYNC_THRESHOLD: Final = 1000  # Chroma's own default
_DATABASE: Final = "chroma.sqlite3"


class OpenChroma:
    """One open collection. Chroma's client may be asked from several threads."""

    def __init__(self, collection: Collection, path: Path) -> None:
        self.rows = collection.count()
        self.collection = collection
        self._path = path

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The k nearest entries as (entry id, cosine), best first. Recall@10 at 30,000 rows: .999."""
        wanted = min(k, self.rows)
        if wanted < 1:
            return []
        with chroma_errors(self._path):
            found = self.collection.query(
                query_embeddings=vector.reshape(1, -1), n_results=wanted, include=["distances"]
            )
        assert found["distances"] is not None
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def present(self, entry_ids: Sequence[str]) -> set[str]:
        """Which of these entries have a row."""
        with chroma_errors(self._path):
            return set(self.collection.get(ids=list(entry_ids), include=[])["ids"])

    def add(self, rows: IndexRows) -> None:
        """Add entries that are not there yet."""
        with chroma_errors(self._path):
            self.collection.add(
                ids=[entry.entry_id for entry in rows.entries],
                embeddings=rows.vectors,
                documents=[f"{entry.word}: {entry.definition}" for entry in rows.entries],
                metadatas=[_metadata(entry) for entry in rows.entries],
            )
        self.rows += len(rows.entries)

    def delete(self, entry_ids: Sequence[str]) -> None:
        """Take out entries."""
        with chroma_errors(self._path):
            self.collection.delete(ids=list(entry_ids))
            self.rows = self.collection.count()


class LocalChroma:
    """`chroma/` in a store's directory, and `chroma.building/` aside. `chroma/` is never written to."""

    kept_as = "index"
    batch = 5000  # Chroma takes 5461 at most; 5000 a call cost 1.6 times less CPU than 100

    def __init__(self, root: Path) -> None:
        self.path = root / "chroma"
        self.aside = root / "chroma.building"
        self.retired = root / "chroma.retired"
        self._lock = root / "chroma.lock"

    def preload(self) -> None:
        """Import Chroma: a second's work."""
        import chromadb  # noqa: F401

    def exists(self, *, aside: bool = False) -> bool:
        """Whether Chroma's database is in the directory."""
        return ((self.aside if aside else self.path) / _DATABASE).is_file()

    def bytes_on_disk(self) -> int:
        """What `chroma/` takes."""
        return sum(path.stat().st_size for path in self.path.rglob("*") if path.is_file())

    def opens(self, *, aside: bool = False, lock: int | None = None) -> bool:
        """Tried in a child process: a directory that was not closed cleanly can kill whoever opens it."""
        from slangrag.store.index.trial import survives

        return self.exists(aside=aside) and survives(self.aside if aside else self.path, lock)

    @contextmanager
    def open(self) -> Iterator[OpenChroma]:
        """`chroma/`, loaded whole (0.5 s at 300,000 rows, 384 dimensions)."""
        with ExitStack() as stack:
            with shared_lock(self._lock):
                opened = stack.enter_context(open_collection(self.path))
            yield opened

    def create_aside(self, *, copy: bool) -> None:
        """An empty collection, or a copy of `chroma/`."""
        self.drop_aside()
        if copy:
            shutil.copytree(self.path, self.aside)
            return
        with open_collection(self.aside, create=True):
            pass

    @contextmanager
    def open_aside(self) -> Iterator[OpenChroma]:
        """`chroma.building/`, to write to."""
        with open_collection(self.aside) as opened:
            yield opened

    def settle(self) -> int:
        """Write the tail of the log into the index files, so that no open replays it.

        Chroma persists every `sync_threshold` rows and keeps the rest in its log. Lowered to 2 (the least
        it takes), opened anew and asked for a count, it persists everything.
        """
        _set_threshold(self.aside, 2)
        with open_collection(self.aside) as opened:
            rows = opened.rows
        _set_threshold(self.aside, _SYNC_THRESHOLD)
        return rows

    @contextmanager
    def swap(self) -> Iterator[None]:
        """Two renames, while nobody opens. On Windows they fail while somebody has the old one open."""
        with shared_lock(self._lock, alone=True):
            if self.aside.exists():
                shutil.rmtree(self.retired, ignore_errors=True)
                if self.path.exists():
                    self.path.rename(self.retired)
                self.aside.rename(self.path)
            yield
        shutil.rmtree(self.retired, ignore_errors=True)

    def drop_aside(self) -> None:
        """Remove `chroma.building/`."""
        shutil.rmtree(self.aside, ignore_errors=True)


@contextmanager
def chroma_errors(path: Path) -> Iterator[None]:
    """Chroma's errors as StoreDamaged; a wedged directory is never tried again, since that makes it worse."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, ValueError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise StoreDamaged(
            f"the index at {path} cannot be used: {first}", hint="slangrag store rebuild"
        ) from error


@contextmanager
def open_collection(path: Path, *, create: bool = False) -> Iterator[OpenChroma]:
    """The collection in a Chroma directory; closed, and its files released, at the end."""
    import chromadb
    from chromadb.config import Settings

    with ExitStack() as stack:
        with chroma_errors(path):
            client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
            stack.callback(client.close)  # type: ignore[attr-defined]
            if create:
                client.create_collection(NAME, configuration=_configuration(), embedding_function=None)
            opened = OpenChroma(client.get_collection(NAME, embedding_function=None), path)
        yield opened


def _configuration() -> CreateCollectionConfiguration:
    # Cosine, since Chroma's default is l2 and cannot be changed later; 32 neighbours lift recall@10
    # at 30,000 rows from .977 to .999.
    return {"hnsw": {"space": "cosine", "max_neighbors": 32, "sync_threshold": _SYNC_THRESHOLD}}


def _set_threshold(path: Path, rows: int) -> None:
    """Set `sync_threshold`; it takes effect at the next open."""
    with open_collection(path) as opened, warnings.catch_warnings(), chroma_errors(path):
        # Chroma calls a collection whose vectors are made elsewhere "legacy" when it is modified.
        warnings.filterwarnings("ignore", "legacy embedding function config", DeprecationWarning)
        opened.collection.modify(configuration={"hnsw": {"sync_threshold": rows}})


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
