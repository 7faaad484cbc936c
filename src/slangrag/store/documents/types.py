"""What is known of a document in the store, and of the passages it was cut into."""

from __future__ import annotations

from dataclasses import dataclass

from slangrag.sources.documents.types import DocumentKind


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One document as it was last read.

    number tells it from the store's others and is never given twice. locator is where it came from: an
    absolute path or a URL; kind what it was read as; date its own, ISO 8601, "" where it gives none. size and
    sha256 are of its bytes, characters of its text. added_at and changed_at: ISO 8601, UTC. etag and modified
    are what a web server said of it. notes: what was left out when it was read.
    """

    number: int
    locator: str
    title: str
    kind: DocumentKind
    date: str
    size: int
    sha256: str
    characters: int
    pages: int
    passages: int
    added_at: str
    changed_at: str
    etag: str = ""
    modified: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """Where a passage stands: text[start:end] of its document, under `heading` (a trail, "" for none)."""

    entry_id: str
    document: int
    start: int
    end: int
    heading: str
