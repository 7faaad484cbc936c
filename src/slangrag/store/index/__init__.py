"""The Chroma index of a store, derived from the lexicon's vectors: for other tools, and on a server.

`index_of` is the one place that decides which kind a store has. Reading only; `store/build.py` makes it.
Questions are answered by `store/search.py`, which asks an index only where it is a server's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from slangrag.errors import StoreDamaged, StoreMissing
from slangrag.store.index.choice import NONE, IndexChoice
from slangrag.store.index.chroma_server import ChromaServer
from slangrag.store.index.local_chroma import LocalChroma
from slangrag.store.index.notes import FinishedIndex, finished_index
from slangrag.store.index.protocol import IndexRows, OpenIndex, StoreIndex
from slangrag.store.lexicon import Lexicon

__all__ = [
    "LOCALLY",
    "REBUILD",
    "IndexChoice",
    "IndexRows",
    "OpenIndex",
    "StoreIndex",
    "index_of",
    "open_index",
]

REBUILD: Final = "slangrag store rebuild"
LOCALLY: Final = IndexChoice()


def index_of(root: Path, lexicon: Lexicon, choice: IndexChoice = LOCALLY) -> StoreIndex | None:
    """The index of a store, whether it is built or not; None where none is wanted. Opens nothing."""
    if choice.place == NONE:
        return None
    if choice.on_server:
        return ChromaServer(choice, lexicon.number)
    return LocalChroma(root, choice)


@contextmanager
def open_index(root: Path, lexicon: Lexicon, choice: IndexChoice = LOCALLY) -> Iterator[OpenIndex]:
    """The index of the store at `root`; may be shared between threads while it is open.

    `lexicon` is only asked how many rows it must have. Raises StoreMissing where none was built yet (an
    ingest may be on its way to it), StoreDamaged where it cannot be used.
    """
    index = index_of(root, lexicon, choice)
    if index is None:
        raise StoreMissing(f"{root} has no index by choice", hint=f"SLANGRAG_INDEX=chroma {REBUILD}")
    noted: FinishedIndex | None = None
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
