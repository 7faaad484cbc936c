"""Building the index: Chroma made from the lexicon's vectors, aside, and swapped in by rename.

Nothing is embedded here. `chroma/` is never written to: a build starts from nothing or from a copy of
it in `chroma.building/`, is settled there and then takes its place, so readers always have a whole
index. `meta` keeps the phase and the last row id added, so a build that was killed goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from slangrag.errors import StoreDamaged, StoreError
from slangrag.store.check import survives
from slangrag.store.collection import LARGEST_BATCH, complaints, open_collection, settle
from slangrag.store.journal import guard
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import Lexicon, open_lexicon
from slangrag.store.lock import hold, opening
from slangrag.store.parameters import in_chunks
from slangrag.store.writer import LexiconWriter, open_writer

if TYPE_CHECKING:
    from chromadb import Collection

INDEX: Final = "index"
BATCH = LARGEST_BATCH
"""Rows added in one go; a variable, so that a crash test can make many of few rows."""

BUILD: Final = "index_build"
"""Key in `meta` of the build under way: its phase, the last row id added, whether it began from nothing."""
_MANY_STALE: Final = 10  # one stale row in so many makes a new index cheaper than patching the old

Told = Callable[[str, int, int], None]
"""Called with the stage ("index" or "settle"), rows done and rows in all."""


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class IndexState:
    """What `chroma/` holds: every row up to row id `through`, `rows` in all."""

    through: int
    rows: int


def state(lexicon: Lexicon) -> IndexState | None:
    """What the lexicon remembers of its index; None where none was finished."""
    kept = lexicon.meta(INDEX)
    return IndexState(kept["through"], kept["rows"]) if kept else None


def is_current(lexicon: Lexicon, root: Path) -> bool:
    """Whether `chroma/` is there and holds exactly the lexicon's rows as they are."""
    kept = state(lexicon)
    layout = StoreLayout(root)
    if kept is None or not (layout.chroma / "chroma.sqlite3").is_file():
        return False
    highest = lexicon.connection.execute("SELECT max(rid) FROM vectors").fetchone()[0] or 0
    stale = lexicon.connection.execute("SELECT EXISTS (SELECT 1 FROM stale)").fetchone()[0]
    return kept.through == highest and not stale and lexicon.meta(BUILD) is None


