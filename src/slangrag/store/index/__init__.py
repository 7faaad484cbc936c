"""The index of a store: nearest entries to a vector, derived from the lexicon's vectors.

`index_of` is the one place that decides which kind a store has. Reading only; `store/build.py` makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slangrag.errors import StoreDamaged, StoreMissing
from slangrag.store.index.local_chroma import LocalChroma
from slangrag.store.index.notes import FinishedIndex, finished_index
from slangrag.store.index.protocol import IndexRows, OpenIndex, StoreIndex
from slangrag.store.lexicon import Lexicon

__all__ = ["REBUILD", "IndexRows", "OpenIndex", "StoreIndex", "index_in_use", "index_of", "open_index"]

REBUILD = "slangrag store rebuild"


def index_of(root: Path) -> StoreIndex:
    """The index of the store at `root`, whether it is built or not. Opens nothing."""
    return LocalChroma(root)


def index_in_use(root: Path, lexicon: Lexicon) -> FinishedIndex | None:
    """What is noted of the index in use: another one after a load or a rebuild. Opens nothing."""
    return finished_index(lexicon, index_of(root))


@contextmanager
def open_index(root: Path, lexicon: Lexicon) -> Iterator[OpenIndex]:
    """The index of the store at `root`; may be shared between threads while it is open.

    `lexicon` is only asked how many rows it must have. Raises StoreMissing where none was built yet (an
    ingest may be on its way to it), StoreDamaged where it cannot be used.
    """
    index = index_of(root)
    noted = None
    while True:
        before, noted = noted, finished_index(lexicon, index)
        if noted is None or not index.exists():
            raise StoreMissing(f"the index of {root} is not built yet", hint=REBUILD)
        with index.open() as opened:
            if opened.rows == noted.rows:
                yield opened
                return
        # A writer may have swapped between the note and the opening; then the note has changed as well.
        if before == noted:
            raise StoreDamaged(f"the index of {root} has {opened.rows} rows, not {noted.rows}", hint=REBUILD)
