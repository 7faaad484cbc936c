"""A copy of a store, as it was at one moment, whoever reads or writes it meanwhile.

The lexicon is copied by SQLite's backup, the index while nobody may swap it, and then the codes.
What cannot be copied is left to be made anew, and said.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slangrag.errors import StoreLocked, UsageError
from slangrag.store.codes.keeping import finish_codes
from slangrag.store.codes.rows import codes_in_use, note_codes
from slangrag.store.documents.reading import has_documents
from slangrag.store.index import REBUILD
from slangrag.store.index.local_chroma import LocalChroma
from slangrag.store.index.notes import finished_index, forget_indexes, is_current
from slangrag.store.journal import guard, lets_others_read
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import Lexicon, open_lexicon
from slangrag.store.moving.aside import Told, arriving, silent
from slangrag.store.writer import open_writer

_PAGES: Final = 2_000  # a step of the backup, 8 MB
_PIECE: Final = 8 << 20
_PATIENCE: Final = 20  # times that the backup begins again, or waits a quarter of a second
_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class StoreCopy:
    """A copy: where it is, its size in bytes, whether its index came with it; notes on what it lacks."""

    path: Path
    bytes: int
    index: bool
    notes: tuple[str, ...]


def copy_store(root: Path, destination: Path, *, with_index: bool = True, told: Told = silent) -> StoreCopy:
    """Copy the store at `root` to `destination`, which holds no path of where it came from.

    with_index: its Chroma index too. told: in megabytes. Raises StoreMissing, StoreMismatch and StoreDamaged
    as `open_lexicon` does, UsageError and StoreError as `arriving` does, StoreLocked where a writer on a
    network file system never pauses.
    """
    if destination.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{destination} lies in the store itself", hint="name a place outside it")
    with open_lexicon(root) as lexicon:
        index = LocalChroma(root)
        expected = _number(lexicon, "page_count") * _number(lexicon, "page_size")
        expected += index.bytes_on_disk() if with_index else 0
        with arriving(destination, room=expected) as aside:
            progress = _Progress(told, expected)
            aside.mkdir()
            with index.kept_still():
                _copy_lexicon(lexicon, StoreLayout(aside).lexicon, progress)
                index_copied = with_index and index.copy_to(aside, progress.copy)
                _copy_models(root, aside, progress)
            notes = _settle(aside, root, progress, index_copied=index_copied)
            if has_documents(root):
                notes += _copy_documents(root, aside, with_index=with_index)
            taken = sum(path.stat().st_size for path in aside.rglob("*") if path.is_file())
    return StoreCopy(destination, taken, index_copied, notes)


class _Progress:
    """Counts bytes, and copies files counting."""

    def __init__(self, told: Told, expected: int) -> None:
        self._told = told
        self._expected = expected
        self.done = 0

    def add(self, count: int) -> None:
        """So many bytes more are done."""
        self.done += count
        self._told("copy", self.done / _MB, max(self.done, self._expected) / _MB)

    def copy(self, source: str, target: str) -> str:
        """Copy a file's content."""
        with Path(source).open("rb") as old, Path(target).open("wb") as new:
            while piece := old.read(_PIECE):
                new.write(piece)
                self.add(len(piece))
        return target


def _copy_lexicon(lexicon: Lexicon, target: Path, progress: _Progress) -> None:
    """One moment of the lexicon. A writer goes on meanwhile; where it would have to wait, it goes first."""
    begun = again = 0

    def step(status: int, left: int, total: int) -> None:
        nonlocal begun, again
        done = total - left
        again += done < begun or status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        if again > _PATIENCE:
            raise StoreLocked(
                f"{lexicon.path.parent} is written to without a pause long enough to copy it",
                hint="wait for the load to end, or stop it: it goes on where it was",
            )
        progress.add(page * max(done - begun, 0))
        begun = done

    page = _number(lexicon, "page_size")
    with guard(target), closing(sqlite3.connect(target)) as copy, _one_view(lexicon.connection):
        lexicon.connection.backup(copy, pages=_PAGES, progress=step)


def _copy_models(root: Path, aside: Path, progress: _Progress) -> None:
    """Embedding models that live in the store (`tune adopt`)."""
    for folder in StoreLayout(root).models():
        shutil.copytree(folder, aside / folder.name, copy_function=progress.copy)


def _copy_documents(root: Path, aside: Path, *, with_index: bool) -> tuple[str, ...]:
    """The documents, and what is remembered of crawls; what they lack."""
    here, there = StoreLayout(root), StoreLayout(aside)
    crawls = [(path.name, path.read_bytes()) for path in here.crawls.glob("*.jsonl")]
    documents = copy_store(here.documents, there.documents, with_index=with_index)
    # Read before the documents: a journal must not know of a page that the copy lacks.
    if crawls:
        there.crawls.mkdir()
    for name, journal in crawls:
        (there.crawls / name).write_bytes(journal)
    return tuple(f"documents: {note}" for note in documents.notes)


def _number(lexicon: Lexicon, pragma: str) -> int:
    return int(lexicon.connection.execute(f"PRAGMA {pragma}").fetchone()[0])


@contextmanager
def _one_view(connection: sqlite3.Connection) -> Iterator[None]:
    """Nothing of what others commit is seen in the block, where that costs them nothing.

    Without a write-ahead log it would make the writer wait. There a commit makes the backup begin again.
    """
    if not lets_others_read(connection):
        yield
        return
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM meta").fetchone()
    try:
        yield
    finally:
        connection.rollback()


def _settle(aside: Path, root: Path, progress: _Progress, *, index_copied: bool) -> tuple[str, ...]:
    """Make the copy a store of its own: one file, an index or none, the files it names. What it lacks."""
    here = LocalChroma(aside)
    with open_writer(aside) as writer, guard(writer.path):
        writer.renumber()  # a collection on a server is the other store's
        finished = finished_index(writer, here) if index_copied else None
        forget_indexes(writer, keep={} if finished is None else {here.kept_as: finished})
        if (codes := codes_in_use(writer)) is not None:
            try:
                progress.copy(str(root / codes.file), str(aside / codes.file))
            except FileNotFoundError:
                note_codes(writer, None)  # another has taken its place meanwhile
        writer.commit()
        finish_codes(writer, aside)
        notes = []
        if not is_current(writer, here):
            why = "is behind its entries" if index_copied else "was not there to be copied"
            notes.append(f"the Chroma index {why}; other tools need it: {REBUILD}")
        if not writer.as_of().complete:
            notes.append("its last load did not come to its end. next: the same `slangrag ingest` again")
    return tuple(notes)
