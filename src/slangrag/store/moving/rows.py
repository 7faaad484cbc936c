"""Entries as an export has them: whole rows in the order of their numbers, some thousands at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from slangrag.store.lexicon import Lexicon

FIELDS: Final = ("entry_id", "word", "definition", "up_votes", "down_votes", "author", "rating", "source")
"""The fields of a row, in order; behind them its vector (float16, little-endian) where it is asked for."""

_AT_ONCE: Final = 8_192


def batches(lexicon: Lexicon, *, vectors: bool) -> Iterator[list[tuple[Any, ...]]]:
    """Every entry. Between two lists nothing is held, so that no writer has to wait."""
    columns = [*FIELDS[:-1], "ledger.source", *(["vector"] if vectors else [])]
    join = "JOIN vectors USING (rid) " if vectors else ""
    query = (
        f"SELECT rid, {', '.join(columns)} FROM entries {join}JOIN ledger ON ledger.id = entries.source "
        f"WHERE rid > ? ORDER BY rid LIMIT {_AT_ONCE}"
    )
    after = 0
    while rows := lexicon.connection.execute(query, (after,)).fetchall():
        after = rows[-1][0]
        yield [row[1:] for row in rows]
