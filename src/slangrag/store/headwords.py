"""The headword index: normal forms of every headword, and what retrieval needs to know of each.

Works on an open SQLite connection. `TABLES` joins the lexicon's schema; `finish` is called once, after a
load. Until then its new headwords are found by their fold alone.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Final

from slangrag.text.forms import joined, plain_words, skeleton, squeezed, stem

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
_AT_ONCE: Final = 2_000_000  # headwords, some 500 MB


def finish(connection: sqlite3.Connection) -> None:
    """Compute what depends on the whole corpus. Called after a load; commits nothing."""
    # Headwords are numbered upwards, so those of this load come after the last one with statistics.
    (known,) = connection.execute("SELECT coalesce(max(hid), 0) FROM headword_stats").fetchone()
    _add_forms(connection, known)
    connection.execute("DELETE FROM headword_stats")
    connection.execute(
        "INSERT INTO headword_stats SELECT hid, count(*), sum(up_votes), sum(down_votes) "
        "FROM entries GROUP BY hid"
    )
    definitions = connection.execute("SELECT definition FROM entries")
    counts = Counter(chain.from_iterable(set(plain_words(definition)) for (definition,) in definitions))
    connection.execute("DELETE FROM terms")
    connection.executemany(
        "INSERT INTO terms (term, entries) VALUES (?, ?)",
        sorted((term, n) for term, n in counts.items() if n > 1),
    )


def forms_of(folded: str) -> Iterator[tuple[str, int]]:
    """The looser forms of a folded headword that are worth a row, each with its kind."""
    for kind, form in ((JOINED, joined(folded)), (SQUEEZED, squeezed(folded)), (STEM, stem(folded))):
        if form != folded and len(form) > 1:
            yield form, kind
    if len(consonants := skeleton(folded)) >= _SKELETON_LETTERS:
        yield consonants, SKELETON


def _add_forms(connection: sqlite3.Connection, after: int) -> None:
    """Write the looser forms of the headwords after this id."""
    headwords = connection.execute("SELECT hid, fold FROM headwords WHERE hid > ? ORDER BY hid", (after,))
    while some := headwords.fetchmany(_AT_ONCE):
        # Sorted, because a tree larger than its cache takes neighbours many times faster than strangers;
        # one string a row, because that takes a third of a tuple's memory.
        keys = [f"{form}\0{kind}{hid}" for hid, folded in some for form, kind in forms_of(folded)]
        keys.sort()
        cut = (key.rpartition("\0") for key in keys)
        connection.executemany(
            "INSERT OR IGNORE INTO forms (form, kind, hid) VALUES (?, ?, ?)",
            ((form, int(rest[0]), int(rest[1:])) for form, _, rest in cut),
        )
