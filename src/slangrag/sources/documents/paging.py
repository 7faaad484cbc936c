"""On which page a stretch of a document stands. Pure arithmetic on `Page`."""

from __future__ import annotations

from collections.abc import Sequence

from slangrag.sources.documents.types import Page


def page_at(pages: Sequence[Page], offset: int) -> Page | None:
    """The page on which the character at `offset` stands; None where there are no pages.

    What stands between two pages belongs to the one before.
    """
    found = None
    for page in pages:
        if page.start > offset:
            break
        found = page
    return found or (pages[0] if pages else None)


def pages_of(pages: Sequence[Page], start: int, end: int) -> tuple[Page, ...]:
    """The pages that text[start:end] touches, in order."""
    first, last = page_at(pages, start), page_at(pages, max(start, end - 1))
    if first is None or last is None:
        return ()
    return tuple(page for page in pages if first.number <= page.number <= last.number)


def label_of(pages: Sequence[Page], start: int, end: int) -> str:
    """The printed numbers of the pages that hold text[start:end]: "14", "14–15", "" without pages."""
    found = pages_of(pages, start, end)
    if not found:
        return ""
    return found[0].label if len(found) == 1 else f"{found[0].label}–{found[-1].label}"
