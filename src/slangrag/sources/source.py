"""Source: where records come from, whatever its kind, and the one function that opens one.

A kind of source (`sources/csv/`) implements `Source`; who loads a store knows this module alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from slangrag.sources.entry import Entry


@dataclass(frozen=True, slots=True)
class SourceFingerprint:
    """Which input this is: its name, its size in bytes and the SHA-256 of its bytes as they lie on disk."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where to go on: how many records lie before, and a place that only the source itself can read.

    Both may be kept and given back to a source of the same fingerprint, by another process and later.
    """

    record: int
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not become an entry: where, the fault's name, the beginning of its raw text.

    line is the place as people look it up: the line of a file, from 1.
    """

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a source: exactly one of entry and reject. `after` is where to go on."""

    line: int
    entry: Entry | None
    reject: Reject | None
    after: Position


class Source(Protocol):
    """An input that was opened and can be read. Leaving its context ends every pass over it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    @property
    def fingerprint(self) -> SourceFingerprint:
        """What tells this input from another: the same bytes give the same records with the same ids."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was odd about the input so far, in plain words; complete once `records` has ended."""
        ...

    def records(self, start: Position | None = None) -> Iterator[Record]:
        """Every record from `start` (a Record's `after`), or from the first; always in the same order.

        May be called again. Raises InputUnreadable where the input cannot be read on.
        """
        ...

    def expected_records(self, after: Position) -> int | None:
        """How many records there are in all, as far as can be told at `after`; None where it cannot.

        Never less than `after.record`. Cheap enough to be asked several times a second.
        """
        ...


def open_source(path: Path, *, columns: Mapping[str, str] | None = None) -> Source:
    """The source at `path`, its head read; `columns` maps our field names to those of a table.

    Raises InputMissing, InputUnreadable, InputFormat (with the command to type as its hint) and
    UsageError for a field in `columns` that does not exist.
    """
    # So far every source is a CSV, which finds out from the first bytes whether it is one.
    from slangrag.sources.csv.reader import open_csv

    return open_csv(path, columns=columns)
