"""Where recorded commands are run: folders with a store, each made once, by commands of the program.

Every scene also holds the files of tests/data/recorded/files. All rows in them are the project's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scene:
    """The commands that make it, all of which must succeed, and what is removed after them."""

    commands: tuple[tuple[str, ...], ...] = ()
    removed: tuple[str, ...] = ()


_SAMPLE: Final = ("ingest", "--sample")
_ROWS: Final = ("ingest", "rows.csv")
_SHARDS: Final = tuple((*_ROWS, "--shard", f"{n}/2", "--out", "shards") for n in range(2))

SCENES: Final = {
    "none": Scene(),
    "sample": Scene((_SAMPLE,)),
    "rows": Scene((_ROWS,)),
    "urban": Scene((("ingest", "urban.csv"),)),
    "half sharded": Scene(_SHARDS[:1]),
    "sharded": Scene(_SHARDS),
    "merged": Scene((*_SHARDS, ("ingest", "--merge", "shards"))),
    "no index": Scene((_ROWS,), removed=("store/chroma",)),
}
"""By name. The store is always at `store` in the folder, and shards at `shards`."""
