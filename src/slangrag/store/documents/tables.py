"""The tables that a store of documents has beside those of every store."""

from __future__ import annotations

import sqlite3
from typing import Final

TABLES: Final = (
    # AUTOINCREMENT: a number that was cited and removed must not come back as another document.
    """CREATE TABLE IF NOT EXISTS documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    locator TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    kind TEXT NOT NULL,
    date TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    text TEXT NOT NULL,
    passages_given INTEGER NOT NULL,   -- how many passage ids were ever given out
    added_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    etag TEXT NOT NULL DEFAULT '',
    modified TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '[]'   -- JSON
)""",
    """CREATE TABLE IF NOT EXISTS pages (
    document INTEGER NOT NULL REFERENCES documents (number),
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    PRIMARY KEY (document, number)
) WITHOUT ROWID""",
    # rid is the passage's row among the entries: its text, full text and vector are there.
    """CREATE TABLE IF NOT EXISTS passages (
    rid INTEGER PRIMARY KEY REFERENCES entries (rid),
    document INTEGER NOT NULL REFERENCES documents (number),
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    heading TEXT NOT NULL
)""",
    "CREATE INDEX IF NOT EXISTS passages_by_document ON passages (document, start)",
    # Entries also leave where nobody knows of documents: a new embedder may refuse one.
    "CREATE TRIGGER IF NOT EXISTS passages_go_with_entries AFTER DELETE ON entries "
    "BEGIN DELETE FROM passages WHERE rid = OLD.rid; END",
)


def create(connection: sqlite3.Connection) -> None:
    """Make what is not there yet, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in TABLES:
        connection.execute(statement)
    connection.commit()


def are_there(connection: sqlite3.Connection) -> bool:
    """Whether they were made; a kill before leaves a store without them."""
    query = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'passages_by_document')"
    return bool(connection.execute(query).fetchone()[0])
