"""Opening a Chroma directory in a process of its own: a bad one can kill whoever opens it.

python -m slangrag.store.check DIRECTORY      prints the number of rows

"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_LONGEST: Final = 900.0


def survives(path: Path, *, keep_open: Sequence[int] = ()) -> bool:
    """Whether a child process can open the directory, count and query it, and live.

    `keep_open` are file descriptors that the child inherits: the store's lock, which then outlives this
    process until the child has ended too.
    """
    if not (path / "chroma.sqlite3").is_file():
        return False
    try:
        done = subprocess.run(
            [sys.executable, "-m", "slangrag.store.check", str(path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            pass_fds=tuple(keep_open),
            start_new_session=True,  # a Ctrl-C is the parent's to handle
            timeout=_LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main(path: Path) -> int:
    """Open, count, query the first row; the number of rows."""
    from slangrag.store.collection import open_collection

    with open_collection(path) as collection:
        count = collection.count()
        if count:
            first = collection.get(limit=1, include=["embeddings"])["embeddings"]
            collection.query(query_embeddings=first, n_results=min(10, count), include=["distances"])
    return count


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]))}\n")
