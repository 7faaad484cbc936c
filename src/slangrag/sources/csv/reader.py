"""CSV records to entries and rejects, one record at a time, each with the place to go on from.

Well-formed rows go through the csv module; only what it refuses is looked at again. Knows nothing of
stores, duplicates or filters: a record is either an entry or a reject with the name of its fault.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final

from slangrag.errors import InputFormat
from slangrag.sources.csv.columns import KAGGLE_HEADER, Columns, read_columns
from slangrag.sources.csv.fields import content_id, vote_count
from slangrag.sources.csv.lines import LONGEST_LINE, LineTape
from slangrag.sources.csv.repair import Beyond, is_row, repair, starts_row
from slangrag.sources.csv.stream import SourceFingerprint, fingerprint, open_stream
from slangrag.sources.entry import Entry
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


@dataclass(frozen=True, slots=True)
class Position:
    """Where the next record starts: records before it, its line (from 1), its byte offset uncompressed."""

    record: int
    line: int
    offset: int


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not become an entry: where, the fault's name, the beginning of its raw text.

    reason is one of: blank-line, repeated-header, truncated-row, shifted-row, broken-quotes,
    overlong-row, empty-word, overlong-word, empty-definition, excel-damage, unreadable-votes.
    """

    line: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the file: exactly one of entry and reject. `after` is where to go on."""

    line: int
    entry: Entry | None
    reject: Reject | None
    after: Position


class Source:
    """One input file, its header read. Made by `open_source`; `records` may be called again."""

    def __init__(self, path: Path, columns: Columns, first: Position) -> None:
        self.path = path
        self.first = first
        self._columns = columns
        self._passes: list[Generator[Record, None, None]] = []
        self._counts: Counter[str] = Counter()

    def __enter__(self) -> Source:
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
    def columns(self) -> Mapping[str, str]:
        """Our field names to the file's column names."""
        return self._columns.names()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was odd about the file so far, in plain words; complete once `records` has ended."""
        counts = self._counts
        said = []
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

    def records(self, start: Position | None = None) -> Iterator[Record]:
        """Every record from `start` (a Record's `after`), or from the first.

        Raises InputUnreadable where the file cannot be read on. Memory does not grow with the file.
        """
        begun = self._read(start or self.first)
        self._passes.append(begun)
        return begun

    def _read(self, start: Position) -> Generator[Record, None, None]:
        self._counts = Counter(rows=start.record)
        with open_stream(self.path) as stream:
            stream.seek(start.offset)
            yield from self._parse(LineTape(stream, line=start.line, offset=start.offset), start.record)

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
            yield Record(line, entry, reject, Position(number, tape.line, tape.offset))

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


def open_source(path: Path, *, columns: Mapping[str, str] | None = None) -> Source:
    """Open a CSV (plain, gzip or zip) and read its header; `columns` maps our fields to its names.

    Raises InputMissing, InputUnreadable, InputFormat (with the command to type as its hint) and
    UsageError for a field in `columns` that does not exist.
    """
    with open_stream(path) as stream:
        raw = stream.readline(LONGEST_LINE)
    header = _header(raw, path)
    found = read_columns(header, path, columns)
    return Source(path, found, Position(record=0, line=2, offset=len(raw)))


def _header(raw: bytes, path: Path) -> list[str]:
    """The column names in the first line; InputFormat where it is no header of a CSV."""
    if not raw.strip():
        raise InputFormat(f"{path} is empty", hint="slangrag ingest --sample")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputFormat(f"{path} is UTF-16", hint=f"iconv -f UTF-16 -t UTF-8 {path} > utf8.csv")
    if b"\0" in raw or len(raw) >= LONGEST_LINE:
        raise InputFormat(f"{path} is not a text file", hint="slangrag ingest FILE.csv")
    text = LineTape.text(raw).removeprefix("\ufeff").rstrip("\r\n")
    if text.lstrip().casefold().startswith(("<!doctype", "<html", "<?xml")):
        raise InputFormat(f"{path} is a web page, not a CSV", hint="download it while signed in, then repeat")
    if "\r" in text:
        raise InputFormat(
            f"{path} ends its lines with carriage returns alone", hint=f"tr '\\r' '\\n' < {path} > lines.csv"
        )
    if "," not in text and (";" in text or "\t" in text):
        mark = "tabs" if "\t" in text else "semicolons"
        raise InputFormat(f"{path} has {mark} between its columns", hint="save it with commas, then repeat")
    if re.match(r'"?\d{1,9}"?,', text):
        raise InputFormat(
            f"{path} has no header line", hint=f"sed -i '1i {KAGGLE_HEADER}' {path}, if these are its columns"
        )
    try:
        return next(csv.reader([text]), [])
    except csv.Error as error:
        raise InputFormat(f"{path} begins with no header: {error}", hint=f"head -1 {path}") from error
