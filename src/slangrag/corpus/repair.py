"""A record that the csv module cannot read, made readable where that can be decided.

Works on the raw text of one record and on the columns; knows nothing of files or cleaning. The
faults are those of the real data set: quotes not doubled, quotes never closed, commas in words that
are not quoted. What cannot be decided is named and not guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from slangrag.corpus.columns import Columns

_VOTES: Final = r'"?-?\d*(?:\.\d+)?"?'
_IS_VOTES: Final = re.compile(_VOTES)
# A line that begins a row: the data set's seven-digit id, or any number with two vote counts further on.
_ROW_START: Final = re.compile(rf'"?\d{{7}}"?,|"?\d{{1,9}}"?,[^\n]+?,{_VOTES},{_VOTES}(?:,|\r?\n?$)')
# No word in the data set has more commas than this (the longest headword known has 347 characters).
_MOST_COMMAS: Final = 60


class Beyond(Exception):
    """The record cannot be repaired; `fault` says why. Never leaves this room."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Split:
    """One way to part a row, and how much speaks for it."""

    fields: list[str]
    weight: int


def starts_row(line: str, columns: Columns) -> bool:
    """Whether a line looks like the first of a row. False for files that give nothing to tell it by."""
    return columns.word_id == 0 and _ROW_START.match(line) is not None


def repair(text: str, columns: Columns, *, at_end: bool) -> list[str]:
    """The fields of one raw record, one for each column.

    at_end says that the file ends here: a quote still open means that the row was cut off. Raises
    Beyond with the fault: "truncated-row", "shifted-row" or "broken-quotes".
    """
    body = text.rstrip("\r\n")
    fields = _well_formed(body)
    if fields is not None:
        if len(fields) < columns.width:
            raise Beyond("truncated-row")
        return _narrowed(fields, columns)
    parts = body.split(",")
    if len(parts) < columns.width:
        raise Beyond("truncated-row")
    if columns.anchored:
        split = max(_splits(parts, columns), key=lambda s: s.weight, default=None)
        if split is None:
            raise Beyond("shifted-row")
        chosen = split.fields
    elif columns.definition == columns.width - 1:
        chosen = [*parts[: columns.definition], ",".join(parts[columns.definition :])]
        if not all(_plausible(part) for part in chosen[:-1]):
            raise Beyond("broken-quotes")
    else:
        raise Beyond("broken-quotes")
    if at_end and _left_open(chosen[columns.definition]):
        raise Beyond("truncated-row")
    return [unquoted(field) for field in chosen]


def unquoted(field: str) -> str:
    """A raw field without the quotes around it; an opening one without its end goes too."""
    bare = field.strip(" ")
    if not bare.startswith('"'):
        return field
    if len(bare) > 1 and bare.endswith('"'):
        return bare[1:-1].replace('""', '"')
    # Only a field that holds nothing else to quote was left open: `"foo" bar` is a word with quotes in it.
    return bare[1:] if '"' not in bare[1:] or "\n" in bare else bare


def _well_formed(body: str) -> list[str] | None:
    """The fields as strict CSV has them, or None where it is not that."""
    try:
        rows = list(csv.reader(body.splitlines(keepends=True), strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _narrowed(fields: list[str], columns: Columns) -> list[str]:
    """Well-formed fields, brought to the width of the header. Raises Beyond("shifted-row")."""
    if not any(fields[columns.width :]):
        return fields[: columns.width]
    if columns.anchored:
        split = max(_splits(fields, columns), key=lambda s: s.weight, default=None)
        if split is not None:
            return split.fields
        raise Beyond("shifted-row")
    # Without votes behind the word, numbers in other places must tell which text the commas belong to.
    fits = [merged for merged in _merged(fields, columns) if _numbers_fit(merged, columns)]
    if len(fits) != 1:
        raise Beyond("shifted-row")
    return fits[0]


def _splits(parts: Sequence[str], columns: Columns) -> Iterator[_Split]:
    """Every way to part a row whose word holds commas: two vote counts end the word."""
    between = columns.definition - columns.word - 3
    last = min(len(parts) - between - 3, columns.word + _MOST_COMMAS)
    for up in range(columns.word + 1, last + 1):
        if "\n" in parts[up]:
            return
        votes = parts[up : up + 2]
        if not all(_IS_VOTES.fullmatch(v.strip()) for v in votes):
            continue
        middle = list(parts[up + 2 : up + 2 + between])
        definition = ",".join(parts[up + 2 + between :])
        weight = 4 if definition.startswith('"') else 0
        weight += all(v.strip() for v in votes)
        weight -= 2 * any(m.isdigit() for m in middle)
        yield _Split(
            [*parts[: columns.word], ",".join(parts[columns.word : up]), *votes, *middle, definition], weight
        )


def _merged(fields: Sequence[str], columns: Columns) -> Iterator[list[str]]:
    """The row with its surplus commas put back into the word, or into the definition."""
    surplus = len(fields) - columns.width
    for place in (columns.word, columns.definition):
        whole = ",".join(fields[place : place + surplus + 1])
        yield [*fields[:place], whole, *fields[place + surplus + 1 :]]


def _numbers_fit(fields: Sequence[str], columns: Columns) -> bool:
    numeric = [place for place in (columns.up_votes, columns.down_votes) if place is not None]
    return bool(numeric) and all(_IS_VOTES.fullmatch(fields[place].strip()) for place in numeric)


def _plausible(part: str) -> bool:
    """Whether a raw field can be a whole one: its quotes, if any, are around it."""
    return '"' not in part or (len(part) > 1 and part[0] == part[-1] == '"')


def _left_open(definition: str) -> bool:
    bare = definition.strip()
    return bare.startswith('"') and (len(bare) == 1 or not bare.endswith('"'))
