"""XML to a CSV that ingest reads, and back.

Both ways are streams: memory does not grow with the file. What is written to a file appears under its name
when it is whole.
"""

from __future__ import annotations

import csv
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Literal

from slangrag.errors import InputFormat
from slangrag.sources.csv.reader import LONGEST_WORD
from slangrag.sources.entry import Entry
from slangrag.sources.source import Source, open_source
from slangrag.sources.xml.look import ENOUGH, Found, Look, look
from slangrag.sources.xml.parsing import total_bytes
from slangrag.sources.xml.paths import read_column_paths, read_inner_path, read_record_path
from slangrag.sources.xml.records import XmlRow, XmlShape, read_records
from slangrag.sources.xml.writing import RECORD, write_entries
from slangrag.store.moving.aside import arriving
from slangrag.text.clean import clean_definition, clean_word

__all__ = [
    "RECORD",
    "Conversion",
    "Found",
    "Look",
    "Skipped",
    "Tally",
    "XmlShape",
    "csv_from_xml",
    "fault_of",
    "in_megabytes",
    "look_into",
    "read_column_paths",
    "read_inner_path",
    "read_record_path",
    "xml_from_csv",
]

Told = Callable[[str, float, float | None], None]
"""Called with the stage, how much is done and how much there is in all (None: nobody knows): megabytes of
XML, rows of a CSV. What it raises ends the work."""

# The word goes first: the reader takes a line that begins with a number for the start of a row, and looks
# into definitions for such lines, where the id is the first column.
_ORDER: Final = ("word", "definition", "word_id", "up_votes", "down_votes", "author")
_LONGEST_FIELD: Final = 131_072  # characters; Python's csv reads no longer one
_FIRST_LINES: Final = 5
_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Skipped:
    """Why something was not written, how often, and the lines (from 1) of the first few."""

    reason: str
    count: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """One file converted.

    out is None for a stream. records were read, rows written; skipped says what was not, in rows, with lines
    of `source`. surplus: for each column how many rows took the first of several matches. replaced:
    characters that XML cannot hold. bytes is the size of what was written.
    """

    source: Path
    out: Path | None
    form: Literal["csv", "xml"]
    columns: tuple[str, ...]
    records: int
    rows: int
    skipped: tuple[Skipped, ...]
    seconds: float
    bytes: int
    surplus: Mapping[str, int] = field(default_factory=dict)
    replaced: int = 0


class _Lines:
    """Lets csv write to a binary file: one call is one row, as UTF-8."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, row: str) -> int:
        return self._file.write(row.encode())


class Tally:
    """Counts of reasons, with the first lines of each."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lines: dict[str, list[int]] = {}

    def add(self, reason: str, line: int) -> None:
        """Count one more."""
        self._counts[reason] += 1
        lines = self._lines.setdefault(reason, [])
        if len(lines) < _FIRST_LINES:
            lines.append(line)

    def of(self, reason: str) -> Skipped:
        """What was counted for one reason."""
        return Skipped(reason, self._counts[reason], tuple(self._lines.get(reason, ())))

    def all(self) -> tuple[Skipped, ...]:
        """Every reason, the most frequent first."""
        return tuple(self.of(reason) for reason, _ in self._counts.most_common())


def look_into(path: Path, told: Told) -> Look:
    """What repeats in an XML file, and what may be its records. Raises as `pieces` of `sources.xml` does."""
    return look(path, in_megabytes("look", path, told, most=ENOUGH))


