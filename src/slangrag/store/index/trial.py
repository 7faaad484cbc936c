"""Opening a Chroma directory in a process of its own: a bad one can kill whoever opens it."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

from slangrag.store import child

_LONGEST: Final = 900.0


def survives(path: Path, lock: int | None = None) -> bool:
    """Whether a child process can open the directory, count and query it, and live.

    lock: the descriptor of the store's lock, which then is held until the child has ended too.
    """
    process = child.start(__name__, str(path), lock=lock)
    try:
        return process.wait(_LONGEST) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        process.kill()
        process.wait()


def main(path: Path) -> None:
    """Open, count, query the first row."""
    from slangrag.store.index.local_chroma import open_directory

    with open_directory(path) as opened:
        if opened.rows:
            first = opened.collection.get(limit=1, include=["embeddings"])["embeddings"]
            opened.collection.query(
                query_embeddings=first, n_results=min(10, opened.rows), include=["distances"]
            )


if __name__ == "__main__":
    main(Path(child.arguments()[0]))