def update_index(
    writer: LexiconWriter,
    root: Path,
    *,
    lock: int,
    anew: bool = False,
    sound: bool = False,
    told: Told = _silent,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Bring the index up to the lexicon; False if `stop` came first (the next call goes on).

    The caller holds the store's lock, whose descriptor is `lock`. anew leaves the old index out of it;
    sound says that a build under way was closed properly, so that it need not be tried in a child.
    Raises StoreDamaged if Chroma and the lexicon cannot be made to agree, StoreError for a full disk.
    """
    layout = StoreLayout(root)
    build = writer.meta(BUILD)
    if build and build["phase"] == "settled":
        _swap(writer, layout, build)
    if is_current(writer, root) and not anew:
        return True
    with _room(layout.building):
        if not _resumable(writer, layout, lock, anew=anew, sound=sound):
            _start(writer, layout, lock, copy=not anew and _worth_patching(writer, layout))
        if not _add(writer, layout.building, told, stop):
            return False
        total = _rows(writer)
        told("settle", 0, total)
        rows = settle(layout.building)
    if rows != total:
        _drop(writer, layout)
        raise StoreDamaged(
            f"the index came out with {rows} rows for {total} entries", hint="slangrag store rebuild"
        )
    build = {"phase": "settled", "through": writer.meta(BUILD)["through"], "rows": rows}
    _remember(writer, build)
    _swap(writer, layout, build)
    told("settle", total, total)
    return True


def rebuild(
    root: Path, *, told: Told = _silent, stop: Callable[[], bool] = lambda: False
) -> IndexState | None:
    """Make the index of the store at `root` anew, aside, and swap it in; None if `stop` came first.

    Takes the store's lock. Raises StoreMissing, StoreLocked, StoreError for a full disk, StoreDamaged.
    """
    with open_lexicon(root):
        pass
    with hold(root) as lock, open_writer(root) as writer, guard(writer.path):
        ended = update_index(writer, root, lock=lock, anew=True, told=told, stop=stop)
        return state(writer) if ended else None


def _resumable(writer: LexiconWriter, layout: StoreLayout, lock: int, *, anew: bool, sound: bool) -> bool:
    """Whether a build that was broken off can be gone on with. It is tried in a child first."""
    build = writer.meta(BUILD)
    if not build or build["phase"] != "adding" or (anew and not build["anew"]):
        return False
    return sound or survives(layout.building, keep_open=(lock,))


def put_after(collection: Collection, lexicon: Lexicon, through: int, rows: int) -> int | None:
    """Add the next rows after row id `through`; the last row id, None where there are none."""
    return _put(collection, lexicon, "rid > ? ORDER BY rid LIMIT ?", (through, rows))


def _worth_patching(writer: LexiconWriter, layout: StoreLayout) -> bool:
    kept = state(writer)
    if kept is None or not (layout.chroma / "chroma.sqlite3").is_file():
        return False
    stale: int = writer.connection.execute("SELECT count(*) FROM stale").fetchone()[0]
    return stale * _MANY_STALE <= kept.rows


def _start(writer: LexiconWriter, layout: StoreLayout, lock: int, *, copy: bool) -> None:
    _remember(writer, {"phase": "starting"})
    shutil.rmtree(layout.building, ignore_errors=True)
    through = 0
    if copy:
        kept = state(writer)
        assert kept is not None
        shutil.copytree(layout.chroma, layout.building)
        through = kept.through
        if not survives(layout.building, keep_open=(lock,)):
            _start(writer, layout, lock, copy=False)
            return
    else:
        with open_collection(layout.building, create=True):
            pass
    _remember(writer, {"phase": "adding", "through": through, "anew": not copy})


def _add(writer: LexiconWriter, path: Path, told: Told, stop: Callable[[], bool]) -> bool:
    build = writer.meta(BUILD)
    total = _rows(writer)
    with open_collection(path) as collection, complaints(path):
        stale = writer.connection.execute("SELECT entry_id FROM stale").fetchall() if build["through"] else []
        for some, marks in in_chunks(row[0] for row in stale):
            if stop():
                return False
            collection.delete(ids=some)
            _put(collection, writer, f"entry_id IN ({marks}) AND rid <= ?", (*some, build["through"]))
        done = collection.count()
        while True:
            told("index", done, total)
            if stop():
                return False
            last = put_after(collection, writer, build["through"], BATCH)
            if last is None:
                return True
            build["through"] = last
            _remember(writer, build)
            done = min(total, done + BATCH)


def _put(collection: Collection, lexicon: Lexicon, where: str, values: tuple[Any, ...]) -> int | None:
    """Add the rows that match; the last row id, None where none does."""
    import numpy as np

    rows = lexicon.connection.execute(
        "SELECT rid, entry_id, word, definition, up_votes, down_votes, rating, vector "
        f"FROM entries JOIN vectors USING (rid) WHERE {where}",
        values,
    ).fetchall()
    if not rows:
        return None
    vectors = np.frombuffer(b"".join(row[7] for row in rows), dtype="<f2").reshape(len(rows), -1)
    collection.add(
        ids=[row[1] for row in rows],
        embeddings=vectors.astype(np.float32),
        documents=[f"{row[2]}: {row[3]}" for row in rows],
        metadatas=[_metadata(row[2], *row[4:7]) for row in rows],
    )
    return int(rows[-1][0])


def _metadata(word: str, up: int | None, down: int | None, rating: int) -> dict[str, str | int]:
    """What other Chroma tools may filter by; each value costs a fiftieth of the build.

    An unknown vote is absent: Chroma has no null.
    """
    kept: dict[str, str | int] = {"word": word, "rating": rating}
    if up is not None:
        kept["up_votes"] = up
    if down is not None:
        kept["down_votes"] = down
    return kept


def _swap(writer: LexiconWriter, layout: StoreLayout, build: dict[str, Any]) -> None:
    """Put the finished build in the place of `chroma/`. Killed anywhere, it is done again to the same end."""
    with opening(layout.root, exclusive=True):
        if layout.building.exists():
            shutil.rmtree(layout.retired, ignore_errors=True)
            if layout.chroma.exists():
                layout.chroma.rename(layout.retired)
            layout.building.rename(layout.chroma)
        writer.set_meta(INDEX, {"through": build["through"], "rows": build["rows"]})
        writer.set_meta(BUILD, None)
        writer.connection.execute("DELETE FROM stale")
        writer.commit()
    shutil.rmtree(layout.retired, ignore_errors=True)


def forget_index(writer: LexiconWriter) -> None:
    """The vectors are others now: the next update makes a new index. Commits nothing."""
    writer.set_meta(INDEX, None)
    writer.set_meta(BUILD, None)


def _drop(writer: LexiconWriter, layout: StoreLayout) -> None:
    _remember(writer, None)
    shutil.rmtree(layout.building, ignore_errors=True)


def _remember(writer: LexiconWriter, build: dict[str, Any] | None) -> None:
    writer.set_meta(BUILD, build)
    writer.commit()


def _rows(lexicon: Lexicon) -> int:
    rows: int = lexicon.connection.execute("SELECT count(*) FROM vectors").fetchone()[0]
    return rows


@contextmanager
def _room(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror}); the lexicon is complete and kept",
            hint="make room, then: slangrag store rebuild",
        ) from error
