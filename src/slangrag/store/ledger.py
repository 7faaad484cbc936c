"""The ledger: how far which file was loaded, kept in the lexicon and saved with the rows themselves.

One row per load of one file with one set of options. Only the newest load can be gone on with; what an
older one had not finished is started again, which costs reading but no embedding.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

State = Literal["reading", "superseded", "complete"]

_COLUMNS: Final = (
    "id, name, size, sha256, options, state, record, line, byte, "
    "accepted, rejected, duplicates, filtered, embedded, rewritten"
)


@dataclass(slots=True)
class Ledger:
    """One load: its file, its options, the place to go on from, the counts up to there.

    record is the number of records done; every one of them is counted once among accepted, rejected,
    duplicates and filtered. embedded counts vectors made, rewritten the entries of earlier loads that
    this one changed or pruned.
    """

    id: int
    name: str
    size: int
    sha256: str
    options: str
    state: State = "reading"
    record: int = 0
    line: int = 0
    byte: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    filtered: int = 0
    embedded: int = 0
    rewritten: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every record read is accounted for once."""
        return self.record == self.accepted + self.rejected + self.duplicates + self.filtered


def newest(connection: sqlite3.Connection) -> Ledger | None:
    """The last load begun, finished or not."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM ledger ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else Ledger(*row)


def loads(connection: sqlite3.Connection) -> list[Ledger]:
    """Every load that the store knows of, oldest first."""
    return [Ledger(*row) for row in connection.execute(f"SELECT {_COLUMNS} FROM ledger ORDER BY id")]


def saved_at(connection: sqlite3.Connection) -> str | None:
    """When a load last committed rows (ISO 8601, UTC): how fresh a view of the lexicon is."""
    row: tuple[str | None] = connection.execute("SELECT max(saved_at) FROM ledger").fetchone()
    return row[0]


def finished(connection: sqlite3.Connection, sha256: str, options: str) -> Ledger | None:
    """The complete load of this file with these options, if nothing since has changed what it left."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM ledger AS l WHERE sha256 = ? AND options = ? AND state = 'complete' "
        "AND NOT EXISTS (SELECT 1 FROM ledger WHERE id > l.id AND (rewritten > 0 OR state = 'reading')) "
        "ORDER BY id DESC LIMIT 1",
        (sha256, options),
    ).fetchone()
    return None if row is None else Ledger(*row)


def begin(connection: sqlite3.Connection, name: str, size: int, sha256: str, options: str) -> Ledger:
    """The newest load if it is an unfinished one of the same file and options, else a new one."""
    last = newest(connection)
    if last and last.state == "reading" and (last.sha256, last.options) == (sha256, options):
        return last
    connection.execute("UPDATE ledger SET state = 'superseded' WHERE state = 'reading'")
    fresh = Ledger((last.id if last else 0) + 1, name, size, sha256, options)
    connection.execute(
        "INSERT INTO ledger (id, name, size, sha256, options, state, saved_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (fresh.id, name, size, sha256, options, fresh.state, _now()),
    )
    return fresh


def save(connection: sqlite3.Connection, ledger: Ledger) -> None:
    """Write the ledger's place and counts; commits nothing."""
    connection.execute(
        "UPDATE ledger SET state = ?, record = ?, line = ?, byte = ?, accepted = ?, rejected = ?, "
        "duplicates = ?, filtered = ?, embedded = ?, rewritten = ?, saved_at = ? WHERE id = ?",
        (
            ledger.state,
            ledger.record,
            ledger.line,
            ledger.byte,
            ledger.accepted,
            ledger.rejected,
            ledger.duplicates,
            ledger.filtered,
            ledger.embedded,
            ledger.rewritten,
            _now(),
            ledger.id,
        ),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
