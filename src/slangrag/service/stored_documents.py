"""What `add` and `documents` say as JSON: part of the contracts of docs/cli.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slangrag.service.adding import Added
    from slangrag.service.crawling import Visited
    from slangrag.service.dictionary import DocumentText
    from slangrag.store.documents.types import StoredDocument

Document = dict[str, Any]


def stored(one: StoredDocument) -> Document:
    """One document of the store."""
    return {
        "number": one.number,
        "title": one.title,
        "kind": one.kind,
        "source": one.locator,
        "date": one.date,
        "pages": one.pages,
        "passages": one.passages,
        "characters": one.characters,
        "bytes": one.size,
        "sha256": one.sha256,
        "added_at": one.added_at,
        "changed_at": one.changed_at,
        "notes": list(one.notes),
    }


def listed(documents: Iterable[StoredDocument]) -> Document:
    """`documents list`."""
    return {"documents": [stored(one) for one in documents]}


def shown(found: DocumentText) -> Document:
    """`documents show N`; offsets are in characters of the whole document; `text` begins at `start`."""
    return {
        **stored(found.document),
        "start": found.start,
        "text": found.text,
        "page_list": [
            {"number": page.number, "label": page.label, "start": page.start, "end": page.end}
            for page in found.pages
        ],
        "passage_list": [
            {"entry_id": one.entry_id, "start": one.start, "end": one.end, "heading": one.heading}
            for one in found.passages
        ],
    }


def added(found: Sequence[Added]) -> Document:
    """`add`: what became of each, in order; `failure` and `next` are null where it was read."""
    outcomes = [one.outcome for one in found]
    return {
        "documents": [became(one) for one in found],
        "added": outcomes.count("added"),
        "changed": outcomes.count("changed"),
        "unchanged": outcomes.count("unchanged"),
        "failed": outcomes.count("failed"),
    }


def became(one: Added) -> Document:
    """What became of one file or address."""
    return {
        "target": one.target,
        "outcome": one.outcome,
        "document": None if one.document is None else stored(one.document),
        "embedded": one.embedded,
        "kept": one.kept,
        "removed": one.removed,
        "refused": one.refused,
        "failure": None if one.failure is None else one.failure.message,
        "next": None if one.failure is None else one.failure.hint or None,
    }


def crawled(visits: Sequence[Visited]) -> Document:
    """`crawl`: what came of each URL; `added` is null where the store did nothing about it."""
    outcomes = [one.page.outcome for one in visits]
    return {
        "pages": [
            {
                "url": one.page.url,
                "outcome": one.page.outcome,
                "reason": one.page.reason,
                "detail": one.page.detail,
                "depth": one.page.depth,
                "added": None if one.added is None else became(one.added),
                "removed": one.removed,
                "held": one.held,
            }
            for one in visits
        ],
        "taken": outcomes.count("taken"),
        "unchanged": outcomes.count("unchanged"),
        "gone": outcomes.count("gone"),
        "skipped": outcomes.count("skipped"),
    }


def removed(gone: Iterable[StoredDocument]) -> Document:
    """`documents remove`."""
    return {"removed": [stored(one) for one in gone]}
