"""A whole store embedded anew, without the file it was loaded from."""

from __future__ import annotations

from pathlib import Path

from slangrag.engines.protocols import Embedder
from slangrag.ingest.embedding import PatientEmbedder
from slangrag.ingest.plan import IngestPlan, Report
from slangrag.ingest.progress import Meter
from slangrag.ingest.reembed import reembed
from slangrag.ingest.stop import StopFlag
from slangrag.store.build import update_index
from slangrag.store.codes.keeping import finish_codes
from slangrag.store.documents.reading import has_documents
from slangrag.store.index import IndexChoice
from slangrag.store.journal import guard
from slangrag.store.layout import StoreLayout
from slangrag.store.lock import hold
from slangrag.store.new_vectors import NewVectors
from slangrag.store.writer import open_writer


def reembed_store(
    root: Path,
    embedder: Embedder,
    choice: IndexChoice,
    *,
    made: Path | None = None,
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> int:
    """Replace the vectors of the store at `root` by `embedder`'s, then its codes and its index.

    made: a copy of the store that has them already; what it holds of the same texts is taken over. How many
    vectors were. Readers see the old vectors until all new ones are there; killed anywhere, it goes on.
    Raises StoreMissing, StoreLocked, StoreError, the EngineErrors that no patience could mend, StoppedEarly.
    """
    stop = stop or StopFlag()
    with hold(root) as lock, open_writer(root) as writer, guard(writer.path):
        taken = 0
        if made is not None:
            taken = NewVectors(writer, embedder.identity).take_over(made)
        plan = IngestPlan(root, root, reembed=True, index=choice)
        reembed(writer, PatientEmbedder(embedder, stop), plan, progress, stop)
        finish_codes(writer, root)
        meters = {"index": Meter("index", progress), "settle": Meter("settle", progress)}
        if not update_index(
            writer,
            root,
            choice=choice,
            lock=lock,
            told=lambda stage, done, total: meters[stage].tell(done, total),
            stop=lambda: stop.requested,
        ):
            raise stop.leave(f"every entry of {root} has its new vector, the index is not finished")
    reembed_documents(root, embedder, choice, made=made, progress=progress, stop=stop)
    return taken


def reembed_documents(
    root: Path,
    embedder: Embedder,
    choice: IndexChoice,
    *,
    made: Path | None = None,
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> None:
    """The same for the passages of the store's documents, if it has any. They follow their dictionary."""
    if not has_documents(root):
        return
    place = StoreLayout(root).documents
    there = StoreLayout(made).documents if made is not None and has_documents(made) else None
    reembed_store(place, embedder, choice, made=there, progress=progress, stop=stop)
