"""A small lexicon in memory, of headwords and definitions written for these tests."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from slangrag.retrieval.slang_store import SlangStore
from slangrag.store import headwords
from slangrag.store.lexicon import Lexicon
from slangrag.store.schema import TABLES
from slangrag.text.forms import fold

Row = tuple[str, str] | tuple[str, str, int, int]
MakeStore = Callable[..., SlangStore]


@pytest.fixture
def make_store() -> Iterator[MakeStore]:
    """Make a store of (word, definition[, up, down]) rows, without vectors, index or embedder."""
    opened: list[sqlite3.Connection] = []

    def make(*rows: Row) -> SlangStore:
        connection = sqlite3.connect(":memory:")
        opened.append(connection)
        connection.executescript(TABLES)
        hids: dict[str, int] = {}
        for rid, (word, definition, *votes) in enumerate(rows, 1):
            folded = fold(word)
            if folded not in hids:
                hids[folded] = len(hids) + 1
                connection.execute("INSERT INTO headwords VALUES (?, ?, ?)", (hids[folded], folded, word))
            up, down = votes or (None, None)
            connection.execute(
                "INSERT INTO entries (rid, entry_id, hid, word, definition, up_votes, down_votes, text_hash, "
                "source) VALUES (?, ?, ?, ?, ?, ?, ?, x'', 1)",
                (rid, f"{rid:07}", hids[folded], word, definition, up, down),
            )
        headwords.finish(connection)
        connection.execute("INSERT INTO entries_fts (entries_fts) VALUES ('rebuild')")
        return SlangStore(Lexicon(connection, Path("lexicon.sqlite3")))

    yield make
    for connection in opened:
        connection.close()
