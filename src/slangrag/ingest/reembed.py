"""Another embedder for a store: every vector made anew beside the old, then put in their place at once.

Until the last transaction readers see the old vectors and nothing else; killed anywhere, it goes on.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final

from slangrag.ingest.embedding import PatientEmbedder
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


def _fill(
    writer: LexiconWriter, patient: PatientEmbedder, plan: IngestPlan, progress: Report, stop: StopFlag
) -> None:
    batching = plan.batching or batching_for(patient.identity)
    meter = Meter("re-embed", progress)
    total = writer.counts()["entries"]
    (through,) = writer.connection.execute(f"SELECT coalesce(max(rid), 0) FROM {_NEW}").fetchone()
    (done,) = writer.connection.execute(f"SELECT count(*) FROM {_NEW}").fetchone()
    with ThreadPoolExecutor(batching.in_flight) as workers:
        while not stop.requested:
            meter.tell(done, total)
            rows = writer.connection.execute(
                "SELECT rid, word, definition FROM entries WHERE rid > ? ORDER BY rid LIMIT ?",
                (through, batching.items * batching.in_flight * 4),
            ).fetchall()
            if not rows:
                return
            parts = [rows[i : i + batching.items] for i in range(0, len(rows), batching.items)]
            texts = [
                [patient.identity.render_document(word, text) for _, word, text in part] for part in parts
            ]
            for part, vectors in zip(parts, workers.map(patient.embed, texts), strict=True):
                writer.connection.executemany(
                    f"INSERT INTO {_NEW} VALUES (?, ?)",
                    (
                        (rid, None if isinstance(vector, str) else vector)
                        for (rid, _, _), vector in zip(part, vectors, strict=True)
                    ),
                )
            writer.commit()
            through = rows[-1][0]
            done += len(rows)
    raise stop.leave(f"{done:,} of {total:,} entries have their new vector, the old ones are still in use")


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
