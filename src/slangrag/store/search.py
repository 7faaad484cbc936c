"""Nearest entries to a vector: what retrieval asks of a store, and which part of the store answers.

The binary codes answer (`store/codes`). Where the index is a server's, the server is asked, and the codes
while it cannot be.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from slangrag.errors import StoreError
from slangrag.store.codes.rows import codes_in_use
from slangrag.store.codes.search import OpenCodes, open_codes
from slangrag.store.index import LOCALLY, REBUILD, IndexChoice, OpenIndex, index_of, open_index
from slangrag.store.index.notes import finished_index, holds_all
from slangrag.store.lexicon import Lexicon

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PAUSE: Final = 30.0
"""Seconds for which a server that failed is not asked again: each question would wait for it."""


class VectorSearch(Protocol):
    """Search by vector, opened once; safe for several threads, each with a lexicon of its own."""

    @property
    def note(self) -> str:
        """What is amiss just now, in plain words; "" where nothing is."""
        ...

    def nearest(self, vector: NDArray[np.float32], k: int, lexicon: Lexicon) -> list[tuple[int, float]]:
        """The `k` nearest entries as (row id, cosine in [-1, 1]), best first; fewer where there are fewer.

        vector: float32, shape (dimension,), of any length but 0. Approximate: how much so is the kind's.
        """
        ...


class ServerSearch:
    """A server's index; the codes answer while it fails."""

    def __init__(self, root: Path, choice: IndexChoice, codes: OpenCodes) -> None:
        self._root = root
        self._choice = choice
        self._codes = codes
        self._opened = ExitStack()
        self._index: OpenIndex | None = None
        self._lock = threading.Lock()
        self._not_before = 0.0
        self.note = ""

    def nearest(self, vector: NDArray[np.float32], k: int, lexicon: Lexicon) -> list[tuple[int, float]]:
        """As the server says, without what has left the lexicon since; else as the codes say, and a note."""
        if time.monotonic() >= self._not_before:
            try:
                near = self._asked(lexicon).nearest(vector, k)
            except StoreError as error:
                self.close()
                self._not_before = time.monotonic() + _PAUSE
                self.note = f"{error.message}: searched with the store's own codes instead"
            else:
                self.note = ""
                rids = lexicon.row_ids(entry_id for entry_id, _ in near)
                return [(rids[entry_id], cosine) for entry_id, cosine in near if entry_id in rids]
        return self._codes.nearest(vector, k, lexicon)

    def _asked(self, lexicon: Lexicon) -> OpenIndex:
        kind = index_of(self._root, lexicon, self._choice)
        if kind is None or not holds_all(lexicon, kind):
            raise StoreError(f"the index at {self._choice.place} is not up to date", hint=REBUILD)
        with self._lock:
            if self._index is None:
                self._index = self._opened.enter_context(open_index(self._root, lexicon, self._choice))
            return self._index

    def close(self) -> None:
        """Let go of the server; the next question opens it anew."""
        with self._lock:
            self._index = None
            self._opened.close()


@contextmanager
def open_search(root: Path, lexicon: Lexicon, choice: IndexChoice = LOCALLY) -> Iterator[VectorSearch]:
    """What answers for the store at `root`."""
    codes = open_codes(root, lexicon)
    if not choice.on_server:
        yield codes
        return
    search = ServerSearch(root, choice, codes)
    try:
        yield search
    finally:
        search.close()


def search_in_use(root: Path, lexicon: Lexicon, choice: IndexChoice = LOCALLY) -> Hashable:
    """What is noted of it: something else once it should be opened anew. Opens nothing."""
    index = index_of(root, lexicon, choice) if choice.on_server else None
    return codes_in_use(lexicon), None if index is None else finished_index(lexicon, index)
