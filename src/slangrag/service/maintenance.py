"""The care of a store: what it holds, whether it holds together, its index made anew, copies and exports."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slangrag.errors import StoreError, StoreMissing
from slangrag.retrieval import calibration
from slangrag.store import fingerprint, journal, lock
from slangrag.store.build import rebuild
from slangrag.store.codes.keeping import codes_are_current
from slangrag.store.codes.rows import codes_in_use
from slangrag.store.documents.reading import has_documents, open_documents
from slangrag.store.index import LOCALLY, IndexChoice, index_of
from slangrag.store.index.notes import finished_index, is_current
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import open_lexicon
from slangrag.store.moving.copying import StoreCopy, copy_store
from slangrag.store.moving.export import Exported, Format, export
from slangrag.store.verify import verify
from slangrag.store.writer import open_writer

if TYPE_CHECKING:
    from slangrag.engines.protocols import EmbedderIdentity
    from slangrag.retrieval.calibration import Background
    from slangrag.store.ledger import Ledger
    from slangrag.store.sources import SourceCount

__all__ = [
    "Exported",
    "Format",
    "StoreCopy",
    "StoreFacts",
    "calibrate",
    "copy_store",
    "documents_root",
    "export",
    "rebuild",
    "store_facts",
    "verify",
]


def calibrate(root: Path) -> Background:
    """Measure the background of cosines of the store at `root` and keep it; of its documents too.

    Takes the store's lock. Raises StoreMissing, StoreLocked, StoreError for a full disk.
    """
    with open_lexicon(root):
        pass
    with lock.hold(root), open_writer(root) as writer, journal.guard(writer.path):
        found = calibration.calibrate(writer)
        writer.commit()
    if has_documents(root):
        calibrate(StoreLayout(root).documents)
    return found


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """One store at one moment.

    vectors counts those in the lexicon, index_rows those that the index was built with (None: never).
    complete: the last load came to its end. index_place: "chroma", "none" or a server's address.
    index_current: it holds exactly the lexicon's rows, or none is wanted; index_fault: why nobody can tell.
    codes_current: all rows but a few have their codes. adopted: what is noted of a tuned embedder, or None.
    locked_by: who writes to it now, "" for nobody. Sizes in bytes. saved_at: last commit, ISO 8601, UTC.
    file_system: its type, "" where the platform does not say. documents, passages: beside the dictionary;
    documents_current: their codes and their index are; documents_embedder: whose vectors passages have.
    """

    root: Path
    entries: int
    headwords: int
    vectors: int
    embedder: EmbedderIdentity | None
    complete: bool
    index_place: str
    index_rows: int | None
    index_current: bool
    index_fault: str
    codes_current: bool
    locked_by: str
    lexicon_bytes: int
    index_bytes: int
    codes_bytes: int
    free_bytes: int
    file_system: str
    saved_at: str | None
    loads: tuple[Ledger, ...]
    sources: tuple[SourceCount, ...]
    documents: int
    passages: int
    documents_current: bool
    documents_embedder: EmbedderIdentity | None
    adopted: Mapping[str, Any] | None

    @property
    def model(self) -> str:
        """The embedder in a few words; "" where none is remembered."""
        return fingerprint.describe(self.embedder) if self.embedder else ""

    @property
    def documents_agree(self) -> bool:
        """Whether passages have vectors of the dictionary's embedder; until then words find them."""
        there, here = self.documents_embedder, self.embedder
        return there is None or here is None or fingerprint.agree(there, here)

    @property
    def sealed(self) -> bool:
        """Whether nothing is left to be done: loaded to the end, indexed, and nobody writes."""
        current = self.codes_current and self.index_current and self.documents_current
        return self.complete and current and self.documents_agree and not self.locked_by


def store_facts(root: Path, choice: IndexChoice = LOCALLY) -> StoreFacts:
    """The facts about the store at `root`. Raises StoreMissing, StoreMismatch, StoreDamaged."""
    layout = StoreLayout(root)
    beside = _documents_beside(root, choice)
    with open_lexicon(root) as lexicon:
        index = index_of(root, lexicon, choice)
        kept = None if index is None else finished_index(lexicon, index)
        codes, coded, entries = (
            codes_in_use(lexicon),
            codes_are_current(root, lexicon),
            lexicon.count("entries"),
        )
        current, fault = False, ""
        try:
            current = is_current(lexicon, index)
        except StoreError as error:  # a server that does not answer
            fault = error.message
        remembered = lexicon.meta(fingerprint.EMBEDDER)
        as_of = lexicon.as_of()
        return StoreFacts(
            root=root,
            entries=entries,
            headwords=lexicon.count("headwords"),
            # Counting vectors reads the whole table, gigabytes of it in a large store.
            vectors=kept.rows if kept and current else entries if coded else lexicon.count("vectors"),
            embedder=fingerprint.from_meta(remembered) if remembered else None,
            complete=as_of.complete,
            index_rows=kept.rows if kept else None,
            index_current=current,
            index_fault=fault,
            locked_by=lock.held_by(root) or lock.held_by(layout.documents),
            lexicon_bytes=sum(path.stat().st_size for path in root.glob(f"{layout.lexicon.name}*")),
            index_place=choice.place,
            index_bytes=0 if index is None else index.bytes_on_disk(),
            codes_current=coded,
            codes_bytes=0 if codes is None else codes.end,
            free_bytes=shutil.disk_usage(root).free,
            file_system=journal.file_system(root),
            saved_at=as_of.saved_at,
            loads=tuple(lexicon.loads()),
            sources=tuple(lexicon.sources()),
            documents=beside.documents,
            passages=beside.passages,
            documents_current=beside.current,
            documents_embedder=beside.embedder,
            adopted=lexicon.meta(fingerprint.ADOPTED),
        )


@dataclass(frozen=True, slots=True)
class _Beside:
    """The documents of a store: how many, whether codes and index are current, whose vectors they have."""

    documents: int = 0
    passages: int = 0
    current: bool = True
    embedder: EmbedderIdentity | None = None


def _documents_beside(root: Path, choice: IndexChoice) -> _Beside:
    if not has_documents(root):
        return _Beside()
    place = StoreLayout(root).documents
    with open_documents(root) as (lexicon, documents):
        count, passages = documents.count(), lexicon.count("entries")
        try:
            current = codes_are_current(place, lexicon) and is_current(
                lexicon, index_of(place, lexicon, choice)
            )
        except StoreError:  # a server that does not answer, which the dictionary's index tells of
            current = False
        kept = lexicon.meta(fingerprint.EMBEDDER)
        return _Beside(count, passages, current, fingerprint.from_meta(kept) if kept and passages else None)


def documents_root(root: Path) -> Path:
    """Where the documents of the store at `root` are. Raises StoreMissing where there are none."""
    if not has_documents(root):
        raise StoreMissing(f"the store at {root} has no documents", hint="slangrag add FILE")
    return StoreLayout(root).documents
