"""The file of one shard: one part of a CSV's records with their vectors, and what it says of itself."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path
from typing import Any, Final

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import StoreDamaged
from slangrag.sources.entry import Entry
from slangrag.sources.source import Position, SourceFingerprint
from slangrag.store import journal
from slangrag.store.counts import Counts

SHARD_VERSION: Final = 1
_TABLES: Final = """
CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE records (
    record INTEGER PRIMARY KEY,        -- from 1, in the whole file
    line INTEGER NOT NULL,
    next_line INTEGER NOT NULL,
    next_byte INTEGER NOT NULL,
    entry_id TEXT, word TEXT, definition TEXT, up_votes INTEGER, down_votes INTEGER, author TEXT,
    rating INTEGER, fold TEXT, text_hash BLOB,
    vector BLOB,                       -- none for rejects and for what the filters keep out anyway
    reason TEXT, text TEXT             -- of rejects
);
"""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a shard file says of itself.

    source_name: the source it is loaded into, None for the one that the store began with. records: of the
    whole file, so far; line and byte: the place of the next one. counts are of this
    shard's own records, in which only the merge can see duplicates: accepted are those with a vector.
    """

    shard: int
    of: int
    source: SourceFingerprint
    options: str
    embedder: EmbedderIdentity
    records: int = 0
    line: int = 0
    byte: int = 0
    counts: Counts = field(default_factory=Counts)
    notes: tuple[str, ...] = ()
    version: int = SHARD_VERSION
    source_name: str | None = None

    @property
    def position(self) -> Position | None:
        """Where to go on in the source; None at its beginning."""
        return Position(self.records, (self.line, self.byte)) if self.records else None


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """One record: its line, where the next one begins, and what it is.

    entry with fold, text_hash and vector; or reason and text of a reject; or all of it for an entry that
    the embedder refused, which has no vector.
    """

    line: int
    after: Position
    entry: Entry | None
    fold: str
    text_hash: bytes
    vector: bytes | None
    reason: str | None
    text: str | None


class ShardFile:
    """One open shard file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def manifest(self) -> Manifest:
        """What the file says of itself. Raises StoreDamaged for a file that has no manifest."""
        try:
            row = self._connection.execute("SELECT value FROM manifest WHERE key = 'manifest'").fetchone()
            kept: dict[str, Any] = json.loads(row[0])
            del kept["rows"]
            embedded = kept.pop("embedded")
            return Manifest(
                source=SourceFingerprint(**kept.pop("source")),
                embedder=EmbedderIdentity(**kept.pop("embedder")),
                counts=Counts(embedded, kept.pop("rejected"), 0, kept.pop("filtered"), embedded),
                notes=tuple(kept.pop("notes")),
                **kept,
            )
        except (sqlite3.DatabaseError, TypeError, KeyError, ValueError) as error:
            raise StoreDamaged(f"not a shard file: {error}", hint="run its shard again") from error

    def is_begun(self) -> bool:
        """Whether a manifest is there."""
        return bool(self._connection.execute("SELECT EXISTS (SELECT 1 FROM manifest)").fetchone()[0])

    def save(self, manifest: Manifest) -> None:
        """Keep this manifest, and every record added so far."""
        flat = asdict(manifest)
        counts = Counts(**flat.pop("counts"))
        flat |= {
            "rows": counts.records,
            "embedded": counts.embedded,
            "rejected": counts.rejected,
            "filtered": counts.filtered,
        }
        self._connection.execute(
            "INSERT OR REPLACE INTO manifest VALUES ('manifest', ?)", (json.dumps(flat),)
        )
        self._connection.commit()

    def add(self, records: Iterable[ShardRecord]) -> None:
        """Write records; `save` makes them last."""
        self._connection.executemany(
            f"INSERT INTO records VALUES ({', '.join('?' * 16)})",
            (
                (
                    *(r.after.record, r.line, *r.after.place),
                    *(astuple(r.entry)[:7] if r.entry else (None,) * 7),
                    *(r.fold, r.text_hash, r.vector, r.reason, r.text),
                )
                for r in records
            ),
        )

    def count(self) -> int:
        """How many records are in the file."""
        rows: int = self._connection.execute("SELECT count(*) FROM records").fetchone()[0]
        return rows

    def records(self, after: int) -> Iterator[ShardRecord]:
        """The records after number `after`, in order."""
        for (
            number,
            line,
            next_line,
            next_byte,
            *entry,
            fold,
            digest,
            vector,
            reason,
            text,
        ) in self._connection.execute("SELECT * FROM records WHERE record > ? ORDER BY record", (after,)):
            there = Entry(*entry) if entry[0] is not None else None
            following = Position(number, (next_line, next_byte))
            yield ShardRecord(line, following, there, fold, digest, vector, reason, text)


@contextmanager
def read_shard(path: Path) -> Iterator[ShardFile]:
    """A finished shard file."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        yield ShardFile(connection)


@contextmanager
def write_shard(path: Path) -> Iterator[ShardFile]:
    """A shard file to write to, made if it is not there; one file without a log at the end.

    Raises StoreError for a full disk.
    """
    with journal.guard(path), closing(sqlite3.connect(path, timeout=60)) as connection:
        journal.begin(connection, journal.choose(path.parent))
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            connection.executescript(f"BEGIN; {_TABLES} COMMIT;")
        yield ShardFile(connection)
        journal.end(connection)
