"""Another embedder for a store: every vector made anew beside the old, then put in their place at once.

Until the last transaction readers see the old vectors and nothing else; killed anywhere, it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from slangrag.engines.protocols import EmbedderIdentity
from slangrag.ingest.embedding import PatientEmbedder
from slangrag.ingest.pipeline import Answers, run_through
from slangrag.ingest.plan import IngestPlan, Report, batching_for
from slangrag.ingest.progress import Meter
from slangrag.ingest.stop import StopFlag
from slangrag.retrieval.calibration import calibrate
from slangrag.store import fingerprint
from slangrag.store.new_vectors import NewVectors
from slangrag.store.writer import LexiconWriter


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
    vectors = NewVectors(writer, patient.identity)
    batching = plan.batching or batching_for(patient.identity)
    sink = _VectorSink(writer, vectors, patient.identity, batching.items, Meter("re-embed", progress))
    if not run_through(sink, patient.embed, batching, plan.pace, stop):
        raise stop.leave(
            f"{sink.done:,} of {sink.total:,} entries have their new vector, the old ones are still in use"
        )
    vectors.replace()
    calibrate(writer)
    writer.commit()


@dataclass(frozen=True, slots=True)
class _Part:
    rids: list[int]
    texts: list[str]


class _VectorSink:
    """Entries in the order of their row ids, into the table of new vectors."""

    def __init__(
        self,
        writer: LexiconWriter,
        vectors: NewVectors,
        identity: EmbedderIdentity,
        items: int,
        meter: Meter,
    ) -> None:
        self._vectors = vectors
        self._render = identity.render_document
        self._items = items
        self._meter = meter
        self.commit = writer.commit
        self.total = writer.count("entries")
        self.done = vectors.count()

    def batches(self) -> Iterator[_Part]:
        """What has no new vector yet."""
        for rows in self._vectors.waiting(self._items):
            yield _Part([rid for rid, _, _ in rows], [self._render(word, text) for _, word, text in rows])

    def write(self, batch: _Part, answers: Answers) -> None:
        """Vectors by row id; None for a refusal."""
        vectors = (None if isinstance(answer, str) else answer for answer in answers)
        self._vectors.add(zip(batch.rids, vectors, strict=True))
        self.done += len(batch.rids)

    def tell(self) -> None:
        """Report progress."""
        self._meter.tell(self.done, self.total)
