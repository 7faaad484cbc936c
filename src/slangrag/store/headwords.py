"""The headword index: normal forms of every headword, and what retrieval needs to know of each.

Works on an open SQLite connection. `TABLES` joins the lexicon's schema; `register` is called by the
writer for every new headword inside its transaction; `finish` once after a load.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from slangrag.corpus.headword import joined, squeezed

TABLES: Final = """
-- Looser forms than `fold`; several headwords may share one.
CREATE TABLE forms (
    form TEXT NOT NULL,
    kind TEXT NOT NULL,
    hid INTEGER NOT NULL REFERENCES headwords (hid),
    PRIMARY KEY (form, kind, hid)
) WITHOUT ROWID;
"""


def register(connection: sqlite3.Connection, headwords: Sequence[tuple[int, str]]) -> None:
    """Add the looser forms of new headwords, given as (hid, fold). Commits nothing."""
    rows = []
    for hid, fold in headwords:
        rows.append((joined(fold), "joined", hid))
        rows.append((squeezed(fold), "squeezed", hid))
    connection.executemany("INSERT OR IGNORE INTO forms (form, kind, hid) VALUES (?, ?, ?)", rows)


def finish(connection: sqlite3.Connection) -> None:
    """Compute what depends on the whole corpus. Called after a load, in a transaction of its own."""
