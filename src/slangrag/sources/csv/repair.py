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
from io import StringIO
from typing import Final

from slangrag.sources.csv.columns import Columns

_VOTES: Final = r'"?-?\d*(?:\.\d+)?"?'
_IS_VOTES: Final = re.compile(_VOTES)
# A line that begins a row: the data set's seven-digit id, or any number with two vote counts further on.
_WHOLE_ROW: Final = re.compile(rf'"?\d{{1,9}}"?,[^\n]+?,{_VOTES},{_VOTES}(?:,|\r?\n?$)')
_ID_START: Final = re.compile(r'"?\d{7}"?,')
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
    return columns.word_id == 0 and bool(_ID_START.match(line) or _WHOLE_ROW.match(line))


def is_row(line: str, columns: Columns) -> bool:
    """Whether a line is a row by itself: an id and, further on, two vote counts."""
    return columns.word_id == 0 and _WHOLE_ROW.match(line) is not None


def repair(text: str, columns: Columns, *, at_end: bool) -> list[str]:
    """The fields of one raw record, one for each column.

    at_end says that the file ends here: a quote still open means that the row was cut off. Raises
    Beyond with the fault: "truncated-row", "shifted-row" or "broken-quotes".
    """
    body = text.rstrip("\r\n")
    parts = body.split(",")
    fields = _well_formed(body)
    if len(parts) < columns.width or (fields is not None and len(fields) < columns.width):
        raise Beyond("truncated-row")
    if fields is not None and not any(fields[columns.width :]):
        return fields[: columns.width]
    if columns.anchored:
        chosen = _split_by_votes(parts, columns)
    elif fields is not None:
        return _merged_by_votes(fields, columns)
    else:
        chosen = _split_by_quotes(parts, columns)
    *others, definition = chosen
    bare = definition.strip()
    if at_end and bare.startswith('"') and (len(bare) == 1 or not bare.endswith('"')):
        raise Beyond("truncated-row")
    return [*(_unquoted(field) for field in others), _opened(definition)]


def _unquoted(field: str) -> str:
    """A raw field without the quotes around it. `"foo" or "bar"` has none around it: they are its own."""
    bare = field.strip(" ")
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        inner = bare[1:-1]
        if '"' not in inner.replace('""', ""):
            return inner.replace('""', '"')
    return field


def _opened(definition: str) -> str:
    """A raw definition without the quotes around it, or without the opening one if it was left open."""
    bare = definition.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == '"':
        return bare[1:-1].replace('""', '"')
    return bare[1:] if bare.startswith('"') and bare.count('"') % 2 else bare


def _well_formed(body: str) -> list[str] | None:
    """The fields as strict CSV has them, or None where it is not that."""
    try:
        rows = list(csv.reader(StringIO(body, newline="\n"), strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _split_by_votes(parts: Sequence[str], columns: Columns) -> list[str]:
    """The likeliest way to part a row ending in a definition. Raises Beyond("shifted-row")."""
    split = max(_splits(parts, columns), key=lambda s: s.weight, default=None)
    if split is None:
        raise Beyond("shifted-row")
    return split.fields


def _split_by_quotes(parts: Sequence[str], columns: Columns) -> list[str]:
    """The row with everything after the other columns as its definition. Raises Beyond("broken-quotes")."""
    others = list(parts[: columns.width - 1])
    whole = all('"' not in part or (len(part) > 1 and part[0] == part[-1] == '"') for part in others)
    if columns.definition != columns.width - 1 or not whole:
        raise Beyond("broken-quotes")
    return [*others, ",".join(parts[columns.definition :])]


def _merged_by_votes(fields: Sequence[str], columns: Columns) -> list[str]:
    """The row with its surplus commas back in the word or the definition, whichever puts the votes in place.

    Raises Beyond("shifted-row") where that decides nothing.
    """
    numeric = [place for place in (columns.up_votes, columns.down_votes) if place is not None]
    surplus = len(fields) - columns.width
    fits = []
    for place in (columns.word, columns.definition):
        end = place + surplus + 1
        merged = [*fields[:place], ",".join(fields[place:end]), *fields[end:]]
        if numeric and all(_IS_VOTES.fullmatch(merged[n].strip()) for n in numeric):
            fits.append(merged)
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
