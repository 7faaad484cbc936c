"""Sources: which named one each entry is from, told by the load that saw it last.

Works on an open SQLite connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from slangrag.store.parameters import in_chunks

SOURCE_COLUMN: Final = (
    "CASE WHEN (SELECT count(DISTINCT source) FROM ledger) > 1 "
    "THEN (SELECT l.source FROM ledger AS l WHERE l.id = entries.source) ELSE '' END"
)
"""The name of a row's source; "" where there is but one, and everybody would be told what nobody asked."""


@dataclass(frozen=True, slots=True)
class SourceCount:
    """A source and how many entries it has; shared: how many more it brought that another source has."""

    name: str
    entries: int
    shared: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the lexicon has of an entry id: its row, its headword, the hash of its text, the rest.

    load: the last that saw it; source: the name of its source.
    """

    rid: int
    word: str
    text_hash: bytes
    load: int
    source: str
    rest: tuple[int | None, int | None, str, int]


def counted(connection: sqlite3.Connection) -> list[SourceCount]:
    """Every source, in the order of their first loads. Where there are several, all entries are read."""
    rows = connection.execute("SELECT source FROM ledger GROUP BY source ORDER BY min(id)")
    names = [name for (name,) in rows]
    if len(names) == 1:
        return [SourceCount(names[0], connection.execute("SELECT count(*) FROM entries").fetchone()[0], 0)]
    entries, copies = (
        dict(
            connection.execute(
                f"SELECT l.source, sum(n) FROM (SELECT source, count(*) AS n FROM {table} GROUP BY source) "
                "AS t JOIN ledger AS l ON l.id = t.source GROUP BY l.source"
            )
        )
        for table in ("entries", "copies")
    )
    return [SourceCount(name, entries.get(name, 0), copies.get(name, 0)) for name in names]


def known(connection: sqlite3.Connection, entry_ids: Iterable[str]) -> dict[str, Known]:
    """Which of these ids are there; absent ones are absent from the answer."""
    found: dict[str, Known] = {}
    for chunk, marks in in_chunks(entry_ids):
        for entry_id, rid, word, text_hash, load, source, *rest in connection.execute(
            "SELECT entry_id, rid, word, text_hash, entries.source, ledger.source, up_votes, down_votes, "
            "author, rating FROM entries JOIN ledger ON ledger.id = entries.source "
            f"WHERE entry_id IN ({marks})",
            chunk,
        ):
            found[entry_id] = Known(rid, word, text_hash, load, source, tuple(rest))
    return found
