"""Building a first index while its entries are still being loaded, in a process of its own.

    python -m slangrag.store.early_index ROOT THROUGH BATCH ROWS DOCUMENTS

prints the last row id added, again and again. ROWS is about how many there will be, DOCUMENTS None, True or
False.

Where the embedder leaves a core of this machine idle (it runs on a GPU, or elsewhere), the index is begun
at once, at the lowest priority, with what is committed: it costs several times what the vectors do.
Where no core is idle it would only slow the load down, and is not begun. The child only reads the
lexicon; the loading process keeps the place. If the child dies, or there is no time for it,
`update_index` does the rest. Not used where readers and writer would disturb each other (see
`slangrag.store.journal`), nor on Windows, where a pipe cannot be waited for.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Final

from slangrag.store import build, child
from slangrag.store.cores import IdleCores
from slangrag.store.index.choice import LOCAL, IndexChoice
from slangrag.store.index.local_chroma import LocalChroma
from slangrag.store.index.notes import (
    Build,
    build_under_way,
    finished_index,
    highest_row,
    note_build,
    rows_after,
)
from slangrag.store.journal import lets_others_read
from slangrag.store.lexicon import open_lexicon
from slangrag.store.writer import LexiconWriter

SPARE_CORES = 0.5
"""How much of the cores must have been idle of late; a variable, so that a crash test can do without."""

_POLL: Final = 0.5


class EarlyIndexBuilder:
    """Starts the child once rows and a core wait for it, keeps its place, ends it with the load."""

    def __init__(self, writer: LexiconWriter, root: Path, lock: int, choice: IndexChoice) -> None:
        self._writer = writer
        self._root = root
        # A server's index is not begun early: its token is nothing for a command line.
        self._choice = choice
        self._index = LocalChroma(root, choice)
        self._lock = lock
        self._batch = build.BATCH or self._index.batch
        self._child: subprocess.Popen[str] | None = None
        self._through = 0
        self._idle = IdleCores()
        self.closed_properly = False
        """Whether the child ended by itself and closed what it had opened."""

    def __enter__(self) -> EarlyIndexBuilder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child is None:
            return
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        if error is None:
            self._index.preload()  # the child has a batch to end
        with self._child.stdout as said:
            for line in said:
                self._through = int(line)
        self.closed_properly = self._child.wait() == 0
        if error is None:
            self.keep_place()

    def look(self, rows: int) -> None:
        """Start the child when it is worth it; take note of how far it is. Cheap.

        rows: about how many there will be.
        """
        if self._child is None:
            if self._choice.place == LOCAL and self._idle.since_last() >= SPARE_CORES and self._is_wanted():
                self._start(rows)
            return
        assert self._child.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.stdout, selectors.EVENT_READ)
            while selector.select(0):
                line = self._child.stdout.readline()
                if not line:
                    return
                self._through = int(line)

    def keep_place(self) -> None:
        """Note in the lexicon how far the child is. Commits nothing."""
        if self._child is not None:
            note_build(self._writer, self._index, Build("adding", self._through, anew=True))

    def _is_wanted(self) -> bool:
        """Whether a first index could be begun while the load goes on: enough is there, and none is built."""
        if sys.platform == "win32" or not lets_others_read(self._writer.connection):
            return False
        if finished_index(self._writer, self._index) is not None:
            return False
        begun = build_under_way(self._writer, self._index)
        if begun and (begun.phase != "adding" or self._index.exists()):
            return False
        # Not a whole batch: by the time that the child has imported what it needs, the rest is there.
        return highest_row(self._writer) >= (begun.through if begun else 0) + self._batch // 5

    def _start(self, rows: int) -> None:
        """Begin a build, or go on with one that was broken off."""
        begun = build_under_way(self._writer, self._index)
        if begun is None:
            self._index.drop_aside()
        self._through = begun.through if begun else 0
        self._child = child.start(
            __name__,
            *(str(self._root), str(self._through), str(self._batch), str(rows), str(self._choice.documents)),
            lock=self._lock,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.keep_place()


def build_early(index: LocalChroma, root: Path, through: int, batch: int, rows: int) -> None:
    """Add what is committed, in batches, until standard input ends."""
    if not index.exists(aside=True):
        index.create_aside(copy=False, rows=rows)
    with (
        index.open_aside() as aside,
        open_lexicon(root) as lexicon,
        selectors.DefaultSelector() as selector,
    ):
        selector.register(sys.stdin, selectors.EVENT_READ)
        while not selector.select(0):
            if highest_row(lexicon) - through < batch:
                selector.select(_POLL)
            elif more := rows_after(lexicon, through, batch):
                aside.add(more)
                through = more.last
                sys.stdout.write(f"{through}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    place, after, at_once, expected, documents = child.arguments()
    os.nice(19)
    index = LocalChroma(Path(place), IndexChoice(documents={"True": True, "False": False}.get(documents)))
    build_early(index, Path(place), int(after), int(at_once), int(expected))
