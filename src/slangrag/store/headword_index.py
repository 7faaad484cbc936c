"""Reading the headword index: which headwords a form leads to, and how common a word is.

The other side of `store/headwords.py`, which writes it. Knows nothing of questions, vectors or ranking.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from slangrag.store.parameters import in_chunks

_COLUMNS: Final = "h.hid, h.fold, h.word, coalesce(s.entries, 1), s.up_votes, s.down_votes"
_JOIN: Final = "headwords AS h LEFT JOIN headword_stats AS s ON s.hid = h.hid"


@dataclass(frozen=True, slots=True)
class Headword:
    """One folded headword: its row, the spelling to show, how often it is defined and how that was liked.

    Votes are sums over its entries, None where none are known.
    """

    hid: int
    fold: str
    word: str
    entries: int
    up_votes: int | None
    down_votes: int | None


class HeadwordIndex:
    """Look-ups over the derived tables of one open lexicon."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @cached_property
    def size(self) -> int:
        """Number of entries in the lexicon (the highest row id, which no scan is needed for)."""
        return self._connection.execute("SELECT coalesce(max(rid), 0) FROM entries").fetchone()[0] or 1

    def exact(self, folds: Iterable[str]) -> dict[str, Headword]:
        """Headwords by their fold."""
        return {found.fold: found for found in self._where("h.fold", folds)}

    def by_form(self, forms: Iterable[str], kinds: Sequence[int]) -> list[tuple[str, int, Headword]]:
        """(form, kind, headword) for every headword that has one of `forms` as a looser form of `kinds`."""
        wanted = ",".join(str(int(kind)) for kind in kinds)
        found: list[tuple[str, int, Headword]] = []
        for chunk, marks in in_chunks(forms):
            rows = self._connection.execute(
                f"SELECT f.form, f.kind, {_COLUMNS} FROM forms AS f "
                "CROSS JOIN headwords AS h ON h.hid = f.hid LEFT JOIN headword_stats AS s ON s.hid = h.hid "
                f"WHERE f.form IN ({marks}) AND f.kind IN ({wanted})",
                chunk,
            )
            found.extend((form, kind, Headword(*row)) for form, kind, *row in rows)
        return found

    def headwords(self, hids: Iterable[int]) -> dict[int, Headword]:
        """Headwords by row id."""
        return {found.hid: found for found in self._where("h.hid", hids)}

    def votes(self) -> Iterator[tuple[int, int]]:
        """Every headword's row id and its up-votes (0 where none is known), in the order of the rows."""
        yield from self._connection.execute(
            "SELECT hid, coalesce(up_votes, 0) FROM headword_stats ORDER BY hid"
        )

    def _where(self, column: str, values: Iterable[object]) -> Iterator[Headword]:
        for chunk, marks in in_chunks(values):
            rows = self._connection.execute(
                f"SELECT {_COLUMNS} FROM {_JOIN} WHERE {column} IN ({marks})", chunk
            )
            yield from (Headword(*row) for row in rows)

    def occurrences(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many definitions each folded word occurs; words that occur in none or one are absent."""
        found: dict[str, int] = {}
        for chunk, marks in in_chunks(terms):
            found.update(
                self._connection.execute(f"SELECT term, entries FROM terms WHERE term IN ({marks})", chunk)
            )
        return found
