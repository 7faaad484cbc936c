"""The lexicon's tables. A change here raises SCHEMA_VERSION; a store of another version is refused."""

from __future__ import annotations

from typing import Final

SCHEMA_VERSION: Final = 1

TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row per distinct folded headword. word is the spelling to show.
CREATE TABLE headwords (
    hid INTEGER PRIMARY KEY,
    fold TEXT NOT NULL UNIQUE,
    word TEXT NOT NULL
);

CREATE TABLE entries (
    rid INTEGER PRIMARY KEY,
    entry_id TEXT NOT NULL UNIQUE,
    hid INTEGER NOT NULL REFERENCES headwords (hid),
    word TEXT NOT NULL,
    definition TEXT NOT NULL,
    up_votes INTEGER,
    down_votes INTEGER,
    author TEXT NOT NULL DEFAULT '',
    rating INTEGER NOT NULL DEFAULT 0,
    text_hash BLOB NOT NULL            -- of word and definition: what decides whether to embed again
);
CREATE INDEX entries_by_headword ON entries (hid);

-- Unit vectors, float16, little-endian. In a table of their own, so that reading entries stays cheap.
CREATE TABLE vectors (rid INTEGER PRIMARY KEY REFERENCES entries (rid), vector BLOB NOT NULL);

CREATE VIRTUAL TABLE entries_fts USING fts5 (
    word, definition, content='entries', content_rowid='rid', tokenize='porter unicode61 remove_diacritics 2'
);
"""
