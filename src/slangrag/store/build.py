"""Building the index from the lexicon's vectors: aside, settled there, then put in the place of the old.

Nothing is embedded here. A build starts from nothing or from a copy of the index in use, so readers
always have a whole one. The lexicon notes the phase and the last row id added, so a build that was killed
goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from slangrag.errors import StoreDamaged, StoreError
from slangrag.store.codes.keeping import rebuild_codes
from slangrag.store.documents.reading import has_documents
from slangrag.store.index import LOCALLY, REBUILD, IndexChoice, StoreIndex, index_of
from slangrag.store.index.notes import (
    Build,
    FinishedIndex,
    build_under_way,
    count_stale,
    finished_index,
    is_current,
    note_build,
    note_finished,
    note_settled,
    rows_after,
    rows_of,
    stale_ids,
)
from slangrag.store.journal import guard
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import open_lexicon
from slangrag.store.lock import hold
from slangrag.store.parameters import in_chunks
from slangrag.store.writer import LexiconWriter, open_writer

BATCH: int | None = None
"""Rows added in one go, if not as many as the index likes: a crash test makes many batches of few rows."""
_MANY_STALE: Final = 10  # one stale row in so many makes a new index cheaper than patching the old

Told = Callable[[str, int, int], None]
"""Called with the stage ("index" or "settle"), rows done and rows in all."""


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass


def update_index(
    writer: LexiconWriter,
    root: Path,
    *,
    choice: IndexChoice,
    lock: int,
    anew: bool = False,
    closed_properly: bool = False,
    told: Told = _silent,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Bring the index up to the lexicon; False if `stop` came first (the next call goes on).

    choice: which kind it is. The caller holds the store's lock, whose descriptor is `lock`. anew leaves the
    old index out of it; closed_properly says so of a build under way, which then need not be tried before
    it is gone on with.
    Raises StoreDamaged if index and lexicon cannot be made to agree, StoreError for a full disk.
    """
    index = index_of(root, writer, choice)
    if index is None:
        return True
    build = build_under_way(writer, index)
    with _room(root):
        if build and build.phase == "settled":
            _swap(writer, index, build)
        if is_current(writer, index) and not anew:
            return True
        resumed = _resumable(writer, index, lock, anew=anew, closed_properly=closed_properly)
        if not resumed:
            _start(writer, index, lock, copy=not anew and _worth_patching(writer, index))
        try:
            build = _add(writer, index, told, stop)
        except StoreDamaged:
            if not resumed:
                raise
            # A kill can leave what opens, and breaks when it is written to (2.33 million rows, Chroma 1.5.9).
            _start(writer, index, lock, copy=False)
            build = _add(writer, index, told, stop)
        if build is None:
            return False
        total = writer.count("vectors")
        told("settle", 0, total)
        rows = index.settle()
        if rows != total:
            _note(writer, index, None)
            index.drop_aside()
            raise StoreDamaged(f"the index came out with {rows} rows for {total} entries", hint=REBUILD)
        build = Build("settled", build.through, rows=rows)
        note_settled(writer, index, build)
        writer.commit()
        _swap(writer, index, build)
    told("settle", total, total)
    return True


def rebuild(
    root: Path,
    choice: IndexChoice = LOCALLY,
    *,
    told: Told = _silent,
    stop: Callable[[], bool] = lambda: False,
) -> FinishedIndex | None:
    """Make the codes and the index of the store at `root` anew, aside, and swap them in; its documents' too.

    None if `stop` came first: then the old index still stands.

    Takes the store's lock. Raises StoreMissing, StoreLocked, StoreError for a full disk, StoreDamaged.
    """
    with open_lexicon(root):
        pass
    with hold(root) as lock, open_writer(root) as writer, guard(writer.path):
        rebuild_codes(writer, root)
        if not update_index(writer, root, choice=choice, lock=lock, anew=True, told=told, stop=stop):
            return None
        index = index_of(root, writer, choice)
        made = FinishedIndex(0, 0) if index is None else finished_index(writer, index)
    if has_documents(root):
        place = StoreLayout(root).documents
        if rebuild(place, choice, told=told, stop=stop) is None:
            return None
    return made


def _resumable(
    writer: LexiconWriter, index: StoreIndex, lock: int, *, anew: bool, closed_properly: bool
) -> bool:
    """Whether a build that was broken off can be gone on with. It is tried first."""
    build = build_under_way(writer, index)
    if not build or build.phase != "adding" or (anew and not build.anew):
        return False
    return closed_properly or index.opens(aside=True, lock=lock)


def _worth_patching(writer: LexiconWriter, index: StoreIndex) -> bool:
    kept = finished_index(writer, index)
    return kept is not None and index.exists() and count_stale(writer) * _MANY_STALE <= kept.rows


def _start(writer: LexiconWriter, index: StoreIndex, lock: int, *, copy: bool) -> None:
    _note(writer, index, Build("starting"))
    index.create_aside(copy=copy, rows=writer.last_row())
    through = 0
    if copy:
        kept = finished_index(writer, index)
        assert kept is not None
        through = kept.through
        if not index.opens(aside=True, lock=lock):
            _start(writer, index, lock, copy=False)
            return
    _note(writer, index, Build("adding", through, anew=not copy))


def _add(writer: LexiconWriter, index: StoreIndex, told: Told, stop: Callable[[], bool]) -> Build | None:
    """Bring what is aside up to the lexicon's rows; None if `stop` came first."""
    build = build_under_way(writer, index)
    assert build is not None
    total = writer.count("vectors")
    with index.open_aside() as aside:
        for some, _ in in_chunks(stale_ids(writer) if build.through else ()):
            if stop():
                return None
            aside.delete(some)
            if rows := rows_of(writer, some, build.through):
                aside.add(rows)
        while True:
            told("index", min(aside.rows, total), total)
            if stop():
                return None
            rows = rows_after(writer, build.through, BATCH or index.batch)
            if rows is None:
                return build
            aside.add(rows)
            build = replace(build, through=rows.last)
            _note(writer, index, build)


def _swap(writer: LexiconWriter, index: StoreIndex, build: Build) -> None:
    """Put the finished build into use. Killed anywhere, it is done again to the same end."""
    with index.swap():
        note_finished(writer, index, build)
        writer.commit()


def _note(writer: LexiconWriter, index: StoreIndex, build: Build | None) -> None:
    note_build(writer, index, build)
    writer.commit()


@contextmanager
def _room(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"the index of {root} cannot be written ({error.strerror}); the lexicon is complete and kept",
            hint="make room (on Windows: close what has it open), then: slangrag store rebuild",
        ) from error
