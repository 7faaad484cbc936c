"""What a store asks of its index: nearest entries to a vector, made from the lexicon's vectors.

A row of an index is one entry: its id, its unit vector, and what other tools may read of it. An index is
derived: nothing is lost with it. It is made *aside* and then takes the place of the one in use, so that
readers always have a whole one. Row ids of the lexicon are none of its business (`Lexicon.row_ids`).

To write another kind is to write one module with these two protocols, and to name it in
`slangrag.store.index`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from slangrag.sources.entry import Entry

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class IndexRows:
    """Entries to add. vectors: float32, shape (len(entries), dimension), unit length, in their order.

    last: the highest row id among them, the place to go on after.
    """

    entries: Sequence[Entry]
    vectors: NDArray[np.float32]
    last: int


class OpenIndex(Protocol):
    """An index that is open. Reading it (`nearest`, `present`) is safe from several threads at once.

    Every method raises StoreDamaged where the index cannot be used, and is not to be tried again then.
    """

    rows: int
    """How many rows it has."""

    def nearest(self, vector: NDArray[np.float32], k: int) -> list[tuple[str, float]]:
        """The `k` nearest entries as (entry id, cosine in [-1, 1]), best first; fewer where there are fewer.

        vector: float32, shape (dimension,), of any length but 0. Approximate: how much so is the kind's.
        An entry may have left the lexicon since the index was built.
        """
        ...

    def present(self, entry_ids: Sequence[str]) -> set[str]:
        """Which of these entries have a row; at most `StoreIndex.batch` are asked for in one call."""
        ...

    def add(self, rows: IndexRows) -> None:
        """Add entries that are not there yet, at most `StoreIndex.batch`. Only aside, in one thread."""
        ...

    def delete(self, entry_ids: Sequence[str]) -> None:
        """Take out entries; those that are not there are no error. Only aside, in one thread."""
        ...


class StoreIndex(Protocol):
    """One store's index of one kind: the one in use, and the one that is being made aside.

    What changes it is called by the holder of the store's lock alone. A process can be killed anywhere:
    what is aside then counts for as much as `opens(aside=True)` says, the one in use stays whole (on a
    server it may be out of reach until the next build).
    An OSError (a full disk) is for the caller to tell.
    """

    kept_as: str
    """Key in the lexicon's `meta` of what is known of it; one for each kind that a store has."""

    batch: int
    """How many rows go best, and at most, into one call of `add`."""

    def preload(self) -> None:
        """Do what opening will need and takes long, while there is something else to wait for."""
        ...

    def exists(self, *, aside: bool = False) -> bool:
        """Whether there is one at all. Cheap: opens nothing."""
        ...

    def bytes_on_disk(self) -> int:
        """What the one in use takes of this machine's disk."""
        ...

    def opens(self, *, aside: bool = False, lock: int | None = None) -> bool:
        """Whether it can be opened and asked, found out so that a bad one does this process no harm.

        lock: the descriptor of the store's lock, for a process that does the finding out on a build.
        """
        ...

    def open(self) -> AbstractContextManager[OpenIndex]:
        """The one in use, to read. A swap meanwhile leaves what is open whole. Raises StoreDamaged."""
        ...

    def create_aside(self, *, copy: bool, rows: int) -> None:
        """Begin one aside, in the place of any: empty, or (copy) as the one in use is.

        rows: about how many it will have, which decides how it is laid out.
        """
        ...

    def open_aside(self) -> AbstractContextManager[OpenIndex]:
        """The one aside, to write to. Raises StoreDamaged."""
        ...

    def settle(self) -> int:
        """Bring all of what is aside into the form in which it is read; how many rows it has."""
        ...

    def swap(self) -> AbstractContextManager[None]:
        """Put what is aside in the place of the one in use; where nothing is aside, that was done before.

        What the caller does inside `with` (noting it in the lexicon) is done before anybody can open the
        new one. Raises OSError where the one in use cannot be moved.
        """
        ...

    def drop_aside(self) -> None:
        """Remove what is aside; nothing where there is nothing."""
        ...
