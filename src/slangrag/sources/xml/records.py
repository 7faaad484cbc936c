"""The records of an XML file as rows of our fields, one record at a time.

Only the record in hand is kept, so memory grows with the largest record and not with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import TreeBuilder

from slangrag.errors import InputFormat, UsageError
from slangrag.sources.csv.columns import FIELDS
from slangrag.sources.xml.parsing import DEEPEST, pieces
from slangrag.sources.xml.paths import XmlPath, advanced
from slangrag.sources.xml.texts import text_of, text_of_value

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_RECORD: Final = 16_000_000  # characters, an element counted as 64


@dataclass(frozen=True, slots=True)
class XmlShape:
    """Where the records are and which path in a record holds which of our fields.

    Of a column's paths the first that leads to a text counts. each: the elements of a record that are a row
    each; without it a record is one row. A path that goes through `each` is read in that element, every other
    in the record. keep_lines: see `text_of`.
    """

    record: XmlPath
    columns: Mapping[str, tuple[XmlPath, ...]]
    each: XmlPath | None = None
    keep_lines: bool = False

    def __post_init__(self) -> None:
        strange = sorted(set(self.columns) - set(FIELDS))
        missing = [field for field in ("word", "definition") if field not in self.columns]
        if strange:
            raise UsageError(
                f"--columns knows no field {', '.join(strange)}", hint=f"the fields are {', '.join(FIELDS)}"
            )
        if missing:
            raise UsageError(
                f"--columns says nothing of {' and '.join(missing)}",
                hint="--columns word=form/orth,definition=sense/def",
            )
        if self.each is not None and (self.each.attribute or not self.each.steps):
            raise UsageError(f"--each {self.each.text!r} names no element", hint="--each sense")
        if self.each is not None and not any(
            path.after(self.each) for paths in self.columns.values() for path in paths
        ):
            raise UsageError(
                f"no column goes through --each {self.each.text}: every row of a record would be the same",
                hint=f"--columns word=form/orth,definition={self.each.text}/def",
            )


@dataclass(frozen=True, slots=True)
class XmlRow:
    """One row: the text of each column of the shape, "" where there is none, as the file has it.

    surplus: the columns for which only the first of several matches was taken.
    """

    fields: Mapping[str, str]
    surplus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class XmlRecord:
    """One record: the line on which it begins (from 1) and its rows, none where `each` matches nothing."""

    line: int
    rows: tuple[XmlRow, ...]


def read_records(path: Path, shape: XmlShape, told: Callable[[int], None]) -> Iterator[XmlRecord]:
    """Every record of the file, in order; `told` hears now and then how many bytes were read.

    A record inside a record is part of it. Raises as `pieces` does, and InputFormat for a record that is too
    large to be one.
    """
    collector = _Collector(path, shape)
    for done in pieces(path, collector):
        yield from collector.taken()
        told(done)
    yield from collector.taken()


class _Collector:
    """Hears the parser; builds an element where a record is, and nothing elsewhere."""

    line: Callable[[], int]

    def __init__(self, path: Path, shape: XmlShape) -> None:
        self._path = path
        self._shape = shape
        self._steps = shape.record.steps
        self._states: list[set[int]] = [{0}]
        self._builder: TreeBuilder | None = None
        self._depth = 0
        self._size = 0
        self._began = 0
        self._records: list[XmlRecord] = []

    def taken(self) -> list[XmlRecord]:
        """The records that were finished since the last call."""
        records, self._records = self._records, []
        return records

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise InputFormat(
                f"{self._path}, line {self.line()}, has more than {DEEPEST} elements in each other",
                hint=f"slangrag convert {self._path}",
            )
        if self._builder is None:
            reached = advanced(self._steps, self._states[-1], tag, attributes)
            self._states.append(reached)
            if len(self._steps) not in reached:
                return
            self._builder = TreeBuilder()
            self._began = self.line()
            self._size = 0
        self._builder.start(tag, attributes)
        self._grow(64)

    def data(self, text: str) -> None:
        if self._builder is not None:
            self._builder.data(text)
            self._grow(len(text))

    def end(self, tag: str) -> None:
        if self._builder is not None:
            self._builder.end(tag)
            if self._depth == len(self._states) - 1:
                self._records.append(XmlRecord(self._began, tuple(_rows(self._builder.close(), self._shape))))
                self._builder = None
                self._states.pop()
        else:
            self._states.pop()
        self._depth -= 1

    def _grow(self, count: int) -> None:
        self._size += count
        if self._size > LARGEST_RECORD:
            raise InputFormat(
                f"{self._path}, line {self._began}: what --record {self._shape.record.text} finds there is"
                f" over {LARGEST_RECORD // 1_000_000} MB, too large to be one record",
                hint=f"slangrag convert {self._path}",
            )


def _rows(record: Element, shape: XmlShape) -> Iterator[XmlRow]:
    if shape.each is None:
        yield _row(record, record, 0, shape)
        return
    for number, element in enumerate(shape.each.elements(record), start=1):
        yield _row(record, element, number, shape)


def _row(record: Element, inner: Element, number: int, shape: XmlShape) -> XmlRow:
    """One row. Definitions are joined, of all else the first is taken. number: of `inner` in the record."""
    fields, surplus = {}, []
    for field, paths in shape.columns.items():
        texts: list[str] = []
        shared = True
        for path in paths:
            rest = None if shape.each is None else path.after(shape.each)
            shared = rest is None
            texts = _texts(record, path, shape) if rest is None else _texts(inner, rest, shape)
            if texts:
                break
        if field == "definition":
            fields[field] = "\n".join(texts)
            continue
        fields[field] = texts[0] if texts else ""
        if len(texts) > 1:
            surplus.append(field)
        # An id that all rows of a record share is told apart by their order, which an added row leaves alone.
        if field == "word_id" and texts and number and shared:
            fields[field] += f".{number}"
    return XmlRow(fields, tuple(surplus))


def _texts(element: Element, path: XmlPath, shape: XmlShape) -> list[str]:
    keep = shape.keep_lines
    found = (
        text_of_value(one, keep_lines=keep) if isinstance(one, str) else text_of(one, keep_lines=keep)
        for one in path.values(element)
    )
    return [text for text in found if text]
