"""The lexicon's side of an index: what is noted of it in `meta`, the rows for it, which of them are stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from slangrag.sources.entry import Entry
from slangrag.store.index.protocol import IndexRows, StoreIndex
from slangrag.store.lexicon import ENTRY_COLUMNS, Lexicon

if TYPE_CHECKING:
    from slangrag.store.writer import LexiconWriter


KINDS: Final = ("index", "index_server")
"""`kept_as` of each kind of index that there is."""


@dataclass(frozen=True, slots=True)
class FinishedIndex:
    """The index in use: every row up to row id `through`, `rows` in all."""

    through: int
    rows: int


@dataclass(frozen=True, slots=True)
class Build:
    """The build under way: how far it is, the last row id added, whether it began from nothing.

    rows: how many it came out with, once it is settled.
    """

    phase: Literal["starting", "adding", "settled"]
    through: int = 0
    anew: bool = False
    rows: int = 0


def finished_index(lexicon: Lexicon, index: StoreIndex) -> FinishedIndex | None:
    """What is noted of the index in use; None where none was finished."""
    kept = lexicon.meta(index.kept_as)
    return None if kept is None else FinishedIndex(**kept)


def build_under_way(lexicon: Lexicon, index: StoreIndex) -> Build | None:
    """What is noted of a build that has not taken its place yet."""
    kept = lexicon.meta(f"{index.kept_as}_build")
    return None if kept is None else Build(**kept)


def note_build(writer: LexiconWriter, index: StoreIndex, build: Build | None) -> None:
    """Note how far a build is; None: there is none. Commits nothing."""
    writer.set_meta(f"{index.kept_as}_build", None if build is None else asdict(build))


def note_settled(writer: LexiconWriter, index: StoreIndex, build: Build) -> None:
    """Note that a build is whole: what becomes stale from now on is so in it. Commits nothing."""
    note_build(writer, index, build)
    writer.connection.execute("DELETE FROM stale")


def note_finished(writer: LexiconWriter, index: StoreIndex, build: Build) -> None:
    """Note that this build is the index in use. Commits nothing."""
    forget_indexes(writer)  # what is stale is noted once, so of one kind
    writer.set_meta(index.kept_as, asdict(FinishedIndex(build.through, build.rows)))
    note_build(writer, index, None)


def forget_indexes(writer: LexiconWriter, keep: Mapping[str, FinishedIndex] | None = None) -> None:
    """No index holds the vectors as they are now: the next update makes a new one. Commits nothing.

    keep: what is still true, by kind; no build that is under way is.
    """
    for kind in KINDS:
        kept = (keep or {}).get(kind)
        writer.set_meta(kind, None if kept is None else asdict(kept))
        writer.set_meta(f"{kind}_build", None)


def is_current(lexicon: Lexicon, index: StoreIndex | None) -> bool:
    """Whether the index in use holds exactly the lexicon's rows as they are, or none is wanted."""
    return index is None or (holds_all(lexicon, index) and index.exists())


def holds_all(lexicon: Lexicon, index: StoreIndex) -> bool:
    """Whether what is noted of the index in use says so. Cheap: opens nothing, asks no server."""
    kept = finished_index(lexicon, index)
    return (
        kept is not None
        and kept.through >= highest_row(lexicon)  # above it where the last rows were pruned since
        and not _number(lexicon, "SELECT EXISTS (SELECT 1 FROM stale)")
        and build_under_way(lexicon, index) is None
    )


def highest_row(lexicon: Lexicon) -> int:
    """The highest row id that has a vector; 0 where there is none."""
    return _number(lexicon, "SELECT coalesce(max(rid), 0) FROM vectors")


def count_stale(lexicon: Lexicon) -> int:
    """How many entries the index in use holds otherwise than the lexicon does."""
    return _number(lexicon, "SELECT count(*) FROM stale")


def stale_ids(lexicon: Lexicon) -> list[str]:
    """Which they are: changed or gone since it was built."""
    return [entry_id for (entry_id,) in lexicon.connection.execute("SELECT entry_id FROM stale")]


def rows_after(lexicon: Lexicon, rid: int, most: int) -> IndexRows | None:
    """The next entries after a row id; None where there are none."""
    return _rows(lexicon, "rid > ? ORDER BY rid LIMIT ?", (rid, most))


def rows_of(lexicon: Lexicon, entry_ids: Sequence[str], through: int) -> IndexRows | None:
    """Those of these entries that are there, up to row id `through`; None where none is."""
    marks = ",".join("?" * len(entry_ids))
    return _rows(lexicon, f"entry_id IN ({marks}) AND rid <= ? ORDER BY rid", (*entry_ids, through))


def _rows(lexicon: Lexicon, where: str, values: Sequence[Any]) -> IndexRows | None:
    import numpy as np

    rows = lexicon.connection.execute(
        f"SELECT rid, vector, {ENTRY_COLUMNS} FROM entries JOIN vectors USING (rid) WHERE {where}", values
    ).fetchall()
    if not rows:
        return None
    vectors = np.frombuffer(b"".join(row[1] for row in rows), dtype="<f2").reshape(len(rows), -1)
    return IndexRows([Entry(*row[2:]) for row in rows], vectors.astype(np.float32), rows[-1][0])


def _number(lexicon: Lexicon, query: str) -> int:
    return int(lexicon.connection.execute(query).fetchone()[0])
