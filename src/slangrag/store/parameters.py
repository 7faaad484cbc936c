"""Values for one SQL statement, in lists that its parameters can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

T = TypeVar("T")
_MANY: Final = 900  # SQLite before 3.32 takes 999 parameters (sqlite.org/limits.html)


def in_chunks(values: Iterable[T]) -> Iterator[tuple[list[T], str]]:
    """Distinct values in lists of up to 900, each list with its question marks."""
    distinct = list(dict.fromkeys(values))
    for start in range(0, len(distinct), _MANY):
        chunk = distinct[start : start + _MANY]
        yield chunk, ",".join("?" * len(chunk))
