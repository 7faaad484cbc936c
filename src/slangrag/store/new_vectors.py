"""Another embedder's vectors, made beside a store's own and put in their place in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.store import fingerprint
from slangrag.store.codes.rows import note_codes
from slangrag.store.index.notes import forget_indexes
from slangrag.store.layout import StoreLayout
from slangrag.store.schema import NEW_VECTORS, VECTORS
from slangrag.store.writer import LexiconWriter

_NEW: Final = NEW_VECTORS


class NewVectors:
    """The table of new vectors; empty unless it was begun with this same embedder."""

    def __init__(self, writer: LexiconWriter, identity: EmbedderIdentity) -> None:
        self._writer = writer
        self._db = writer.connection
        self._identity = identity
        pending = writer.meta(fingerprint.PENDING_EMBEDDER)
        if pending and fingerprint.agree(fingerprint.from_meta(pending), identity):
            return
        self._db.execute("BEGIN")
        self._db.execute(f"DROP TABLE IF EXISTS {_NEW}")
        # A vector of NULL marks an entry that the new embedder refuses.
        self._db.execute(f"CREATE TABLE {_NEW} {VECTORS.replace(' NOT NULL', '')}")
        writer.set_meta(fingerprint.PENDING_EMBEDDER, fingerprint.to_meta(identity))
        writer.commit()

    def count(self) -> int:
        """How many entries have been through the embedder."""
        rows: int = self._db.execute(f"SELECT count(*) FROM {_NEW}").fetchone()[0]
        return rows

    def waiting(self, most: int) -> Iterator[list[tuple[int, str, str]]]:
        """Row id, headword and definition of what has not, in lists of `most`, in the order of row ids."""
        through = 0
        waits = f"rid > ? AND rid NOT IN (SELECT rid FROM {_NEW})"
        while rows := self._db.execute(
            f"SELECT rid, word, definition FROM entries WHERE {waits} ORDER BY rid LIMIT ?", (through, most)
        ).fetchall():
            yield rows
            through = rows[-1][0]

    def take_over(self, made: Path) -> int:
        """Take from a copy of the store the vectors of entries whose texts are still the same; how many.

        The copy's vectors are of the same embedder: the caller has seen to that.
        """
        before = self.count()
        self._writer.commit()
        self._db.execute("ATTACH ? AS made", (str(StoreLayout(made).lexicon),))
        try:
            self._db.execute(
                f"INSERT OR IGNORE INTO {_NEW} SELECT here.rid, vector FROM entries AS here "
                "JOIN made.entries AS there ON there.rid = here.rid AND there.text_hash = here.text_hash "
                "JOIN made.vectors ON made.vectors.rid = here.rid"
            )
            self._writer.commit()
        finally:
            self._db.execute("DETACH made")
        return self.count() - before

    def add(self, vectors: Iterable[tuple[int, bytes | None]]) -> None:
        """Unit vectors (float16) by row id; None for a refusal. Commits nothing."""
        self._db.executemany(f"INSERT INTO {_NEW} VALUES (?, ?)", vectors)

    def replace(self) -> None:
        """Old vectors out, new ones in, the fingerprint with them; what was refused leaves the store."""
        refused = self._db.execute(f"SELECT rid FROM {_NEW} WHERE vector IS NULL").fetchall()
        self._db.execute(f"DELETE FROM {_NEW} WHERE vector IS NULL")
        self._writer.remove([rid for (rid,) in refused])
        self._db.execute("DROP TABLE vectors")
        self._db.execute(f"ALTER TABLE {_NEW} RENAME TO vectors")
        self._writer.set_meta(fingerprint.EMBEDDER, fingerprint.to_meta(self._identity))
        self._writer.set_meta(fingerprint.PENDING_EMBEDDER, None)
        note_codes(self._writer, None)
        self._writer.note_coded(None)
        forget_indexes(self._writer)
        self._writer.commit()
