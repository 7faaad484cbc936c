"""The lexicon: one SQLite file that is the truth about a store.

Reading only; `store/writer.py` writes. numpy is imported only where vectors are asked for.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from slangrag.errors import StoreDamaged, StoreError, StoreMismatch, StoreMissing
from slangrag.sources.entry import Entry
from slangrag.store import ledger
from slangrag.store.headword_index import HeadwordIndex
from slangrag.store.layout import StoreLayout
from slangrag.store.matrix import as_matrix
from slangrag.store.parameters import in_chunks
from slangrag.store.schema import SCHEMA_VERSION, UPGRADES, read_as_it_is
from slangrag.store.sources import SOURCE_COLUMN, Known, SourceCount, counted, known
from slangrag.text.forms import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENTRY_COLUMNS: Final = f"entry_id, word, definition, up_votes, down_votes, author, rating, {SOURCE_COLUMN}"
NUMBER: Final = "number"
Table = Literal["entries", "headwords", "vectors", "uncoded"]
_COUNTED: Final[tuple[Table, ...]] = ("entries", "headwords", "vectors")


@dataclass(frozen=True, slots=True)
class AsOf:
    """How fresh a view is: the last commit (ISO 8601, UTC), and whether the last load came to its end."""

    saved_at: str | None
    complete: bool


class Lexicon:
    """Read access to one lexicon. Used by one thread at a time.

    `connection` is for the modules of store/: whoever else asks for something finds a method for it.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path

    def meta(self, key: str) -> Any:
        """The JSON value kept under `key`, or None."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    @property
    def number(self) -> str:
        """What tells this store from others that share a server; "0" before it was first written to."""
        return str(self.meta(NUMBER) or "0")

    def count(self, table: Table) -> int:
        """Rows of a table. Counting vectors reads all of them, gigabytes in a large store."""
        rows: int = self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return rows

    def counts(self) -> dict[str, int]:
        """Rows of entries, headwords and vectors."""
        return {table: self.count(table) for table in _COUNTED}

    @property
    def data_version(self) -> int:
        """A number that changes when another connection commits (SQLite's own)."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def changed_since(self, version: int) -> bool:
        """Whether anybody has committed since `data_version` was `version`, or nobody can tell any more."""
        try:
            return self.data_version != version
        except sqlite3.Error:
            return True

    def as_of(self) -> AsOf:
        """How fresh this view is: whether a load is under way or was left unfinished, and its last commit."""
        last = ledger.newest(self.connection)
        return AsOf(
            saved_at=ledger.saved_at(self.connection), complete=last is None or last.state == "complete"
        )

    def loads(self) -> list[ledger.Ledger]:
        """Every load that the store knows of, oldest first."""
        return ledger.loads(self.connection)

    def finished_load(self, sha256: str, options: str, source: str | None) -> ledger.Ledger | None:
        """The complete load of this file with these options, if nothing since has changed what it left.

        source: its name; None is the first one's.
        """
        return ledger.finished(self.connection, sha256, options, source or self.first_source)

    @property
    def first_source(self) -> str:
        """The source that the store began with."""
        return ledger.first_source(self.connection)

    def sources(self) -> list[SourceCount]:
        """Every source, in the order of their first loads. Where there are several, all entries are read."""
        return counted(self.connection)

    def known(self, entry_ids: Iterable[str]) -> dict[str, Known]:
        """Which of these ids are there; absent ones are absent from the answer."""
        return known(self.connection, entry_ids)

    def rejects(self) -> Iterator[tuple[int, str, str]]:
        """Line, reason and text of what the last load set aside, in the order of its file."""
        last = ledger.newest(self.connection)
        yield from self.connection.execute(
            "SELECT line, reason, text FROM rejects WHERE source = ? ORDER BY record",
            (last.id if last else 0,),
        )

    @cached_property
    def headwords(self) -> HeadwordIndex:
        """Look-ups by the forms of a headword."""
        return HeadwordIndex(self.connection)

    def headwords_starting(self, folded: str, most: int) -> list[str]:
        """Headwords, as they are shown, whose fold begins so; in the order of their folds."""
        rows = self.connection.execute(
            "SELECT word FROM headwords WHERE fold >= ? AND fold < ? ORDER BY fold LIMIT ?",
            (folded, folded + "\U0010ffff", most),
        )
        return [word for (word,) in rows]

    def lookup(self, word: str) -> list[Entry]:
        """Entries whose headword folds like `word`, most net votes first."""
        rows = self.connection.execute(
            f"SELECT {ENTRY_COLUMNS} FROM entries WHERE hid = (SELECT hid FROM headwords WHERE fold = ?) "
            "ORDER BY coalesce(up_votes, 0) - coalesce(down_votes, 0) DESC, rid",
            (fold(word),),
        )
        return [Entry(*row) for row in rows]

    def random_word(self) -> str:
        """A headword as it is shown, drawn evenly up to gaps. Raises StoreMissing where there is none."""
        import random

        last = self.connection.execute("SELECT max(hid) FROM headwords").fetchone()[0]
        if last is None:
            raise StoreMissing(f"there is no headword in {self.path}", hint="slangrag ingest --sample")
        drawn = random.randint(1, last)
        row = self.connection.execute(
            "SELECT word FROM headwords WHERE hid >= ? ORDER BY hid LIMIT 1", (drawn,)
        ).fetchone()
        return str(row[0])

    def entries(self, rids: Iterable[int]) -> dict[int, Entry]:
        """Entries by row id; ids that are not there are absent from the answer."""
        found: dict[int, Entry] = {}
        for chunk, marks in in_chunks(rids):
            rows = self.connection.execute(
                f"SELECT rid, {ENTRY_COLUMNS} FROM entries WHERE rid IN ({marks})", chunk
            )
            found.update((rid, Entry(*row)) for rid, *row in rows)
        return found

    def entries_of(self, hid: int, most: int) -> dict[int, Entry]:
        """The `most` entries of one headword with the most net votes, by row id."""
        rows = self.connection.execute(
            f"SELECT rid, {ENTRY_COLUMNS} FROM entries WHERE hid = ? "
            "ORDER BY coalesce(up_votes, 0) - coalesce(down_votes, 0) DESC, rid LIMIT ?",
            (hid, most),
        )
        return {rid: Entry(*row) for rid, *row in rows}

    def row_ids(self, entry_ids: Iterable[str]) -> dict[str, int]:
        """Row ids by entry id; entries that are not there are absent from the answer."""
        found: dict[str, int] = {}
        for chunk, marks in in_chunks(entry_ids):
            found.update(
                self.connection.execute(
                    f"SELECT entry_id, rid FROM entries WHERE entry_id IN ({marks})", chunk
                )
            )
        return found

    def headword_ids(self, rids: Iterable[int]) -> dict[int, int]:
        """Headwords' row ids by the row ids of their entries."""
        found: dict[int, int] = {}
        for chunk, marks in in_chunks(rids):
            found.update(
                self.connection.execute(f"SELECT rid, hid FROM entries WHERE rid IN ({marks})", chunk)
            )
        return found

    def by_words(self, words: Iterable[str], k: int, *, headword_weight: float) -> list[tuple[int, float]]:
        """The k entries that have any of `words`, by BM25: row id and score, best first.

        A word in the headword counts `headword_weight` times one in the definition. The score is SQLite's
        with its sign turned (sqlite.org/fts5.html, 5.1.1).
        """
        asked = " OR ".join(f'"{word}"' for word in words)
        rows = self.connection.execute(
            "SELECT rowid, -bm25(entries_fts, ?, 1.0) AS score FROM entries_fts WHERE entries_fts MATCH ? "
            "ORDER BY score DESC, rowid LIMIT ?",
            (headword_weight, asked, k),
        )
        return rows.fetchall()

    def vectors(self, rids: Iterable[int]) -> dict[int, NDArray[np.float32]]:
        """Unit vectors by row id, float32, shape (dimension,) each."""
        import numpy as np

        found: dict[int, NDArray[np.float32]] = {}
        for chunk, marks in in_chunks(rids):
            rows = self.connection.execute(f"SELECT rid, vector FROM vectors WHERE rid IN ({marks})", chunk)
            found.update((rid, np.frombuffer(blob, dtype="<f2").astype(np.float32)) for rid, blob in rows)
        return found

    def vector_rows(self, rids: Iterable[int]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Row ids and unit vectors, shapes (rows,) and (rows, dimension), of those ids that are there."""
        found: list[tuple[int, bytes]] = []
        for chunk, marks in in_chunks(rids):
            found += self.connection.execute(f"SELECT rid, vector FROM vectors WHERE rid IN ({marks})", chunk)
        return as_matrix(found)

    def rows_above(self, rid: int, most: int = -1) -> int:
        """How many entries have a higher row id; counted up to `most`."""
        query = "SELECT count(*) FROM (SELECT 1 FROM entries WHERE rid > ? LIMIT ?)"
        return int(self.connection.execute(query, (rid, most)).fetchone()[0])

    def last_row(self) -> int:
        """The highest row id of a vector; 0 where there is none."""
        last: int = self.connection.execute("SELECT coalesce(max(rid), 0) FROM vectors").fetchone()[0]
        return last

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    """A read-only connection that also opens a finished lexicon in a read-only directory."""
    # Not bound to the thread that opened it: the service lends it to one thread at a time.
    address = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=30, check_same_thread=False)
    try:
        connection.execute("PRAGMA user_version")
    except sqlite3.OperationalError:
        connection.close()
        if _taken_back(path):
            return _connect(path)
        # A log mode's header without a log: nobody writes, and this place does not let a log be made.
        if path.with_name(path.name + "-wal").exists() or os.access(path.parent, os.W_OK):
            raise
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True, check_same_thread=False)
    return connection


def _taken_back(path: Path) -> bool:
    """Whether a kill in the middle of a commit was there to be taken back, for which SQLite must write."""
    journal = path.with_name(path.name + "-journal")
    if not journal.exists() or not os.access(path.parent, os.W_OK):
        return False
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=30)) as connection:
        connection.execute("PRAGMA user_version")
    return not journal.exists()


@contextmanager
def open_lexicon(root: Path) -> Iterator[Lexicon]:
    """The lexicon of the store at `root`, read-only; safe while another process writes to it.

    Each statement sees what was committed when it began (`Lexicon.as_of` says when that was). One of an
    earlier schema version is read as it is. Raises StoreMissing if there is none, StoreMismatch for a later
    version, StoreDamaged where the file is no lexicon.
    """
    path = StoreLayout(root).lexicon
    if not path.is_file():
        raise StoreMissing(f"there is no slang store at {root}", hint="slangrag ingest --sample")
    with reading(root), closing(_connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            raise StoreMissing(f"the slang store at {root} is empty", hint="slangrag ingest --sample")
        if version != SCHEMA_VERSION and version not in UPGRADES:
            raise StoreMismatch(
                f"the store at {root} has layout {version}, this program reads {SCHEMA_VERSION}",
                hint="slangrag ingest CSV --into NEW_STORE",
            )
        read_as_it_is(connection, version)
        connection.execute("PRAGMA query_only = ON")
        yield Lexicon(connection, path)


@contextmanager
def reading(root: Path) -> Iterator[None]:
    """What SQLite finds amiss while the block reads the lexicon of `root`, as StoreError or StoreDamaged."""
    path = StoreLayout(root).lexicon
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"{path} cannot be read just now: {error}", hint="try again, or: slangrag store verify"
        ) from error
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(f"{path} cannot be read: {error}", hint="slangrag store verify") from error
