"""The documents of `service.stored_documents` as pydantic models, beside those of `service.shapes`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from slangrag.service.shapes import Strangers
from slangrag.sources.documents.types import DocumentKind


class _Document(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class StoredDocument(_Document):
    """A document beside the dictionary."""

    number: int
    """Names it in this store; never given twice."""

    title: Strangers
    kind: DocumentKind
    source: str
    """The address or the name of the file that it came from."""

    date: str
    """Its own, ISO 8601; empty where it gives none."""

    pages: int
    """0 where its format has none."""

    passages: int
    """What it was cut into to be found."""

    characters: int
    bytes: int
    sha256: str
    added_at: str
    changed_at: str
    notes: list[str]
    """What was left out when it was read."""


class Documents(_Document):
    """The documents beside the dictionary, in the order in which they were added."""

    documents: list[StoredDocument]


class DocumentList(Documents):
    """Some of the documents, in the order in which they were added."""

    total: int
    """How many there are."""


class Page(_Document):
    """A page; offsets in characters of the whole document."""

    number: int
    """Counted from 1 in the file."""

    label: str
    """What is printed on it."""

    start: int
    end: int


class Passage(_Document):
    """A stretch that is found by itself; offsets in characters of the whole document."""

    entry_id: str
    start: int
    end: int
    heading: str


class DocumentText(StoredDocument):
    """A document, or some of it."""

    start: int
    """Where in the document `text` begins, in characters."""

    text: Strangers
    page_list: list[Page]
    """The pages that `text` touches."""

    passage_list: list[Passage]
    """The passages that `text` touches."""


class Added(_Document):
    """What became of a document."""

    target: str
    outcome: Literal["added", "changed", "unchanged", "failed"]
    document: StoredDocument | None
    """What the store has of it now."""

    embedded: int
    """Passages that are new."""

    kept: int
    """Passages that stayed as they were."""

    removed: int
    """Passages that are gone."""

    refused: int
    """Passages that the embedder did not take."""

    failure: str | None
    next: str | None


class Removed(_Document):
    """The documents that were taken out."""

    removed: list[StoredDocument]
