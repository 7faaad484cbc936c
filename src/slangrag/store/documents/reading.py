"""Reading the documents of a store: which there are, their texts and pages, where a passage stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from slangrag.errors import StoreMissing
from slangrag.sources.documents.types import Page
from slangrag.store.documents import tables
from slangrag.store.documents.types import StoredDocument, StoredPassage
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import Lexicon, open_lexicon
from slangrag.store.parameters import in_chunks

_COLUMNS: Final = (
    "number, locator, title, kind, date, size, sha256, length(text), "
    "(SELECT count(*) FROM pages WHERE document = documents.number), "
    "(SELECT count(*) FROM passages WHERE document = documents.number), added_at, changed_at, "
    "etag, modified, notes"
)


class StoredDocuments:
    """The documents beside a lexicon of passages. Used by one thread at a time."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._db = lexicon.connection
        self._there = tables.are_there(self._db)

    @contextmanager
    def one_view(self) -> Iterator[None]:
        """In the block nothing is seen of what others commit meanwhile: a document's text, pages and passages
        are those of one moment.
        """
        self._db.execute("BEGIN")
        try:
            yield
        finally:
            self._db.rollback()

    def documents(self) -> list[StoredDocument]:
        """Every document, in the order in which they came."""
        return self._documents("ORDER BY number", ())

    def count(self) -> int:
        """How many there are."""
        if not self._there:
            return 0
        return int(self._db.execute("SELECT count(*) FROM documents").fetchone()[0])

    def document(self, number: int) -> StoredDocument | None:
        """The document of that number."""
        return next(iter(self._documents("WHERE number = ?", (number,))), None)

    def by_locator(self, locator: str) -> StoredDocument | None:
        """The document that came from there."""
        return next(iter(self._documents("WHERE locator = ?", (locator,))), None)

    def numbered(self, numbers: Iterable[int]) -> dict[int, StoredDocument]:
        """Documents by number; those that are not there are absent."""
        found: dict[int, StoredDocument] = {}
        for chunk, marks in in_chunks(numbers):
            found.update((one.number, one) for one in self._documents(f"WHERE number IN ({marks})", chunk))
        return found

    def _documents(self, where: str, values: Iterable[Any]) -> list[StoredDocument]:
        if not self._there:
            return []
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM documents {where}", tuple(values))
        return [StoredDocument(*(*row[:-1], tuple(json.loads(row[-1])))) for row in rows]

    def text(self, number: int) -> str:
        """The whole text of a document; "" where there is none of that number."""
        row = self._db.execute("SELECT text FROM documents WHERE number = ?", (number,)).fetchone()
        return "" if row is None else str(row[0])

    def pages(self, number: int) -> tuple[Page, ...]:
        """Its pages in order; none where its format has none."""
        rows = self._db.execute(
            "SELECT number, label, start, end FROM pages WHERE document = ? ORDER BY number", (number,)
        )
        return tuple(Page(*row) for row in rows)

    def passages(self, number: int) -> list[StoredPassage]:
        """The passages of a document in order."""
        rows = self._db.execute(
            "SELECT entry_id, document, start, end, heading FROM passages JOIN entries USING (rid) "
            "WHERE document = ? ORDER BY start",
            (number,),
        )
        return [StoredPassage(*row) for row in rows]

    def placed(self, rids: Iterable[int]) -> dict[int, StoredPassage]:
        """Where passages stand, by row id; rows that are not there are absent."""
        found: dict[int, StoredPassage] = {}
        for chunk, marks in in_chunks(rids) if self._there else ():
            rows = self._db.execute(
                "SELECT rid, entry_id, document, start, end, heading FROM passages JOIN entries USING (rid) "
                f"WHERE rid IN ({marks})",
                chunk,
            )
            found.update((rid, StoredPassage(*row)) for rid, *row in rows)
        return found


@contextmanager
def open_documents(root: Path) -> Iterator[tuple[Lexicon, StoredDocuments]]:
    """The passages and the documents of the store at `root`, to read.

    Raises StoreMissing where it has none, StoreMismatch and StoreDamaged as `open_lexicon` does.
    """
    with open_lexicon(StoreLayout(root).documents) as lexicon:
        yield lexicon, StoredDocuments(lexicon)


def has_documents(root: Path) -> bool:
    """Whether the store at `root` has a place for documents; one whose making was killed is as good as none.

    Raises StoreMismatch and StoreDamaged as `open_lexicon` does.
    """
    try:
        with open_lexicon(StoreLayout(root).documents):
            return True
    except StoreMissing:
        return False
