"""The headword index: normal forms of every headword, and what retrieval needs to know of each.

Works on an open SQLite connection. `TABLES` joins the lexicon's schema; `register` is called by the
writer for every new headword inside its transaction; `finish` once after a load.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import Final

from slangrag.corpus.headword import joined, plain_words, skeleton, squeezed, stem

TABLES: Final = """
-- Looser forms than `fold`, only where they differ from it; several headwords may share one.
CREATE TABLE forms (
    form TEXT NOT NULL,
    kind INTEGER NOT NULL,             -- 1 joined, 2 squeezed, 3 stem, 4 skeleton
    hid INTEGER NOT NULL REFERENCES headwords (hid),
    PRIMARY KEY (form, kind, hid)
) WITHOUT ROWID;

-- How many entries define a headword, and what people thought of them (NULL where no vote is known).
CREATE TABLE headword_stats (
    hid INTEGER PRIMARY KEY REFERENCES headwords (hid),
    entries INTEGER NOT NULL,
    up_votes INTEGER,
    down_votes INTEGER
);

-- In how many definitions a folded word occurs, for words that occur in two or more.
CREATE TABLE terms (term TEXT PRIMARY KEY, entries INTEGER NOT NULL) WITHOUT ROWID;
"""

JOINED: Final = 1
SQUEEZED: Final = 2
STEM: Final = 3
SKELETON: Final = 4
_SKELETON_LETTERS: Final = 3


def register(connection: sqlite3.Connection, headwords: Sequence[tuple[int, str]]) -> None:
    """Add the looser forms of new headwords, given as (hid, fold). Commits nothing."""
    rows = []
    for hid, folded in headwords:
        for kind, form in (
            (JOINED, joined(folded)),
            (SQUEEZED, squeezed(folded)),
            (STEM, stem(folded)),
        ):
            if form != folded and len(form) > 1:
                rows.append((form, kind, hid))
        if len(consonants := skeleton(folded)) >= _SKELETON_LETTERS:
            rows.append((consonants, SKELETON, hid))
    connection.executemany("INSERT OR IGNORE INTO forms (form, kind, hid) VALUES (?, ?, ?)", rows)


def finish(connection: sqlite3.Connection) -> None:
    """Compute what depends on the whole corpus. Called after a load, in a transaction of its own."""
    connection.execute("DELETE FROM headword_stats")
    connection.execute(
        "INSERT INTO headword_stats SELECT hid, count(*), sum(up_votes), sum(down_votes) "
        "FROM entries GROUP BY hid"
    )
    counts: Counter[str] = Counter()
    for (definition,) in connection.execute("SELECT definition FROM entries"):
        counts.update(set(plain_words(definition)))
    connection.execute("DELETE FROM terms")
    connection.executemany(
        "INSERT INTO terms (term, entries) VALUES (?, ?)",
        ((term, n) for term, n in counts.items() if n > 1),
    )
