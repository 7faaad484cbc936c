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
from pathlib import Path
from typing import Any, Final

from slangrag.errors import StoreMismatch
from slangrag.sources.entry import Entry
from slangrag.store import journal, ledger
from slangrag.store.copies import EARLIER_LOADS, Copies
from slangrag.store.fingerprint import PENDING_EMBEDDER
from slangrag.store.headwords import finish
from slangrag.store.journal import guard
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import NUMBER, Lexicon
from slangrag.store.parameters import in_chunks
from slangrag.store.rows import NewEntry, RejectedRow, rest_of
from slangrag.store.schema import NEW_VECTORS, SCHEMA_VERSION, UPGRADES, create, upgrade

_WITHOUT_ENTRIES: Final = "hid NOT IN (SELECT hid FROM entries)"


class LexiconWriter(Lexicon):
    """Write access to one lexicon, with all of its reading. One per store, in one thread."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__(connection, path)
        self.copies = Copies(connection)
        self._next_rid = self._after("SELECT seq FROM sqlite_sequence WHERE name = 'entries'")
        self._next_hid = self._after("SELECT max(hid) FROM headwords")

    def _after(self, query: str) -> int:
        row = self.connection.execute(query).fetchone()
        return 1 + (row[0] or 0 if row else 0)

    def begin_load(
        self, name: str, size: int, sha256: str, options: str, source: str | None
    ) -> ledger.Ledger:
        """The newest load if it is an unfinished one of the same file, options and source, else a new one.

        source: its name; None is the first one's.
        """
        return ledger.begin(self.connection, name, size, sha256, options, source or self.first_source)

    def save_load(self, load: ledger.Ledger) -> None:
        """Write a load's place and counts."""
        ledger.save(self.connection, load)

    def set_meta(self, key: str, value: Any) -> None:
        """Keep a JSON value under `key`; None takes it away."""
        if value is None:
            self.connection.execute("DELETE FROM meta WHERE key = ?", (key,))
        else:
            self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def has_other_sources(self, source: str) -> bool:
        """Whether any other source has brought entries."""
        query = "SELECT EXISTS (SELECT 1 FROM ledger WHERE source <> ? AND accepted > 0)"
        return bool(self.connection.execute(query, (source,)).fetchone()[0])

    def any_refused(self, load: int) -> bool:
        """Whether the embedder has refused any row of this load."""
        query = "SELECT EXISTS (SELECT 1 FROM rejects WHERE entry_id IS NOT NULL AND source = ?)"
        return bool(self.connection.execute(query, (load,)).fetchone()[0])

    def refused(self, entry_ids: Iterable[str], load: int) -> dict[str, bytes]:
        """Text hashes, by id, of rows that the embedder refused in this load."""
        found: dict[str, bytes] = {}
        for chunk, marks in in_chunks(entry_ids):
            found.update(
                self.connection.execute(
                    f"SELECT entry_id, text_hash FROM rejects WHERE source = ? AND entry_id IN ({marks})",
                    (load, *chunk),
                )
            )
        return found

    def count_of(self, folded: str, load: int) -> int:
        """Entries of a headword that this load saw or had refused."""
        query = (
            "SELECT (SELECT count(*) FROM entries JOIN headwords USING (hid) "
            "WHERE fold = :fold AND source = :load) "
            "+ (SELECT count(*) FROM copies JOIN entries USING (rid) JOIN headwords USING (hid) "
            "WHERE fold = :fold AND copies.source = :load) "
            "+ (SELECT count(*) FROM rejects WHERE fold = :fold AND source = :load)"
        )
        return int(self.connection.execute(query, {"fold": folded, "load": load}).fetchone()[0])

    def count_of_load(self, load: int) -> int:
        """Entries that this load saw or had refused."""
        query = (
            "SELECT (SELECT count(*) FROM entries WHERE source = :load) "
            "+ (SELECT count(*) FROM copies WHERE source = :load) "
            "+ (SELECT count(*) FROM rejects WHERE source = :load AND fold IS NOT NULL)"
        )
        return int(self.connection.execute(query, {"load": load}).fetchone()[0])

    def add(self, rows: Sequence[NewEntry], load: int) -> None:
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
                    load,
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
        self.copies.forget(row.entry.entry_id for row in rows)

    def change(self, rows: Sequence[tuple[int, NewEntry]], load: int) -> None:
        """Give entries, by row id, another text and vector."""
        hids = self._headword_ids([row for _, row in rows])
        self._forget_pending([rid for rid, _ in rows])
        for (rid, row), hid in zip(rows, hids, strict=True):
            self._forget_text(rid)
            entry = row.entry
            self.connection.execute(
                "UPDATE entries SET hid = ?, word = ?, definition = ?, up_votes = ?, down_votes = ?, "
                "author = ?, rating = ?, text_hash = ?, source = ? WHERE rid = ?",
                (hid, entry.word, entry.definition, *rest_of(entry), row.text_hash, load, rid),
            )
            self.connection.execute(
                "INSERT INTO entries_fts (rowid, word, definition) VALUES (?, ?, ?)",
                (rid, entry.word, entry.definition),
            )
            self.connection.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (rid, row.vector))
            self.connection.execute("INSERT OR IGNORE INTO uncoded VALUES (?)", (rid,))
            self._stale(entry.entry_id)

    def see(self, rids: Sequence[int], load: int) -> None:
        """Note that this load saw these entries as they are."""
        self.connection.executemany("UPDATE entries SET source = ? WHERE rid = ?", ((load, r) for r in rids))

    def revise(self, rows: Sequence[tuple[int, Entry]], load: int) -> None:
        """Give entries, by row id, other votes, author or rating; text and vector stay."""
        for rid, entry in rows:
            self.connection.execute(
                "UPDATE entries SET up_votes = ?, down_votes = ?, author = ?, rating = ?, source = ? "
                "WHERE rid = ?",
                (*rest_of(entry), load, rid),
            )
            self._stale(entry.entry_id)

    def prune(self, load: int) -> tuple[int, int]:
        """Let go of what this load's source brought before and not now: entries that left, and others.

        The others are entries that went to another source, and copies of another's entry.
        """
        copies = self.copies.prune(load)
        rows = self.connection.execute(
            f"SELECT rid FROM entries WHERE source IN ({EARLIER_LOADS})", {"load": load}
        ).fetchall()
        left = self.let_go([rid for (rid,) in rows])
        return left, copies + len(rows) - left

    def let_go(self, rids: Sequence[int]) -> int:
        """Take entries from their source: out, or over to one that has a copy; how many went out."""
        gone = [rid for rid in rids if not self.copies.hand_over(rid)]
        self.remove(gone)
        return len(gone)

    def remove(self, rids: Sequence[int]) -> None:
        """Take entries out, with their vectors and full text."""
        self._forget_pending(rids)
        for rid in rids:
            self._forget_text(rid)
            self.connection.execute(
                "INSERT OR IGNORE INTO stale SELECT entry_id FROM entries WHERE rid = ?", (rid,)
            )
            for table in ("vectors", "copies", "uncoded"):
                self.connection.execute(f"DELETE FROM {table} WHERE rid = ?", (rid,))
            self.connection.execute("DELETE FROM entries WHERE rid = ?", (rid,))

    def _forget_pending(self, rids: Sequence[int]) -> None:
        """Vectors that another embedder made of these entries, before it was stopped, are of older texts."""
        if self.meta(PENDING_EMBEDDER) is not None:
            self.connection.executemany(f"DELETE FROM {NEW_VECTORS} WHERE rid = ?", ((rid,) for rid in rids))

    def note_coded(self, rids: Iterable[int] | None) -> None:
        """These rows (None: all) have codes of the vectors that they have now."""
        if rids is None:
            self.connection.execute("DELETE FROM uncoded")
        else:
            self.connection.executemany("DELETE FROM uncoded WHERE rid = ?", ((rid,) for rid in rids))

    def reject(self, rows: Iterable[RejectedRow], load: int) -> None:
        """Set records aside under this load."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO rejects VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((load, r.record, r.line, r.reason, r.text, r.entry_id, r.text_hash, r.fold) for r in rows),
        )

    def finish_headwords(self, *, sweep: bool) -> None:
        """What depends on the whole corpus is made anew; with `sweep`, headwords without entries go."""
        if sweep:
            for table in ("forms", "headwords"):
                self.connection.execute(f"DELETE FROM {table} WHERE {_WITHOUT_ENTRIES}")
        finish(self.connection)

    def renumber(self) -> None:
        """Another number than any other store has. Commits nothing."""
        self.set_meta(NUMBER, secrets.token_hex(4))

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

    The caller holds the store's lock. What is not committed is lost at the end. One of an earlier schema
    version is brought up to this one. Raises StoreMismatch for a later one, StoreError for a full disk.
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
                writer.renumber()
                writer.commit()
            yield writer
            connection.rollback()
            journal.end(connection)
        finally:
            connection.close()
