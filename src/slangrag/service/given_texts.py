"""Texts that somebody has read out of documents already, those of one source put together to one document.

A loader of another library gives a PDF page by page; here they are one document again, whose citations can
name the page.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from slangrag.sources.documents.types import ParsedDocument

_NAMELESS: Final = "text:"
_LONGEST_TITLE: Final = 60


@dataclass(frozen=True, slots=True)
class GivenText:
    """A text, and where it is from.

    source: a path, a URL or any other name, by which it is known when it is added again; texts of one source
    are one document, in the order in which they come. Without one the text itself is its name. page: what is
    printed on the page that it is, "" where there are none.
    """

    text: str
    source: str = ""
    title: str = ""
    page: str = ""

    @property
    def locator(self) -> str:
        """What its document is remembered by."""
        digest = hashlib.sha256(self.text.encode(errors="replace")).hexdigest()
        return self.source or f"{_NAMELESS}{digest[:16]}"


def documents_of(texts: Sequence[GivenText]) -> Iterator[tuple[str, ParsedDocument]]:
    """The documents that these texts are, each with what it is remembered by."""
    by_locator: dict[str, list[GivenText]] = {}
    for one in texts:
        by_locator.setdefault(one.locator, []).append(one)
    for locator, parts in by_locator.items():
        yield locator, _document(parts)


def _document(parts: Sequence[GivenText]) -> ParsedDocument:
    from slangrag.sources.documents.formats.building import clean, clean_line
    from slangrag.sources.documents.types import Page, ParsedDocument

    paged = all(one.page for one in parts)
    text = ""
    pages: list[Page] = []
    for one in parts:
        body = clean(one.text).strip()
        if text and body:
            text += "\n\n"
        start = len(text)
        text += body
        if paged:
            label = clean_line(one.page)
            if pages and pages[-1].label == label:  # a page that was given in pieces
                pages[-1] = Page(pages[-1].number, label, pages[-1].start, len(text))
            else:
                pages.append(Page(len(pages) + 1, label, start, len(text)))
    title = next((name for one in parts if (name := clean_line(one.title))), "") or _title_of(parts[0], text)
    return ParsedDocument("text", title, text, pages=tuple(pages))


def _title_of(first: GivenText, text: str) -> str:
    """What a document without a title is called: the end of where it is from, or how it begins."""
    from slangrag.sources.documents.formats.building import clean_line

    name = clean_line(first.source.rstrip("/").replace("\\", "/").rpartition("/")[2])
    return name or " ".join(text.split())[:_LONGEST_TITLE] or "untitled"
