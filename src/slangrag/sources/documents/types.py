"""What is read out of a document, whatever its format.

All offsets are in characters of `ParsedDocument.text`, so that text[start:end] is the stretch itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DocumentKind = Literal["pdf", "html", "markdown", "text", "xml", "docx", "epub"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a format that has pages.

    number counts from 1 in the file; label is what is printed on it ("xiv", "A-3"), the number as text where
    the file gives none. Pages are in order and do not overlap.
    """

    number: int
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its depth from 1, and where it stands."""

    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """One document.

    text has paragraphs apart by an empty line; a heading is a paragraph. date is ISO 8601 as the document
    gives it ("2024-03-01"), "" where it gives none. pages is empty where the format has none. notes say in
    plain words what was left out.
    """

    kind: DocumentKind
    title: str
    text: str
    date: str = ""
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document to be found by itself: text[start:end].

    heading is the trail of headings above it ("Tone › Emoji"), "" where there is none.
    """

    start: int
    end: int
    heading: str = ""
