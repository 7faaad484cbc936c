"""Documents into a store: cut, compared with what is there, embedded where new, written one by one.

A document is one transaction: killed anywhere, each is there as it was or as it is now. What depends on all
passages (word counts, the background of cosines, codes, the index) is made anew at the end; until then they
are found all the same. Prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from slangrag.engines.protocols import Embedder
from slangrag.errors import InputFormat
from slangrag.ingest.deduplicate import text_hash
from slangrag.ingest.embedding import PatientEmbedder, Stopped
from slangrag.ingest.plan import Report, batching_for
from slangrag.ingest.progress import Meter
from slangrag.ingest.single import first_meta
from slangrag.ingest.stop import StopFlag
from slangrag.retrieval.calibration import calibrate
from slangrag.sources.documents.types import ParsedDocument
from slangrag.sources.entry import Entry
from slangrag.store import fingerprint
from slangrag.store.build import update_index
from slangrag.store.codes.keeping import finish_codes
from slangrag.store.documents.types import StoredDocument
from slangrag.store.documents.writing import DocumentWriter, NewPassage, Origin
from slangrag.store.index import IndexChoice
from slangrag.store.journal import guard
from slangrag.store.layout import StoreLayout
from slangrag.store.lock import hold
from slangrag.store.writer import LexiconWriter, open_writer

TRAIL: Final = " › "
"""Between a document's title and the headings above a passage."""

_UNFINISHED: Final = "documents_unfinished"
Outcome = Literal["added", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one document: how many of its passages were embedded now, kept as they were, refused.

    removed: passages that it had before and has no more.
    """

    document: StoredDocument
    outcome: Outcome
    embedded: int = 0
    kept: int = 0
    refused: int = 0
    removed: int = 0


def passages_of(parsed: ParsedDocument) -> list[NewPassage]:
    """What a document is cut into. Raises InputFormat where nothing is left to be found."""
    from slangrag.sources.documents.passages import cut

    passages = []
    for place in cut(parsed):
        trail = TRAIL.join(filter(None, (parsed.title, place.heading)))
        text = parsed.text[place.start : place.end]
        passages.append(NewPassage(place, trail, text, text_hash(Entry("", trail, text))))
    if not passages:
        raise InputFormat(
            f"there is no text in {parsed.title} but headings", hint="give a document with sentences"
        )
    return passages


class DocumentLoad:
    """Documents on their way into one store, whose lock is held. Used by one thread."""

    def __init__(self, writer: LexiconWriter, embedder: Embedder, progress: Report, stop: StopFlag) -> None:
        self._writer = writer
        self._documents = DocumentWriter(writer)
        self._embedder = PatientEmbedder(embedder, stop)
        self._stop = stop
        self._meter = Meter("embed", progress)
        self._embedded = 0

    def known(self, locator: str) -> StoredDocument | None:
        """What the store has from there."""
        return self._documents.by_locator(locator)

    def same(self, origin: Origin) -> Loaded | None:
        """The outcome for a document whose bytes are those that the store has; None if they are not."""
        known = self.known(origin.locator)
        if known is None or known.sha256 != origin.sha256:
            return None
        if (known.etag, known.modified) != (origin.etag, origin.modified):
            self._documents.note_unchanged(known.number, origin)
            self._writer.commit()
        return Loaded(known, "unchanged", kept=known.passages)

    def forget(self, locator: str) -> bool:
        """Take out what came from there, if anything did, and commit."""
        known = self.known(locator)
        if known is not None:
            self._documents.remove(known.number)
            self._writer.set_meta(_UNFINISHED, True)
            self._writer.commit()
        return known is not None

    def load(self, origin: Origin, parsed: ParsedDocument) -> Loaded:
        """Cut, embed what is new, write and commit.

        Raises InputFormat for a document without text, the EngineErrors that no patience could mend, and what
        a stop raises; then the document is there as it was before.
        """
        passages = passages_of(parsed)
        before = self.known(origin.locator)
        kept = self._documents.kept(origin.locator, passages)
        fresh = [n for n in range(len(passages)) if n not in kept]
        vectors = self._embed(passages, fresh, parsed.title)
        self._writer.set_meta(_UNFINISHED, True)
        document = self._documents.write(origin, parsed, passages, vectors)
        self._writer.commit()
        return Loaded(
            document,
            "added" if before is None else "changed",
            embedded=len(vectors),
            kept=len(kept),
            refused=len(fresh) - len(vectors),
            removed=(before.passages if before else 0) - len(kept),
        )

    def _embed(self, passages: Sequence[NewPassage], fresh: Sequence[int], title: str) -> dict[int, bytes]:
        render = self._embedder.identity.render_document
        at_once = batching_for(self._embedder.identity).items
        vectors: dict[int, bytes] = {}
        for start in range(0, len(fresh), at_once):
            if self._stop.requested:
                raise self._stop.leave(f"{title} is as it was before")
            some = fresh[start : start + at_once]
            try:
                answers = self._embedder.embed([render(passages[n].trail, passages[n].text) for n in some])
            except Stopped as stopped:
                raise self._stop.leave(f"{title} is as it was before") from stopped
            vectors.update((n, one) for n, one in zip(some, answers, strict=True) if isinstance(one, bytes))
            self._embedded += len(some)
            self._meter.tell(self._embedded, None)
        return vectors


@contextmanager
def loading(
    root: Path,
    embedder: Embedder,
    choice: IndexChoice,
    *,
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> Iterator[DocumentLoad]:
    """A load into the documents of the store at `root`; at the end of the block they are finished.

    embedder is the store's own. Raises StoreMismatch for another, StoreLocked, StoreError.
    """
    place = StoreLayout(root).documents
    with (
        hold(place) as lock,
        open_writer(place, meta=first_meta(embedder.identity)) as writer,
        guard(writer.path),
    ):
        stored = fingerprint.from_meta(writer.meta(fingerprint.EMBEDDER))
        fingerprint.require_agreement(stored, embedder.identity, place)
        yield DocumentLoad(writer, embedder, progress, stop or StopFlag())
        _finish(writer, place, choice, lock, progress)


def remove(
    root: Path, numbers: Sequence[int], choice: IndexChoice, *, progress: Report = lambda _: None
) -> int:
    """Take documents out of the store at `root` with all that is theirs; how many passages went.

    Raises StoreMissing where there are no documents, StoreLocked, StoreError.
    """
    place = StoreLayout(root).documents
    with hold(place) as lock, open_writer(place) as writer, guard(writer.path):
        documents = DocumentWriter(writer)
        gone = sum(documents.remove(number) for number in numbers)
        writer.set_meta(_UNFINISHED, True)
        writer.commit()
        _finish(writer, place, choice, lock, progress)
    return gone


def _finish(writer: LexiconWriter, place: Path, choice: IndexChoice, lock: int, progress: Report) -> None:
    """What depends on all passages; nothing where nothing was written since it was done last."""
    if writer.meta(_UNFINISHED):
        writer.finish_headwords(sweep=True)
        calibrate(writer)
        writer.set_meta(_UNFINISHED, None)
        writer.commit()
    finish_codes(writer, place)
    meters: dict[str, Meter] = {}

    def told(stage: str, done: int, total: int) -> None:
        meters.setdefault(stage, Meter(stage, progress)).tell(done, total)

    update_index(writer, place, choice=choice, lock=lock, told=told)
