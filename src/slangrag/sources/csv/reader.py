"""CSV records to entries and rejects, one record at a time, each with the place to go on from.

Well-formed rows go through the csv module; only what it refuses is looked at again. Knows nothing of
stores, duplicates or filters: a record is either an entry or a reject with the name of its fault.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from slangrag.sources.csv.columns import Columns, passed_over, read_columns, read_header
from slangrag.sources.csv.fields import content_id, vote_count
from slangrag.sources.csv.lines import LONGEST_LINE, LineTape
from slangrag.sources.csv.repair import Beyond, is_row, repair, starts_row
from slangrag.sources.csv.row_count import RowCount
from slangrag.sources.csv.stream import fingerprint, is_plain, open_stream
from slangrag.sources.entry import Entry
from slangrag.sources.source import Position, Record, Reject, SourceFingerprint
from slangrag.text.clean import clean_definition, clean_word
from slangrag.text.rating import rate

EXCEL_ROWS: Final = 1_048_576
LONGEST_RECORD: Final = 200_000
# The longest headword known has 347 characters.
LONGEST_WORD: Final = 500
_KEPT_OF_A_REJECT: Final = 500
# What Excel makes of a cell that begins with "=", "-" or "+". (Its other errors are real headwords.)
_EXCEL_ERROR: Final = "#NAME?"
_DATE_AUTHOR: Final = re.compile(r"\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:-\d\d)?")


class CsvSource:
    """One CSV, its header read; a `slangrag.sources.source.Source`. A place is a line (from 1) and a byte.

    Faults of its rows: blank-line, repeated-header, truncated-row, shifted-row, broken-quotes, overlong-row,
    empty-word, overlong-word, empty-definition, excel-damage, unreadable-votes.
    """

    def __init__(self, path: Path, columns: Columns, header_bytes: int) -> None:
        self.path = path
        self._columns = columns
        self._header_bytes = header_bytes
        self._passes: list[Generator[Record, None, None]] = []
        self._counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for unfinished in self._passes:
            unfinished.close()

    @cached_property
    def fingerprint(self) -> SourceFingerprint:
        """Name, size and SHA-256 of the file as it lies on disk; computed once, about 1 GB a second."""
        return fingerprint(self.path)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was odd about the file so far, in plain words; complete once `records` has ended."""
        counts = self._counts
        said = [note] if (note := passed_over(self._columns)) else []
        if damaged := counts["damaged-lines"]:
            lines = "line was" if damaged == 1 else "lines were"
            said.append(f"{damaged} {lines} not valid UTF-8; read as best they could be")
        if counts["rows"] in (EXCEL_ROWS, EXCEL_ROWS - 1):
            said.append(f"the file ends at {EXCEL_ROWS:,} rows, where Excel stops: a copy that Excel cut?")
        if counts["excel-cells"] or counts["date-authors"] >= 3:
            excel = counts["excel-cells"] + counts["date-authors"]
            cells = "cell looks" if excel == 1 else "cells look"
            said.append(
                f"{excel} {cells} damaged by Excel (#NAME?, dates for authors); use the original file"
            )
        return tuple(said)

    @cached_property
    def _row_count(self) -> RowCount | None:
        if not is_plain(self.path):
            return None
        with open_stream(self.path) as stream:
            return RowCount(stream, self._header_bytes, self._columns)

    def expected_records(self, after: Position) -> int | None:
        """Rows in all, judged at `after`; None for a compressed file, of which no part can be sampled."""
        _, offset = after.place
        return self._row_count.expected(after.record, offset) if self._row_count else None

    def records(self, start: Position | None = None) -> Iterator[Record]:
        """Every record from `start` (a Record's `after`), or from the first.

        Raises InputUnreadable where the file cannot be read on. Memory does not grow with the file.
        """
        begun = self._read(start or Position(0, (2, self._header_bytes)))
        self._passes.append(begun)
        return begun

    def _read(self, start: Position) -> Generator[Record, None, None]:
        self._counts = Counter(rows=start.record)
        line, offset = start.place
        with open_stream(self.path) as stream:
            stream.seek(offset)
            yield from self._parse(LineTape(stream, line=line, offset=offset), start.record)

    def _parse(self, tape: LineTape, number: int) -> Iterator[Record]:
        rows = csv.reader(tape, strict=True)
        width, header = self._columns.width, list(self._columns.header)
        while True:
            try:
                fields: list[str] | None = next(rows)
            except StopIteration:
                break
            except csv.Error:
                fields = None
            if fields is None or len(fields) != width or (len(tape.taken) > 1 and self._swallowed(tape)):
                outcome = self._mended(tape, broken=fields is None)
            elif fields == header:
                outcome = "repeated-header"
            else:
                outcome = self._entry(fields)
            line, number = tape.line, number + 1
            entry: Entry | None = None
            reject: Reject | None = None
            if isinstance(outcome, Entry):
                entry = outcome
            else:
                raw = tape.text(b"".join(tape.taken)[: 4 * _KEPT_OF_A_REJECT]).rstrip("\r\n")
                reject = Reject(line, outcome, raw[:_KEPT_OF_A_REJECT])
            tape.start_record()
            self._counts["rows"] = number
            self._counts["damaged-lines"] = tape.damaged
            yield Record(line, entry, reject, Position(number, (tape.line, tape.offset)))

    def _swallowed(self, tape: LineTape) -> bool:
        """Whether an open quote took rows that are not its own."""
        return any(is_row(tape.text(raw), self._columns) for raw in tape.taken[1:])

    def _mended(self, tape: LineTape, *, broken: bool) -> Entry | str:
        """The entry in a record that strict CSV refuses, or the name of its fault."""
        if not b"".join(tape.taken).strip():
            tape.give_back(len(tape.taken) - 1)
            return "blank-line"
        if broken or len(tape.taken) > 1:
            self._find_end(tape)
        text = "".join(tape.text(raw) for raw in tape.taken)
        if len(text) > LONGEST_RECORD:
            return "overlong-row"
        try:
            fields = repair(text, self._columns, at_end=tape.peek() is None)
        except Beyond as beyond:
            return beyond.fault
        return self._entry(fields)

    def _find_end(self, tape: LineTape) -> None:
        """Leave on the tape the lines of one record: up to the next that looks like the start of a row."""
        lines = [tape.text(raw) for raw in tape.taken]
        # If this row does not look like one, the looks of the next lines tell nothing.
        telling = starts_row(lines[0], self._columns)
        end = next((i for i, line in enumerate(lines[1:], 1) if starts_row(line, self._columns)), None)
        if end is None and not telling:
            # Then a quote at the end of a line is taken for the end of the row.
            end = next((i for i, line in enumerate(lines, 1) if line.rstrip().endswith('"')), 1)
        if end is not None:
            tape.give_back(len(lines) - end)
        size = sum(map(len, tape.taken))
        while end is None and size <= LONGEST_RECORD:
            following = tape.peek()
            if following is None or starts_row(following, self._columns):
                break
            size += len(next(tape))
        blank = 0
        while len(tape.taken) - blank > 1 and not tape.taken[-1 - blank].strip():
            blank += 1
        tape.give_back(blank)

    def _entry(self, fields: list[str]) -> Entry | str:
        """The entry in these fields, or the name of the fault that keeps them from being one."""
        columns = self._columns
        raw_word, raw_definition = fields[columns.word], fields[columns.definition]
        word = clean_word(raw_word)
        if not word:
            return "empty-word"
        if len(word) > LONGEST_WORD:
            return "overlong-word"
        definition = clean_definition(raw_definition)
        if not definition:
            return "empty-definition"
        if _EXCEL_ERROR in (word, definition):
            self._counts["excel-cells"] += 1
            return "excel-damage"
        try:
            up = None if columns.up_votes is None else vote_count(fields[columns.up_votes])
            down = None if columns.down_votes is None else vote_count(fields[columns.down_votes])
        except ValueError:
            return "unreadable-votes"
        author = clean_word(fields[columns.author]) if columns.author is not None else ""
        if "-" in author and _DATE_AUTHOR.fullmatch(author):
            self._counts["date-authors"] += 1
        entry_id = clean_word(fields[columns.word_id]) if columns.word_id is not None else ""
        # The stop keeps a phrase from reaching over from the word into its definition.
        rating = rate(f"{word} . {definition}")
        return Entry(entry_id or content_id(word, definition), word, definition, up, down, author, rating)


def open_csv(path: Path, *, columns: Mapping[str, str] | None = None) -> CsvSource:
    """Open a CSV (plain, gzip or zip) and read its header; `columns` maps our fields to its names.

    Raises InputMissing, InputUnreadable, InputFormat (with the command to type as its hint) and
    UsageError for a field in `columns` that does not exist.
    """
    with open_stream(path) as stream:
        raw = stream.readline(LONGEST_LINE)
    return CsvSource(path, read_columns(read_header(raw, path), path, columns), len(raw))
