"""Building a first index while its entries are still being loaded, in a process of its own.

    python -m slangrag.store.early_index ROOT THROUGH BATCH      prints the last row id added, again and again

Where the embedder leaves a core of this machine idle (it runs on a GPU, or elsewhere), the index is begun
at once, at the lowest priority, with what is committed: it costs several times what the vectors do.
Where no core is idle it would only slow the load down, and is not begun. The follower only reads the
lexicon; the loading process keeps the place in `meta`. If the follower dies, or there is no time for it,
`update_index` does the rest. Not used where readers and writer would disturb each other (see
`slangrag.store.journal`).
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Final

from slangrag.store import build
from slangrag.store.collection import open_collection, preload
from slangrag.store.cores import IdleCores
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import open_lexicon
from slangrag.store.writer import LexiconWriter

SPARE_CORES = 0.5
"""How much of the cores must have been idle of late; a variable, so that a crash test can do without."""

_POLL: Final = 0.5
_PR_SET_PDEATHSIG: Final = 1


class Follower:
    """Starts the child once rows and a core wait for it, keeps its place, ends it with the load."""

    def __init__(self, writer: LexiconWriter, root: Path, lock: int) -> None:
        self._writer = writer
        self._root = root
        self._lock = lock
        self._child: subprocess.Popen[str] | None = None
        self._through = 0
        self._idle = IdleCores()
        self.clean = False
        """Whether the child ended by itself and closed what it had opened."""

    def __enter__(self) -> Follower:
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
            preload()  # the child has a batch to end
        with self._child.stdout as said:
            for line in said:
                self._through = int(line)
        self.clean = self._child.wait() == 0
        if error is None:
            self.keep_place()

    def look(self) -> None:
        """Start the child when it is worth it; take note of how far it is. Cheap."""
        if self._child is None:
            if self._idle.since_last() >= SPARE_CORES and _is_wanted(self._writer, self._root):
                self._through = _begin(self._writer, self._root)
                self._start()
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
        """Note in the lexicon how far the child is."""
        if self._child is not None:
            _remember(self._writer, self._through)

    def _start(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", __name__, str(self._root), str(self._through), str(build.BATCH)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
            pass_fds=(self._lock,),
            start_new_session=True,
        )


def _is_wanted(writer: LexiconWriter, root: Path) -> bool:
    """Whether a first index could be begun while the load goes on: enough is there, and none is built."""
    journal = writer.connection.execute("PRAGMA journal_mode").fetchone()[0]
    if build.state(writer) is not None or journal != "wal":
        return False
    begun = writer.meta(build.BUILD)
    if begun and (begun["phase"] != "adding" or StoreLayout(root).chroma.exists()):
        return False
    highest: int = writer.connection.execute("SELECT coalesce(max(rid), 0) FROM vectors").fetchone()[0]
    # Not a whole batch: by the time that the child has imported Chroma, the rest of it is there.
    return highest >= (begun["through"] if begun else 0) + build.BATCH // 5


def _begin(writer: LexiconWriter, root: Path) -> int:
    """Make room for a build, or find one that was broken off; the row id to go on after. Commits nothing."""
    if begun := writer.meta(build.BUILD):
        return int(begun["through"])
    shutil.rmtree(StoreLayout(root).building, ignore_errors=True)
    _remember(writer, 0)
    return 0


def _remember(writer: LexiconWriter, through: int) -> None:
    """Note how far a follower came. Commits nothing."""
    writer.set_meta(build.BUILD, {"phase": "adding", "through": through, "anew": True})


def follow(root: Path, through: int, batch: int) -> None:
    """Add what is committed, in batches, until standard input ends."""
    path = StoreLayout(root).building
    fresh = not (path / "chroma.sqlite3").is_file()
    with (
        open_collection(path, create=fresh) as index,
        open_lexicon(root) as lexicon,
        selectors.DefaultSelector() as selector,
    ):
        selector.register(sys.stdin, selectors.EVENT_READ)
        while not selector.select(0):
            (last,) = lexicon.connection.execute("SELECT coalesce(max(rid), 0) FROM vectors").fetchone()
            if last - through < batch:
                selector.select(_POLL)
                continue
            through = build.put_after(index, lexicon, through, batch) or through
            sys.stdout.write(f"{through}\n")
            sys.stdout.flush()


def _die_with_parent() -> None:
    """Linux: this process must not go on writing when the lock's holder was killed."""
    import ctypes

    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    _die_with_parent()
    os.nice(19)
    follow(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
