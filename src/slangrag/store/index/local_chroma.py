"""The index as a Chroma directory beside the lexicon (HNSW, cosine): built aside, swapped in by rename."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final

from slangrag.errors import StoreDamaged
from slangrag.store.index import collection
from slangrag.store.index.choice import IndexChoice
from slangrag.store.index.collection import OpenCollection
from slangrag.store.lock import shared_lock

NAME: Final = "slang"
_DATABASE: Final = "chroma.sqlite3"


class LocalChroma:
    """`chroma/` in a store's directory, and `chroma.building/` aside. `chroma/` is never written to."""

    kept_as = "index"
    batch = 5000  # Chroma takes 5461 at most; 5000 a call cost 1.6 times less CPU than 100

    def __init__(self, root: Path, choice: IndexChoice | None = None) -> None:
        self.path = root / "chroma"
        self.aside = root / "chroma.building"
        self.retired = root / "chroma.retired"
        self._lock = root / "chroma.lock"
        self._choice = choice or IndexChoice()

    def preload(self) -> None:
        """Import Chroma: a second's work."""
        import chromadb  # noqa: F401

    def exists(self, *, aside: bool = False) -> bool:
        """Whether Chroma's database is in the directory."""
        return ((self.aside if aside else self.path) / _DATABASE).is_file()

    def bytes_on_disk(self) -> int:
        """What `chroma/` takes."""
        taken = 0
        for folder, _, files in os.walk(self.path):
            for name in files:
                with suppress(FileNotFoundError):  # swapped meanwhile
                    taken += (Path(folder) / name).stat().st_size
        return taken

    def opens(self, *, aside: bool = False, lock: int | None = None) -> bool:
        """Tried in a child process: a directory that was not closed cleanly can kill whoever opens it."""
        from slangrag.store.index.trial import survives

        path = self.aside if aside else self.path
        return self.exists(aside=aside) and not _swollen(path) and survives(path, lock)

    @contextmanager
    def open(self) -> Iterator[OpenCollection]:
        """`chroma/`, loaded whole (0.5 s at 300,000 rows, 384 dimensions)."""
        with ExitStack() as stack:
            with shared_lock(self._lock):
                opened = stack.enter_context(open_directory(self.path))
            yield opened

    def create_aside(self, *, copy: bool, rows: int) -> None:
        """An empty collection, or a copy of `chroma/`."""
        self.drop_aside()
        if copy:
            shutil.copytree(self.path, self.aside)
            return
        with open_directory(self.aside, create=collection.metadata(self._choice, rows)):
            pass

    @contextmanager
    def open_aside(self) -> Iterator[OpenCollection]:
        """`chroma.building/`, to write to."""
        with open_directory(self.aside) as opened:
            yield opened

    def settle(self) -> int:
        """Write the tail of the log into the index files, so that no open replays it.

        Chroma persists every `sync_threshold` rows and keeps the rest in its log. Lowered to 2 (the least
        it takes), opened anew and asked for a count, it persists everything.
        """
        _set_threshold(self.aside, 2)
        with open_directory(self.aside) as opened:
            rows = opened.rows
        _set_threshold(self.aside, collection.SYNC_THRESHOLD)
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
    def kept_still(self) -> Iterator[None]:
        """Who would swap waits."""
        with shared_lock(self._lock):
            yield

    def copy_to(self, root: Path, copy: Callable[[str, str], object]) -> bool:
        """Copy `chroma/` into the directory `root`."""
        if not self.exists():
            return False
        shutil.copytree(self.path, root / self.path.name, copy_function=copy)
        return True


def _swollen(path: Path) -> bool:
    """Whether links between rows take more than the rows: a kill can leave terabytes of them, on paper."""
    return any(
        links.stat().st_size > links.with_name("data_level0.bin").stat().st_size
        for links in path.glob("*/link_lists.bin")
        if links.with_name("data_level0.bin").is_file()
    )


@contextmanager
def directory_errors(path: Path) -> Iterator[None]:
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
def open_directory(path: Path, *, create: dict[str, bool] | None = None) -> Iterator[OpenCollection]:
    """The collection in a Chroma directory; closed, and its files released, at the end.

    create: the metadata of a collection to make first.
    """
    import chromadb
    from chromadb.config import Settings

    with ExitStack() as stack:
        with directory_errors(path):
            client = chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
            stack.callback(client.close)  # type: ignore[attr-defined]
            if create is not None:
                client.create_collection(
                    NAME,
                    configuration=collection.configuration(),
                    metadata=create,
                    embedding_function=None,
                )
            found = client.get_collection(NAME, embedding_function=None)
            opened = OpenCollection(found, partial(directory_errors, path))
        yield opened


def _set_threshold(path: Path, rows: int) -> None:
    """Set `sync_threshold`; it takes effect at the next open."""
    with open_directory(path) as opened, warnings.catch_warnings(), directory_errors(path):
        # Chroma calls a collection whose vectors are made elsewhere "legacy" when it is modified.
        warnings.filterwarnings("ignore", "legacy embedding function config", DeprecationWarning)
        opened.collection.modify(configuration={"hnsw": {"sync_threshold": rows}})
