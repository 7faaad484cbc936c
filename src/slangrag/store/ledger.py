"""The ledger: how far which file was loaded, kept in the lexicon and saved with the rows themselves.

One row per load of one file into one source with one set of options. Only the newest load can be gone on
with; what an older one had not finished is started again, which costs reading but no embedding.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any, Final, Literal

from slangrag.sources.source import Position
from slangrag.store.counts import Counts
from slangrag.store.schema import FIRST_SOURCE

State = Literal["reading", "superseded", "complete"]

_COUNTS: Final = tuple(f.name for f in fields(Counts))
_COLUMNS: Final = f"id, name, size, sha256, options, source, state, record, line, byte, {', '.join(_COUNTS)}"


@dataclass(slots=True)
class Ledger:
    """One load: its file, its options, its source, where to go on, what became of the records up to there.

    record is the number of records done.
    """

    id: int
    name: str
    size: int
    sha256: str
    options: str
    source: str
    state: State = "reading"
    record: int = 0
    line: int = 0
    byte: int = 0
    counts: Counts = field(default_factory=Counts)

    @property
    def position(self) -> Position | None:
        """Where to go on in the source; None at its beginning."""
        return Position(self.record, (self.line, self.byte)) if self.record else None

    def move(self, after: Position) -> None:
        """The records before `after` are done."""
        self.record, (self.line, self.byte) = after.record, after.place

    @property
    def balanced(self) -> bool:
        """Whether every record read is accounted for once."""
        return self.record == self.counts.records


def newest(connection: sqlite3.Connection) -> Ledger | None:
    """The last load begun, finished or not."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM ledger ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else _ledger(row)


def loads(connection: sqlite3.Connection) -> list[Ledger]:
    """Every load that the store knows of, oldest first."""
    return [_ledger(row) for row in connection.execute(f"SELECT {_COLUMNS} FROM ledger ORDER BY id")]


def saved_at(connection: sqlite3.Connection) -> str | None:
    """When a load last committed rows (ISO 8601, UTC): how fresh a view of the lexicon is."""
    row: tuple[str | None] = connection.execute("SELECT max(saved_at) FROM ledger").fetchone()
    return row[0]


def first_source(connection: sqlite3.Connection) -> str:
    """The source that the store began with: its ids are kept as they are, a load without a name is its."""
    row = connection.execute(
        "SELECT source FROM ledger WHERE state <> 'superseded' OR accepted > 0 ORDER BY id LIMIT 1"
    ).fetchone()
    return FIRST_SOURCE if row is None else str(row[0])


def finished(connection: sqlite3.Connection, sha256: str, options: str, source: str) -> Ledger | None:
    """The complete load of this file with these options, if nothing since has changed what it left.

    What is loaded into another source changes nothing of it.
    """
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM ledger AS l WHERE sha256 = ? AND options = ? AND source = ? "
        "AND state = 'complete' AND NOT EXISTS (SELECT 1 FROM ledger WHERE id > l.id "
        "AND source = l.source AND (rewritten > 0 OR state = 'reading')) ORDER BY id DESC LIMIT 1",
        (sha256, options, source),
    ).fetchone()
    return None if row is None else _ledger(row)


def begin(
    connection: sqlite3.Connection, name: str, size: int, sha256: str, options: str, source: str
) -> Ledger:
    """The newest load if it is an unfinished one of the same file, options and source, else a new one."""
    last = newest(connection)
    same = (sha256, options, source)
    if last and last.state == "reading" and (last.sha256, last.options, last.source) == same:
        return last
    connection.execute("UPDATE ledger SET state = 'superseded' WHERE state = 'reading'")
    fresh = Ledger((last.id if last else 0) + 1, name, size, sha256, options, source)
    connection.execute(
        "INSERT INTO ledger (id, name, size, sha256, options, source, state, saved_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (fresh.id, name, size, sha256, options, source, fresh.state, _now()),
    )
    return fresh


def save(connection: sqlite3.Connection, ledger: Ledger) -> None:
    """Write the ledger's place and counts; commits nothing."""
    counts = "".join(f"{name} = ?, " for name in _COUNTS)
    connection.execute(
        f"UPDATE ledger SET state = ?, record = ?, line = ?, byte = ?, {counts}saved_at = ? WHERE id = ?",
        (ledger.state, ledger.record, ledger.line, ledger.byte, *astuple(ledger.counts), _now(), ledger.id),
    )


def _ledger(row: Sequence[Any]) -> Ledger:
    own = len(row) - len(_COUNTS)
    return Ledger(*(*row[:own], Counts(*row[own:])))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
