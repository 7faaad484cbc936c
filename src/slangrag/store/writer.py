"""Writing the lexicon: entries, headwords, full text, vectors, rejects and ledger, in one transaction.

Whoever holds the store's lock opens one `LexiconWriter`; what it wrote is there after `commit` and not
before.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slangrag.errors import StoreMismatch
from slangrag.sources.entry import Entry
from slangrag.store import journal, ledger
from slangrag.store.headwords import finish
from slangrag.store.journal import guard
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import NUMBER, Lexicon
from slangrag.store.parameters import in_chunks
from slangrag.store.schema import SCHEMA_VERSION, UPGRADES, create, upgrade

_WITHOUT_ENTRIES: Final = "hid NOT IN (SELECT hid FROM entries)"


@dataclass(frozen=True, slots=True)
class Known:
    """What the lexicon has of an entry id: its row, the hash of its text, the rest, the load that saw it."""

    rid: int
    text_hash: bytes
    source: int
    rest: tuple[int | None, int | None, str, int]


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A row to write: the entry, its folded headword, the hash of its text, its unit vector as float16."""

    entry: Entry
    fold: str
    text_hash: bytes
    vector: bytes


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A record set aside: its number, its line, why, the beginning of its text.

    entry_id, text_hash and fold (of the headword) are given for rows that the embedder refused.
    """

    record: int
    line: int
    reason: str
    text: str
    entry_id: str | None = None
    text_hash: bytes | None = None
    fold: str | None = None


def rest_of(entry: Entry) -> tuple[int | None, int | None, str, int]:
    """What may change in an entry without embedding it again."""
    return entry.up_votes, entry.down_votes, entry.author, entry.rating


class LexiconWriter(Lexicon):
    """Write access to one lexicon, with all of its reading. One per store, in one thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__(connection, path)
        self._next_rid = self._after("SELECT seq FROM sqlite_sequence WHERE name = 'entries'")
        self._next_hid = self._after("SELECT max(hid) FROM headwords")

    def _after(self, query: str) -> int:
        row = self.connection.execute(query).fetchone()
        return 1 + (row[0] or 0 if row else 0)

    def begin_load(self, name: str, size: int, sha256: str, options: str) -> ledger.Ledger:
        """The newest load if it is an unfinished one of the same file and options, else a new one."""
        return ledger.begin(self.connection, name, size, sha256, options)

    def save_load(self, load: ledger.Ledger) -> None:
        """Write a load's place and counts."""
        ledger.save(self.connection, load)

    def set_meta(self, key: str, value: Any) -> None:
        """Keep a JSON value under `key`; None takes it away."""
        if value is None:
            self.connection.execute("DELETE FROM meta WHERE key = ?", (key,))
        else:
            self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def known(self, entry_ids: Iterable[str]) -> dict[str, Known]:
        """Which of these ids are there; absent ones are absent from the answer."""
        found: dict[str, Known] = {}
        for chunk, marks in in_chunks(entry_ids):
            for entry_id, rid, text_hash, source, *rest in self.connection.execute(
                "SELECT entry_id, rid, text_hash, source, up_votes, down_votes, author, rating FROM entries "
                f"WHERE entry_id IN ({marks})",
                chunk,
            ):
                found[entry_id] = Known(rid, text_hash, source, tuple(rest))
        return found

    def any_refused(self, source: int) -> bool:
        """Whether the embedder has refused any row of this load."""
        query = "SELECT EXISTS (SELECT 1 FROM rejects WHERE entry_id IS NOT NULL AND source = ?)"
        return bool(self.connection.execute(query, (source,)).fetchone()[0])

    def refused(self, entry_ids: Iterable[str], source: int) -> dict[str, bytes]:
        """Text hashes, by id, of rows that the embedder refused in this load."""
        found: dict[str, bytes] = {}
        for chunk, marks in in_chunks(entry_ids):
            found.update(
                self.connection.execute(
                    f"SELECT entry_id, text_hash FROM rejects WHERE source = ? AND entry_id IN ({marks})",
                    (source, *chunk),
                )
            )
        return found

    def count_of(self, folded: str, source: int) -> int:
        """Entries of a headword that this load saw or had refused."""
        (entries,) = self.connection.execute(
            "SELECT count(*) FROM entries JOIN headwords USING (hid) WHERE fold = ? AND source = ?",
            (folded, source),
        ).fetchone()
        (refused,) = self.connection.execute(
            "SELECT count(*) FROM rejects WHERE fold = ? AND source = ?", (folded, source)
        ).fetchone()
        return int(entries + refused)

    def count_of_load(self, source: int) -> int:
        """Entries that this load saw or had refused."""
        (entries,) = self.connection.execute(
            "SELECT count(*) FROM entries WHERE source = ?", (source,)
        ).fetchone()
        (refused,) = self.connection.execute(
            "SELECT count(*) FROM rejects WHERE source = ? AND fold IS NOT NULL", (source,)
        ).fetchone()
        return int(entries + refused)

    def add(self, rows: Sequence[NewEntry], source: int) -> None:
        """Write entries that are not there yet, in this order."""
        hids = self._headword_ids(rows)
        first = self._next_rid
        self._next_rid += len(rows)
        numbered = list(enumerate(rows, first))
        self.connection.executemany(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    rid,
                    row.entry.entry_id,
                    hid,
                    row.entry.word,
                    row.entry.definition,
                    *rest_of(row.entry),
                    row.text_hash,
                    source,
                )
                for (rid, row), hid in zip(numbered, hids, strict=True)
            ),
        )
        self.connection.executemany(
            "INSERT INTO entries_fts (rowid, word, definition) VALUES (?, ?, ?)",
            ((rid, row.entry.word, row.entry.definition) for rid, row in numbered),
        )
        self.connection.executemany(
            "INSERT INTO vectors VALUES (?, ?)", ((rid, row.vector) for rid, row in numbered)
        )

    def change(self, rows: Sequence[tuple[int, NewEntry]], source: int) -> None:
        """Give entries, by row id, another text and vector."""
        hids = self._headword_ids([row for _, row in rows])
        for (rid, row), hid in zip(rows, hids, strict=True):
            self._forget_text(rid)
            entry = row.entry
            self.connection.execute(
                "UPDATE entries SET hid = ?, word = ?, definition = ?, up_votes = ?, down_votes = ?, "
                "author = ?, rating = ?, text_hash = ?, source = ? WHERE rid = ?",
                (hid, entry.word, entry.definition, *rest_of(entry), row.text_hash, source, rid),
            )
            self.connection.execute(
                "INSERT INTO entries_fts (rowid, word, definition) VALUES (?, ?, ?)",
                (rid, entry.word, entry.definition),
            )
            self.connection.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (rid, row.vector))
            self.connection.execute("INSERT OR IGNORE INTO uncoded VALUES (?)", (rid,))
            self._stale(entry.entry_id)

    def see(self, rids: Sequence[int], source: int) -> None:
        """Note that this load saw these entries as they are."""
        self.connection.executemany(
            "UPDATE entries SET source = ? WHERE rid = ?", ((source, r) for r in rids)
        )

    def revise(self, rows: Sequence[tuple[int, Entry]], source: int) -> None:
        """Give entries, by row id, other votes, author or rating; text and vector stay."""
        for rid, entry in rows:
            self.connection.execute(
                "UPDATE entries SET up_votes = ?, down_votes = ?, author = ?, rating = ?, source = ? "
                "WHERE rid = ?",
                (*rest_of(entry), source, rid),
            )
            self._stale(entry.entry_id)

    def prune(self, source: int) -> int:
        """Take out the entries that this load did not see; how many they were."""
        rows = self.connection.execute("SELECT rid FROM entries WHERE source <> ?", (source,)).fetchall()
        self.remove([rid for (rid,) in rows])
        return len(rows)

    def remove(self, rids: Sequence[int]) -> None:
        """Take entries out, with their vectors and full text."""
        for rid in rids:
            self._forget_text(rid)
            self.connection.execute(
                "INSERT OR IGNORE INTO stale SELECT entry_id FROM entries WHERE rid = ?", (rid,)
            )
            for table in ("vectors", "uncoded"):
                self.connection.execute(f"DELETE FROM {table} WHERE rid = ?", (rid,))
            self.connection.execute("DELETE FROM entries WHERE rid = ?", (rid,))

    def note_coded(self, rids: Iterable[int] | None) -> None:
        """These rows (None: all) have codes of the vectors that they have now."""
        if rids is None:
            self.connection.execute("DELETE FROM uncoded")
        else:
            self.connection.executemany("DELETE FROM uncoded WHERE rid = ?", ((rid,) for rid in rids))

    def reject(self, rows: Iterable[RejectedRow], source: int) -> None:
        """Set records aside under this load."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO rejects VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((source, r.record, r.line, r.reason, r.text, r.entry_id, r.text_hash, r.fold) for r in rows),
        )

    def finish_headwords(self, *, sweep: bool) -> None:
        """What depends on the whole corpus is made anew; with `sweep`, headwords without entries go."""
        if sweep:
            for table in ("forms", "headwords"):
                self.connection.execute(f"DELETE FROM {table} WHERE {_WITHOUT_ENTRIES}")
        finish(self.connection)

    def commit(self) -> None:
        """Make everything written so far last."""
        self.connection.commit()

    def _stale(self, entry_id: str) -> None:
        self.connection.execute("INSERT OR IGNORE INTO stale VALUES (?)", (entry_id,))

    def _forget_text(self, rid: int) -> None:
        # An external-content FTS5 table must be told the old text (sqlite.org/fts5.html, 4.4.3).
        self.connection.execute(
            "INSERT INTO entries_fts (entries_fts, rowid, word, definition) "
            "SELECT 'delete', rid, word, definition FROM entries WHERE rid = ?",
            (rid,),
        )

    def _headword_ids(self, rows: Sequence[NewEntry]) -> list[int]:
        """Headword ids of these rows, in order; new ones are written."""
        found: dict[str, int] = {}
        for chunk, marks in in_chunks(row.fold for row in rows):
            found.update(
                self.connection.execute(f"SELECT fold, hid FROM headwords WHERE fold IN ({marks})", chunk)
            )
        fresh: list[tuple[int, str, str]] = []
        for row in rows:
            if row.fold not in found:
                found[row.fold] = self._next_hid
                fresh.append((self._next_hid, row.fold, row.entry.word))
                self._next_hid += 1
        self.connection.executemany("INSERT INTO headwords VALUES (?, ?, ?)", fresh)
        return [found[row.fold] for row in rows]


@contextmanager
def open_writer(
    root: Path, *, mode: journal.JournalMode | None = None, meta: Mapping[str, Any] | None = None
) -> Iterator[LexiconWriter]:
    """The lexicon at `root`, to write to; made, with `meta` in it, if it is not there.

    The caller holds the store's lock. What is not committed is lost at the end. Raises StoreMismatch
    for another schema version, StoreError for a full disk.
    """
    path = StoreLayout(root).lexicon
    with guard(path):
        connection = sqlite3.connect(path, timeout=60)
        try:
            journal.begin(connection, mode or journal.choose(root))
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                create(connection, meta or {})
            elif version in UPGRADES:
                upgrade(connection, version)
            elif version != SCHEMA_VERSION:
                raise StoreMismatch(
                    f"the store at {root} has layout {version}, this program writes {SCHEMA_VERSION}",
                    hint="slangrag ingest CSV --into NEW_STORE",
                )
            writer = LexiconWriter(connection, path)
            if writer.meta(NUMBER) is None:
                writer.set_meta(NUMBER, secrets.token_hex(4))
                writer.commit()
            yield writer
            connection.rollback()
            journal.end(connection)
        finally:
            connection.close()