def csv_from_xml(source: Path, shape: XmlShape, out: Path | BinaryIO, told: Told) -> Conversion:
    """Write the rows of an XML file as a CSV with ingest's columns.

    Raises UsageError and StoreError as `arriving` does for `out`; InputFormat for what is no XML, and where
    there is no record or no row in it; then nothing is left under the name (a stream has what came before).
    """
    began = time.monotonic()
    columns = tuple(name for name in _ORDER if name in shape.columns)
    records = rows = 0
    skips, surplus = Tally(), Counter[str]()
    with _opened(out) as file:
        written = csv.writer(_Lines(file), lineterminator="\n")
        written.writerow(columns)
        for record in read_records(source, shape, in_megabytes("convert", source, told)):
            records += 1
            if not record.rows:
                skips.add("nothing-at-each", record.line)
            for row in record.rows:
                if fault := fault_of(row):
                    skips.add(fault, record.line)
                    continue
                written.writerow([row.fields[name] for name in columns])
                rows += 1
                surplus.update(row.surplus)
        size = file.tell() if isinstance(out, Path) else 0
        _require_rows(source, shape, records, rows, skips.all())
    path = out if isinstance(out, Path) else None
    seconds = time.monotonic() - began
    return Conversion(source, path, "csv", columns, records, rows, skips.all(), seconds, size, dict(surplus))


def fault_of(row: XmlRow) -> str:
    """Why ingest could not take this row, "" where it can."""
    word = row.fields["word"]
    if not word or not (word := clean_word(word)):
        return "empty-word"
    if len(word) > LONGEST_WORD:
        return "overlong-word"
    if not row.fields["definition"] or not clean_definition(row.fields["definition"]):
        return "empty-definition"
    return next((f"overlong-{name}" for name, text in row.fields.items() if len(text) > _LONGEST_FIELD), "")


def _require_rows(
    source: Path, shape: XmlShape, records: int, rows: int, skipped: tuple[Skipped, ...]
) -> None:
    """InputFormat where nothing came of the file: a path does not fit."""
    hint = f"slangrag convert {source}"
    if not records:
        raise InputFormat(f"{source} has nothing at --record {shape.record.text}", hint=hint)
    if not rows:
        why = ", ".join(f"{one.count:,} {one.reason}" for one in skipped)
        raise InputFormat(f"none of {records:,} records of {source} gave a row: {why}", hint=hint)


def xml_from_csv(
    source: Path,
    out: Path | BinaryIO,
    told: Told,
    *,
    record: str = RECORD,
    columns: Mapping[str, str] | None = None,
) -> Conversion:
    """Write what ingest reads of a CSV as XML; `columns` maps our fields to its names, as for ingest.

    Raises as `open_source` does, UsageError for a `record` that names no element, and as `arriving` does.
    """
    began = time.monotonic()
    skips = Tally()
    rows = replaced = 0
    with open_source(source, columns=columns) as opened, _opened(out) as file:
        for count in write_entries(_entries(opened, skips, told), file, record):
            rows += 1
            replaced += count
        file.flush()
        size = file.tell() if isinstance(out, Path) else 0
    skipped = skips.all()
    path = out if isinstance(out, Path) else None
    records = rows + sum(one.count for one in skipped)
    return Conversion(
        source, path, "xml", _ORDER, records, rows, skipped, time.monotonic() - began, size, replaced=replaced
    )


def _entries(source: Source, skips: Tally, told: Told) -> Iterator[Entry]:
    for record in source.records():
        if record.entry is not None:
            yield record.entry
        elif record.reject is not None:
            skips.add(record.reject.reason, record.line)
        if record.after.record % 5_000 == 0:
            told("convert", record.after.record, source.expected_records(record.after))


@contextmanager
def _opened(out: Path | BinaryIO) -> Iterator[BinaryIO]:
    """A file that comes under its name at the end of the block, or the stream itself."""
    if not isinstance(out, Path):
        yield out
        return
    with arriving(out) as aside, aside.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def in_megabytes(stage: str, path: Path, told: Told, *, most: int | None = None) -> Callable[[int], None]:
    """Tell of bytes once in a megabyte; a smaller file is done before anybody looks."""
    total = total_bytes(path)
    if total and most:
        total = min(total, most)
    said = 0

    def tell(done: int) -> None:
        nonlocal said
        if done - said >= _MB or (said and done == total):
            said = done
            told(stage, done / _MB, None if total is None else total / _MB)

    return tell
