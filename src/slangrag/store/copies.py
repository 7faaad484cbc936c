"""Copies: what one source brought that another one's entry says already, headword and definition alike.

It is not stored twice. The copy remembers who else stands for the entry: when the entry's own source gives
it up, by a newer text or by a prune, it is handed over to the source of the copy and stays, vector and all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from slangrag.sources.entry import Entry
from slangrag.store.parameters import in_chunks

EARLIER_LOADS: Final = (
    "SELECT id FROM ledger WHERE id <> :load AND source = (SELECT source FROM ledger WHERE id = :load)"
)
"""The other loads into the source of the load `:load`."""


@dataclass(frozen=True, slots=True)
class Copy:
    """An entry of one source that is kept as a row of another's: rid is that row."""

    entry: Entry
    text_hash: bytes
    rid: int


class Copies:
    """The copies of one lexicon. Commits nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def of_load(self, entry_ids: Iterable[str], load: int) -> dict[str, bytes]:
        """Text hashes, by id, of the copies that this load brought."""
        found: dict[str, bytes] = {}
        for chunk, marks in in_chunks(entry_ids):
            found.update(
                self._db.execute(
                    f"SELECT entry_id, text_hash FROM copies WHERE source = ? AND entry_id IN ({marks})",
                    (load, *chunk),
                )
            )
        return found

    def row_elsewhere(self, fold: str, definition: str, source: str) -> int | None:
        """The first row of another source that has this folded headword and this definition."""
        row = self._db.execute(
            "SELECT rid FROM entries JOIN ledger ON ledger.id = entries.source "
            "WHERE hid = (SELECT hid FROM headwords WHERE fold = ?) AND definition = ? "
            "AND ledger.source <> ? ORDER BY rid LIMIT 1",
            (fold, definition, source),
        ).fetchone()
        return None if row is None else int(row[0])

    def keep(self, copies: Iterable[Copy], load: int) -> None:
        """Note that this load brought them, in the place of what their ids stood for."""
        self._db.executemany(
            "INSERT OR REPLACE INTO copies VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    one.entry.entry_id,
                    one.rid,
                    one.entry.up_votes,
                    one.entry.down_votes,
                    one.entry.author,
                    one.text_hash,
                    load,
                )
                for one in copies
            ),
        )

    def forget(self, entry_ids: Iterable[str]) -> None:
        """What these ids stand for has an entry of its own now."""
        self._db.executemany("DELETE FROM copies WHERE entry_id = ?", ((one,) for one in entry_ids))

    def prune(self, load: int) -> int:
        """Take out the copies of this load's source that it did not bring; how many they were."""
        return self._db.execute(
            f"DELETE FROM copies WHERE source IN ({EARLIER_LOADS})", {"load": load}
        ).rowcount

    def hand_over(self, rid: int) -> bool:
        """Give an entry to the source of its first copy; False where it has none.

        Text and vector stay. The index has the row under its old id, and not yet under the new one.
        """
        row = self._db.execute(
            "SELECT entry_id, up_votes, down_votes, author, source FROM copies WHERE rid = ? "
            "ORDER BY source, entry_id LIMIT 1",
            (rid,),
        ).fetchone()
        if row is None:
            return False
        self.forget(row[:1])
        self._db.execute("INSERT OR IGNORE INTO stale SELECT entry_id FROM entries WHERE rid = ?", (rid,))
        self._db.execute("INSERT OR IGNORE INTO stale VALUES (?)", row[:1])
        self._db.execute(
            "UPDATE entries SET entry_id = ?, up_votes = ?, down_votes = ?, author = ?, source = ? "
            "WHERE rid = ?",
            (*row, rid),
        )
        return True
