"""Writing documents: one document, its pages and passages are there after `commit`, whole, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from slangrag.sources.documents.types import ParsedDocument, Passage
from slangrag.sources.entry import Entry
from slangrag.store.counts import Counts
from slangrag.store.documents import tables
from slangrag.store.documents.reading import StoredDocuments
from slangrag.store.documents.types import StoredDocument
from slangrag.store.rows import NewEntry
from slangrag.store.writer import LexiconWriter
from slangrag.text.forms import fold


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document comes from, and what its bytes are.

    locator: an absolute path or a URL. etag and modified: what a web server says of this version.
    """

    locator: str
    size: int
    sha256: str
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class NewPassage:
    """A passage to write: where it stands, the trail that names it, its text, the hash of both."""

    place: Passage
    trail: str
    text: str
    text_hash: bytes


class DocumentWriter(StoredDocuments):
    """Documents into a lexicon of passages. Whoever uses it holds that store's lock."""

    def __init__(self, writer: LexiconWriter) -> None:
        tables.create(writer.connection)
        super().__init__(writer)
        self._writer = writer

    def kept(self, locator: str, passages: Sequence[NewPassage]) -> dict[int, int]:
        """Which of these passages the store has already, by their place in the list: the row of each."""
        document = self.by_locator(locator)
        rows: dict[bytes, list[int]] = {}
        if document is not None:
            for rid, text_hash in self._db.execute(
                "SELECT rid, text_hash FROM passages JOIN entries USING (rid) WHERE document = ? "
                "ORDER BY start DESC",
                (document.number,),
            ):
                rows.setdefault(text_hash, []).append(rid)
        return {n: rows[one.text_hash].pop() for n, one in enumerate(passages) if rows.get(one.text_hash)}

    def write(
        self,
        origin: Origin,
        parsed: ParsedDocument,
        passages: Sequence[NewPassage],
        vectors: Mapping[int, bytes],
    ) -> StoredDocument:
        """Put a document in the place of what was there of it. Commits nothing.

        vectors: float16 bytes by place in `passages`, for those that `kept` does not have; a passage without
        either is left out (its embedder refused it).
        """
        before = self.by_locator(origin.locator)
        kept = self.kept(origin.locator, passages)
        number, given = self._row(origin, parsed, before)
        load = self._writer.begin_load(parsed.title, origin.size, origin.sha256, "document", str(number))
        gone = set() if before is None else {rid for (rid,) in self._rids(number)}
        self._writer.remove(sorted(gone - set(kept.values())))
        fresh = [n for n in range(len(passages)) if n not in kept and n in vectors]
        names = {n: f"d{number}p{given + k}" for k, n in enumerate(fresh, start=1)}
        self._writer.add(
            [
                NewEntry(
                    Entry(names[n], passages[n].trail, passages[n].text),
                    fold(passages[n].trail),
                    passages[n].text_hash,
                    vectors[n],
                )
                for n in fresh
            ],
            load.id,
        )
        self._writer.see(list(kept.values()), load.id)
        rows = {**kept, **self._rows_of(names)}
        self._db.executemany(
            "INSERT OR REPLACE INTO passages VALUES (?, ?, ?, ?, ?)",
            (
                (rid, number, passages[n].place.start, passages[n].place.end, passages[n].place.heading)
                for n, rid in rows.items()
            ),
        )
        self._db.execute(
            "UPDATE documents SET passages_given = ? WHERE number = ?", (given + len(fresh), number)
        )
        load.state, load.record = "complete", len(passages)
        load.counts = Counts(accepted=len(rows), embedded=len(fresh), filtered=len(passages) - len(rows))
        self._writer.save_load(load)
        self._db.execute("DELETE FROM ledger WHERE source = ? AND id <> ?", (str(number), load.id))
        written = self.document(number)
        assert written is not None
        return written

    def _row(self, origin: Origin, parsed: ParsedDocument, before: StoredDocument | None) -> tuple[int, int]:
        """Write the document's own row and its pages: its number, and how many passage ids it gave out."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        values = (
            parsed.title, parsed.kind, parsed.date, origin.size, origin.sha256, parsed.text,
            origin.etag, origin.modified, json.dumps(parsed.notes, ensure_ascii=False), now,
        )  # fmt: skip
        if before is None:
            self._db.execute(
                "INSERT INTO documents (title, kind, date, size, sha256, text, etag, modified, notes, "
                "changed_at, locator, added_at, passages_given) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
                (*values, origin.locator, now),
            )
        else:
            self._db.execute(
                "UPDATE documents SET title = ?, kind = ?, date = ?, size = ?, sha256 = ?, text = ?, "
                "etag = ?, modified = ?, notes = ?, changed_at = ? WHERE number = ?",
                (*values, before.number),
            )
        number, given = self._db.execute(
            "SELECT number, passages_given FROM documents WHERE locator = ?", (origin.locator,)
        ).fetchone()
        self._db.execute("DELETE FROM pages WHERE document = ?", (number,))
        self._db.executemany(
            "INSERT INTO pages VALUES (?, ?, ?, ?, ?)",
            ((number, page.number, page.label, page.start, page.end) for page in parsed.pages),
        )
        return number, given

    def note_unchanged(self, number: int, origin: Origin) -> None:
        """Note what a server says now of the same bytes. Commits nothing."""
        self._db.execute(
            "UPDATE documents SET etag = ?, modified = ? WHERE number = ?",
            (origin.etag, origin.modified, number),
        )

    def remove(self, number: int) -> int:
        """Take a document out with all that is its; how many passages went. Commits nothing."""
        rids = [rid for (rid,) in self._rids(number)]
        self._writer.remove(rids)
        for query in (
            "DELETE FROM pages WHERE document = ?",
            "DELETE FROM documents WHERE number = ?",
            "DELETE FROM ledger WHERE source = CAST(? AS TEXT)",
        ):
            self._db.execute(query, (number,))
        return len(rids)

    def _rids(self, number: int) -> Iterable[tuple[int]]:
        return self._db.execute("SELECT rid FROM passages WHERE document = ?", (number,)).fetchall()

    def _rows_of(self, names: Mapping[int, str]) -> dict[int, int]:
        """Row ids of fresh passages, by their place in the list."""
        rids = self._writer.row_ids(names.values())
        return {n: rids[name] for n, name in names.items()}
