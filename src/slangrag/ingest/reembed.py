"""Another embedder for a store: every vector made anew beside the old, then put in their place at once.

Until the last transaction readers see the old vectors and nothing else; killed anywhere, it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from slangrag.ingest.embedding import PatientEmbedder
from slangrag.ingest.pipeline import Answers, run_through
from slangrag.ingest.plan import IngestPlan, Report, batching_for
from slangrag.ingest.progress import Meter
from slangrag.ingest.stop import StopFlag
from slangrag.store import fingerprint
from slangrag.store.build import forget_index
from slangrag.store.schema import VECTORS
from slangrag.store.writer import LexiconWriter

_NEW: Final = "new_vectors"


def reembed(
    writer: LexiconWriter, patient: PatientEmbedder, plan: IngestPlan, progress: Report, stop: StopFlag
) -> None:
    """Make the store's vectors this embedder's, if `plan.reembed` allows it; nothing if they are already.

    Raises StoreMismatch, naming both models and both ways out, where the plan does not allow it.
    An entry that the new embedder refuses leaves the store.
    """
    stored = fingerprint.from_meta(writer.meta(fingerprint.EMBEDDER))
    if not plan.reembed:
        fingerprint.require_agreement(stored, patient.identity, plan.store)
        return
    if fingerprint.agree(stored, patient.identity):
        return
    _prepare(writer, patient)
    _fill(writer, patient, plan, progress, stop)
    _replace(writer, patient)


def _prepare(writer: LexiconWriter, patient: PatientEmbedder) -> None:
    """A table for the new vectors, empty unless it was begun with this same embedder."""
    pending = writer.meta(fingerprint.PENDING_EMBEDDER)
    if pending and fingerprint.agree(fingerprint.from_meta(pending), patient.identity):
        return
    writer.connection.execute("BEGIN")
    writer.connection.execute(f"DROP TABLE IF EXISTS {_NEW}")
    # A vector of NULL marks an entry that the new embedder refuses.
    writer.connection.execute(f"CREATE TABLE {_NEW} {VECTORS.replace(' NOT NULL', '')}")
    writer.set_meta(fingerprint.PENDING_EMBEDDER, fingerprint.to_meta(patient.identity))
    writer.commit()


@dataclass(frozen=True, slots=True)
class _Part:
    rids: list[int]
    texts: list[str]


class _VectorSink:
    """Entries in the order of their row ids, into the table of new vectors."""

    def __init__(self, writer: LexiconWriter, patient: PatientEmbedder, items: int, meter: Meter) -> None:
        self._writer = writer
        self._render = patient.identity.render_document
        self._items = items
        self._meter = meter
        self.total = writer.counts()["entries"]
        (self.done,) = writer.connection.execute(f"SELECT count(*) FROM {_NEW}").fetchone()

    def batches(self) -> Iterator[_Part]:
        """What has no new vector yet."""
        (through,) = self._writer.connection.execute(f"SELECT coalesce(max(rid), 0) FROM {_NEW}").fetchone()
        while rows := self._writer.connection.execute(
            "SELECT rid, word, definition FROM entries WHERE rid > ? ORDER BY rid LIMIT ?",
            (through, self._items),
        ).fetchall():
            yield _Part([rid for rid, _, _ in rows], [self._render(word, text) for _, word, text in rows])
            through = rows[-1][0]

    def write(self, batch: _Part, answers: Answers) -> None:
        """Vectors by row id; NULL for a refusal."""
        vectors = (None if isinstance(answer, str) else answer for answer in answers)
        self._writer.connection.executemany(
            f"INSERT INTO {_NEW} VALUES (?, ?)", zip(batch.rids, vectors, strict=True)
        )
        self.done += len(batch.rids)

    def commit(self) -> None:
        """The highest row id in the table is the place to go on from."""
        self._writer.commit()

    def tell(self) -> None:
        """Report progress."""
        self._meter.tell(self.done, self.total)


def _fill(
    writer: LexiconWriter, patient: PatientEmbedder, plan: IngestPlan, progress: Report, stop: StopFlag
) -> None:
    batching = plan.batching or batching_for(patient.identity)
    sink = _VectorSink(writer, patient, batching.items, Meter("re-embed", progress))
    if not run_through(sink, patient.embed, batching, plan.pace, stop):
        raise stop.leave(
            f"{sink.done:,} of {sink.total:,} entries have their new vector, the old ones are still in use"
        )


def _replace(writer: LexiconWriter, patient: PatientEmbedder) -> None:
    """Old vectors out, new ones in, the fingerprint with them, in one transaction."""
    refused = writer.connection.execute(f"SELECT rid FROM {_NEW} WHERE vector IS NULL").fetchall()
    writer.connection.execute(f"DELETE FROM {_NEW} WHERE vector IS NULL")
    writer.remove([rid for (rid,) in refused])
    writer.connection.execute("DROP TABLE vectors")
    writer.connection.execute(f"ALTER TABLE {_NEW} RENAME TO vectors")
    writer.set_meta(fingerprint.EMBEDDER, fingerprint.to_meta(patient.identity))
    writer.set_meta(fingerprint.PENDING_EMBEDDER, None)
    forget_index(writer)
    writer.commit()
