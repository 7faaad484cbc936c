"""The file of one shard: its tables and its manifest. Knows nothing of how it is filled."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any, Final

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import StoreDamaged
from slangrag.sources.csv.stream import SourceFingerprint

SHARD_VERSION: Final = 1
TABLES: Final = """
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

    records: of the whole file, so far. rows: of this shard, of which `embedded` have a vector,
    `rejected` were set aside and `filtered` miss a minimum of votes.
    """

    shard: int
    of: int
    source: SourceFingerprint
    options: str
    embedder: EmbedderIdentity
    records: int = 0
    rows: int = 0
    embedded: int = 0
    rejected: int = 0
    filtered: int = 0
    line: int = 0
    byte: int = 0
    notes: tuple[str, ...] = ()
    version: int = SHARD_VERSION

    @classmethod
    def read(cls, connection: sqlite3.Connection) -> Manifest:
        """The manifest in a shard file. Raises StoreDamaged for a file that has none."""
        try:
            row = connection.execute("SELECT value FROM manifest WHERE key = 'manifest'").fetchone()
            kept: dict[str, Any] = json.loads(row[0])
            source = SourceFingerprint(**kept.pop("source"))
            embedder = EmbedderIdentity(**kept.pop("embedder"))
            return cls(source=source, embedder=embedder, notes=tuple(kept.pop("notes")), **kept)
        except (sqlite3.DatabaseError, TypeError, KeyError, ValueError) as error:
            raise StoreDamaged(f"not a shard file: {error}", hint="run its shard again") from error

    def write(self, connection: sqlite3.Connection) -> None:
        """Keep this manifest; commits nothing."""
        connection.execute(
            "INSERT OR REPLACE INTO manifest VALUES ('manifest', ?)", (json.dumps(asdict(self)),)
        )


def balanced(manifest: Manifest) -> bool:
    """Whether every record of the shard is accounted for once."""
    return manifest.rows == manifest.embedded + manifest.rejected + manifest.filtered
