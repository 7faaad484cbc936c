"""A document put together block by block, so that offsets are those of the text that comes out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from slangrag.errors import InputFormat
from slangrag.sources.documents.limits import Limits
from slangrag.sources.documents.types import DocumentKind, Heading, Page, ParsedDocument
from slangrag.text.clean import visible

LONGEST_HEADING: Final = 200
"""Characters; what is marked as a heading and is longer is a paragraph."""
_LONGEST_TITLE: Final = 300
_DEEPEST: Final = 6
# fi, fl and the like are one letter in some fonts; nothing else is taken apart, or "2²" would become "22".
_LIGATURES: Final = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_BLANKS: Final = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_TRAILING: Final = re.compile(r"[^\S\n]+(?=\n)")
_BLANK_LINES: Final = re.compile(r"\n{2,}")
_DATE: Final = re.compile(r"(?<!\d)(\d{4})(?:-?(0[1-9]|1[0-2])(?:-?(0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_CELL: Final = 60


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: where it is, what the user calls it, the charset that a server told, its bounds."""

    path: Path
    name: str
    limits: Limits = field(default_factory=Limits)
    charset: str = ""
    notes: tuple[str, ...] = ()


def clean(text: str, *, spaces: bool = False) -> str:
    """Text of a stranger, NFC, with nothing invisible in it, line ends as line feeds.

    Runs of blanks become one unless `spaces`.
    """
    if not text.isascii():
        # Twice: what is removed may have stood between two characters that compose.
        text = unicodedata.normalize("NFC", text.translate(_LIGATURES))
    text = visible(text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not spaces:
        text = _BLANKS.sub(" ", text)
        text = text.replace("\n ", "\n")
    return _TRAILING.sub("", text)


def clean_line(text: str) -> str:
    """The same on one line, for titles and headings."""
    return " ".join(clean(text).split())


def iso_date(said: str) -> str:
    """The date in what a document says of itself, as far as it goes ("2024", "2024-03-01"), or ""."""
    found = _DATE.search(said)
    if not found or not "1000" <= found[1] <= "2999":
        return ""
    return "-".join(part for part in found.groups() if part)


def row(cells: list[str]) -> str:
    """A table's row as a line. Two cells, the first of them short, are a term and its meaning."""
    filled = [" ".join(cell.split()) for cell in cells]
    filled = [cell for cell in filled if cell]
    if len(filled) == 2 and len(filled[0]) <= _CELL:
        return f"{filled[0].rstrip(':')}: {filled[1]}"
    return " | ".join(filled)


class Builder:
    """Takes blocks in their order; `document` is what they make."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._parts: list[str] = []
        self._headings: list[Heading] = []
        self.length = 0
        self.notes = list(source.notes)

    def paragraph(self, text: str, *, spaces: bool = False) -> None:
        """A paragraph (or several, where empty lines are in it). spaces: keep indentation, as in code."""
        text = _BLANK_LINES.sub("\n\n", clean(text, spaces=spaces)).strip("\n" if spaces else None)
        if text.strip():
            self._add(text)

    def heading(self, text: str, level: int) -> None:
        """A heading, on one line."""
        text = clean_line(text)
        if not text:
            return
        start = self._add(text)
        if len(text) <= LONGEST_HEADING:
            self._headings.append(Heading(min(max(level, 1), _DEEPEST), start, start + len(text)))

    def _add(self, text: str, between: str = "\n\n") -> int:
        if self._parts:
            self._parts.append(between)
            self.length += len(between)
        start = self.length
        self._parts.append(text)
        self.length += len(text)
        if self.length > self._source.limits.characters:
            raise InputFormat(
                f"{self._source.name} has more than {self._source.limits.characters:,} characters of text",
                hint="split it into smaller documents",
            )
        return start

    def piece(self, text: str, between: str) -> int:
        """A stretch of a paragraph, already clean, after `between`; says where it starts."""
        return self._add(text, between)

    def mark_heading(self, level: int, start: int, end: int) -> None:
        """That the pieces of start:end are a heading."""
        self._headings.append(Heading(min(max(level, 1), _DEEPEST), start, end))

    def document(
        self, kind: DocumentKind, *, title: str = "", date: str = "", pages: tuple[Page, ...] = ()
    ) -> ParsedDocument:
        """What the blocks make. Raises InputFormat if there is no text in them."""
        if not self._parts:
            raise InputFormat(f"{self._source.name} has no text", hint="give a document with text in it")
        title = clean_line(title)[:_LONGEST_TITLE].strip() or clean_line(self._source.name)
        return ParsedDocument(
            kind=kind,
            title=title,
            text="".join(self._parts),
            date=date,
            pages=pages,
            headings=tuple(self._headings),
            notes=tuple(self.notes),
        )
