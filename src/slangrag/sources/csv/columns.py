"""What the header says: which column holds what.

The header decides, not the file's name: several data sets share one. Knows nothing of rows.
"""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from slangrag.errors import InputFormat, UsageError
from slangrag.sources.csv.lines import LONGEST_LINE, LineTape

FIELDS: Final = ("word_id", "word", "up_votes", "down_votes", "author", "definition")
_NEEDED: Final = ("word", "definition")
KAGGLE_HEADER: Final = ",".join(FIELDS)
# Only for proposing what to type: other names are never taken for a column without being told.
_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "word_id": ("wordid", "id", "defid", "entryid"),
    "word": ("word", "term", "slang", "headword", "phrase", "acronym", "lowercaseword"),
    "definition": ("definition", "meaning", "definitions", "description", "explanation", "gloss", "text"),
    "up_votes": ("upvotes", "thumbsup", "upvote", "likes", "ups", "up"),
    "down_votes": ("downvotes", "thumbsdown", "downvote", "dislikes", "downs", "down"),
    "author": ("author", "user", "username", "contributor"),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands in a row. header is the file's own; None marks a field it lacks."""

    header: tuple[str, ...]
    word: int
    definition: int
    word_id: int | None = None
    up_votes: int | None = None
    down_votes: int | None = None
    author: int | None = None

    @property
    def width(self) -> int:
        """Fields in a whole row."""
        return len(self.header)

    @property
    def anchored(self) -> bool:
        """Whether a row reads: ..., word, up, down, ..., definition. Then numbers tell where a word ends."""
        return (
            self.up_votes == self.word + 1
            and self.down_votes == self.word + 2
            and self.definition == self.width - 1
        )


def read_header(raw: bytes, path: Path) -> list[str]:
    """The column names in the first line; InputFormat where it is no header of a CSV."""
    if not raw.strip():
        raise InputFormat(f"{path} is empty", hint="slangrag ingest --sample")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputFormat(f"{path} is UTF-16", hint=f"iconv -f UTF-16 -t UTF-8 {path} > utf8.csv")
    if b"\0" in raw or len(raw) >= LONGEST_LINE:
        raise InputFormat(f"{path} is not a text file", hint="slangrag ingest FILE.csv")
    text = LineTape.text(raw).removeprefix("\ufeff").rstrip("\r\n")
    if text.lstrip().casefold().startswith(("<!doctype html", "<html")):
        raise InputFormat(f"{path} is a web page, not a CSV", hint="download it while signed in, then repeat")
    if re.match(r"\s*<[?!\w]", text):
        raise InputFormat(f"{path} is XML, not a CSV", hint=f"slangrag convert {shlex.quote(str(path))}")
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


def read_columns(header: Sequence[str], path: Path, chosen: Mapping[str, str] | None = None) -> Columns:
    """The columns of a file with this header; `chosen` maps our fields to its names.

    Raises UsageError for a field that does not exist here, InputFormat where word or definition
    cannot be found; its hint is the command to type.
    """
    found = [name.strip().strip('"').casefold() for name in header]
    chosen = dict(chosen or {})
    strange = sorted(set(chosen) - set(FIELDS))
    if strange:
        raise UsageError(
            f"--columns knows no field {', '.join(strange)}", hint=f"the fields are {', '.join(FIELDS)}"
        )
    places: dict[str, int] = {}
    for field in FIELDS:
        name = chosen.get(field, field).strip().casefold()
        if name in found:
            places[field] = found.index(name)
        elif field in chosen:
            raise InputFormat(
                f"{path} has no column {chosen[field]!r}; it has: {', '.join(header)}",
                hint=_proposal(header, path),
            )
    if "word" not in places or "definition" not in places:
        raise InputFormat(
            f"{path} has the columns {', '.join(name.strip() for name in header)}, not {', '.join(FIELDS)}",
            hint=_proposal(header, path),
        )
    return Columns(header=tuple(header), **places)


def passed_over(columns: Columns) -> str:
    """A note on columns that may be votes, ids or authors under other names, "" where there are none."""
    pairs = {
        field: name
        for field, name in _likely(columns.header).items()
        if field not in _NEEDED and getattr(columns, field) is None
    }
    if not pairs:
        return ""
    chosen = ",".join(f"{field}={name}" for field, name in pairs.items())
    return f"not read: {', '.join(pairs.values())}; if they are what they seem to be: --columns {chosen}"


def _proposal(header: Sequence[str], path: Path) -> str:
    """The `--columns` that fits this header, as far as names can tell."""
    names = dict.fromkeys(_NEEDED, "COLUMN") | _likely(header)
    pairs = [f"{field}={name}" for field, name in names.items() if name != field]
    return f"slangrag ingest {shlex.quote(str(path))} --columns {shlex.quote(','.join(pairs))}"


def _likely(header: Sequence[str]) -> dict[str, str]:
    """Which column is likely to hold which field, by its name alone."""
    plain = {"".join(c for c in name.casefold() if c.isalnum()): name.strip() for name in reversed(header)}
    found = {}
    for field in (*_NEEDED, "word_id", "up_votes", "down_votes", "author"):
        if name := next((plain[alias] for alias in _ALIASES[field] if alias in plain), None):
            found[field] = name
    return found
