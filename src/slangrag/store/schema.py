"""The tables of a lexicon, and how one of an earlier version is brought up to this one, or read as it is.

A change here raises SCHEMA_VERSION and adds to UPGRADES. A store of a later version is refused.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Final

from slangrag.store import headwords

SCHEMA_VERSION: Final = 2

FIRST_SOURCE: Final = "main"
"""What the source that a store began with is called, where nobody named it."""

NEW_VECTORS: Final = "new_vectors"
"""The table of another embedder's vectors, while they are being made (store/new_vectors)."""

VECTORS: Final = "(rid INTEGER PRIMARY KEY, vector BLOB NOT NULL)"

# What another source brought that has the headword and the definition of an entry: kept for when the
# entry's own source gives it up. entry_id is the other source's, source its ledger id as in entries.
_COPIES: Final = """CREATE TABLE copies (
    entry_id TEXT PRIMARY KEY,
    rid INTEGER NOT NULL REFERENCES entries (rid),
    up_votes INTEGER,
    down_votes INTEGER,
    author TEXT NOT NULL DEFAULT '',
    text_hash BLOB NOT NULL,
    source INTEGER NOT NULL
) WITHOUT ROWID;
"""
_COPIES_BY_ENTRY: Final = "CREATE INDEX copies_by_entry ON copies (rid);\n"

# Rows whose vector was changed since it was coded (store/codes).
_UNCODED: Final = "CREATE TABLE uncoded (rid INTEGER PRIMARY KEY);\n"

UPGRADES: Final[Mapping[int, Sequence[str]]] = {
    1: (
        "ALTER TABLE ledger ADD COLUMN shared INTEGER NOT NULL DEFAULT 0",
        f"ALTER TABLE ledger ADD COLUMN source TEXT NOT NULL DEFAULT '{FIRST_SOURCE}'",
        _COPIES,
        _COPIES_BY_ENTRY,
        _UNCODED,
    ),
}
"""The statements that make version n into n + 1. Whoever only reads reads an older version as it is."""

# A store of version n as the readers of this version see it: what it lacks stands in front of its tables.
_AS_IF: Final[Mapping[int, Sequence[str]]] = {
    1: (
        f"CREATE TEMP VIEW ledger AS SELECT *, 0 AS shared, '{FIRST_SOURCE}' AS source FROM main.ledger",
        "CREATE TEMP VIEW copies AS SELECT '' AS entry_id, 0 AS rid, 0 AS source WHERE 0",
        "CREATE TEMP VIEW uncoded AS SELECT 0 AS rid WHERE 0",
    ),
}

TABLES: Final = (
    """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row per distinct folded headword. word is the spelling to show.
CREATE TABLE headwords (
    hid INTEGER PRIMARY KEY,
    fold TEXT NOT NULL UNIQUE,
    word TEXT NOT NULL
);

-- AUTOINCREMENT: the index remembers row ids, so one that was pruned must not come back.
CREATE TABLE entries (
    rid INTEGER PRIMARY KEY AUTOINCREMENT,
    entry_id TEXT NOT NULL UNIQUE,
    hid INTEGER NOT NULL REFERENCES headwords (hid),
    word TEXT NOT NULL,
    definition TEXT NOT NULL,
    up_votes INTEGER,
    down_votes INTEGER,
    author TEXT NOT NULL DEFAULT '',
    rating INTEGER NOT NULL DEFAULT 0,
    text_hash BLOB NOT NULL,           -- of word and definition: what decides whether to embed again
    source INTEGER NOT NULL            -- ledger id of the last load that saw it: its source is that load's
);
CREATE INDEX entries_by_headword ON entries (hid);

-- One row per load of one file into one source with one set of options. record, line, byte: where to go on.
CREATE TABLE ledger (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    options TEXT NOT NULL,
    state TEXT NOT NULL,               -- reading, superseded, complete
    record INTEGER NOT NULL DEFAULT 0,
    line INTEGER NOT NULL DEFAULT 0,
    byte INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    duplicates INTEGER NOT NULL DEFAULT 0,
    filtered INTEGER NOT NULL DEFAULT 0,
    embedded INTEGER NOT NULL DEFAULT 0,
    rewritten INTEGER NOT NULL DEFAULT 0,  -- entries of earlier loads that this one changed or pruned
    saved_at TEXT NOT NULL,
    shared INTEGER NOT NULL DEFAULT 0,     -- accepted, but another source has the same: a copy
    source TEXT NOT NULL DEFAULT 'main'
);

-- Rows set aside. entry_id, text_hash and fold are there for rows that the embedder refused.
CREATE TABLE rejects (
    source INTEGER NOT NULL REFERENCES ledger (id),
    record INTEGER NOT NULL,
    line INTEGER NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL,
    entry_id TEXT,
    text_hash BLOB,
    fold TEXT,
    PRIMARY KEY (source, record)
) WITHOUT ROWID;
CREATE INDEX rejects_by_entry ON rejects (entry_id) WHERE entry_id IS NOT NULL;
CREATE INDEX rejects_by_headword ON rejects (fold) WHERE fold IS NOT NULL;

-- Entries that the index holds otherwise than this file does: changed or gone since it was built.
CREATE TABLE stale (entry_id TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE VIRTUAL TABLE entries_fts USING fts5 (
    word, definition, content='entries', content_rowid='rid', tokenize='porter unicode61 remove_diacritics 2'
);
"""
    # Unit vectors, float16, little-endian. In a table of their own, so that reading entries stays cheap.
    + f"CREATE TABLE vectors {VECTORS};\n"
    + _UNCODED
    + _COPIES
    + _COPIES_BY_ENTRY
    + headwords.TABLES
)


def create(connection: sqlite3.Connection, meta: Mapping[str, Any]) -> None:
    """Tables, version and first meta in one transaction: there is no half-made lexicon."""
    connection.execute("BEGIN IMMEDIATE")
    for statement in _statements(TABLES):
        connection.execute(statement)
    connection.executemany("INSERT INTO meta VALUES (?, ?)", ((k, json.dumps(v)) for k, v in meta.items()))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.commit()


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Bring the tables of an older version up to this one, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    for older in range(version, SCHEMA_VERSION):
        for statement in UPGRADES[older]:
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.commit()


def read_as_it_is(connection: sqlite3.Connection, version: int) -> None:
    """Let a reader find in the tables of an older version what this one has; nothing is written."""
    connection.execute("PRAGMA temp_store = MEMORY")
    for older in range(version, SCHEMA_VERSION):
        for statement in _AS_IF[older]:
            connection.execute(statement)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: `executescript` would commit between them."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""


def has_full_text() -> bool:
    """Whether this Python's SQLite was built with the full-text index that a lexicon needs."""
    with closing(sqlite3.connect(":memory:")) as connection:
        return ("ENABLE_FTS5",) in connection.execute("PRAGMA compile_options").fetchall()
