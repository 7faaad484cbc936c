"""A small dictionary, documents to put beside it, and what its store then holds."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.unit.ingest.stubs import StubEmbedder, rows, write_csv

from slangrag.config import Settings, load_settings
from slangrag.engines.protocols import Embedder
from slangrag.ingest import IngestPlan, StopFlag, run
from slangrag.ingest.documents import Loaded, loading
from slangrag.sources.documents.types import Page, ParsedDocument
from slangrag.store.documents.writing import Origin
from slangrag.store.index import IndexChoice
from slangrag.store.layout import StoreLayout

NONE = IndexChoice("none")
_TABLES = (
    "entries", "entries_fts_docsize", "headwords", "forms", "vectors", "uncoded", "copies", "rejects",
    "ledger", "documents", "pages", "passages",
)  # fmt: skip


def make_dictionary(folder: Path, *, index: IndexChoice = NONE, count: int = 30) -> Path:
    """A store of a few words."""
    csv = write_csv(folder / "words.csv", rows(count))
    run(IngestPlan(csv, folder / "store", index=index), StubEmbedder())
    return folder / "store"


def settings_for(store: Path, index: str = "none") -> Settings:
    return replace(load_settings(), store=store, index=index)


def paragraph(number: int, word: str = "lamp") -> str:
    """Some 600 characters, with a word that no other number has: a passage by itself."""
    name = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return f"Told by Mr {name.title()}marsh. " + " ".join(
        f"The {word} of case {number} was seen in room {number * 31 + k}." for k in range(13)
    )


def document(
    numbers: Sequence[int], *, title: str = "Notices", word: str = "lamp", paged: bool = False
) -> ParsedDocument:
    """A document of these paragraphs, each of which is one passage; with `paged` each on its own page."""
    texts = [paragraph(number, word) for number in numbers]
    pages, at = [], 0
    for number, text in enumerate(texts, start=1):
        pages.append(Page(number, f"p{number}", at, at + len(text)))
        at += len(text) + 2
    return ParsedDocument(
        "text", title, "\n\n".join(texts), date="2024-03-01", pages=tuple(pages) if paged else ()
    )


def origin(name: str, parsed: ParsedDocument) -> Origin:
    body = repr(parsed).encode()
    return Origin(f"/docs/{name}.txt", len(body), hashlib.sha256(body).hexdigest())


def put(
    store: Path,
    embedder: Embedder,
    *documents: tuple[str, ParsedDocument],
    index: IndexChoice = NONE,
    stop: StopFlag | None = None,
) -> list[Loaded]:
    """Load documents under these names in one go."""
    with loading(store, embedder, index, stop=stop) as load:
        found = []
        for name, parsed in documents:
            where = origin(name, parsed)
            found.append(load.same(where) or load.load(where, parsed))
        return found


def table_rows(store: Path) -> dict[str, int]:
    """Rows of every table of the documents' own store."""
    with closing(sqlite3.connect(StoreLayout(StoreLayout(store).documents).lexicon)) as db:
        return {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in _TABLES}


def content(store: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a user can see of the documents, without times and numbers given on the way."""
    with closing(sqlite3.connect(StoreLayout(StoreLayout(store).documents).lexicon)) as db:
        return {
            name: sorted(db.execute(query).fetchall())
            for name, query in {
                "documents": "SELECT locator, title, kind, date, size, sha256, text FROM documents",
                "pages": "SELECT locator, p.number, label, start, end FROM pages AS p "
                "JOIN documents AS d ON d.number = p.document",
                "passages": "SELECT locator, start, end, heading, word, definition, hex(vector) "
                "FROM passages AS p JOIN documents AS d ON d.number = p.document "
                "JOIN entries USING (rid) JOIN vectors USING (rid)",
                "words": "SELECT fold, word FROM headwords",
            }.items()
        }
