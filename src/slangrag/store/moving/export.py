"""Entries out of a store, for other programs: JSON lines, Parquet, a Chroma directory.

A store that is being loaded is exported as each row was when it was read; rows are whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from slangrag.errors import StoreDamaged
from slangrag.store.index import REBUILD
from slangrag.store.index.choice import IndexChoice
from slangrag.store.index.local_chroma import LocalChroma
from slangrag.store.index.notes import rows_after
from slangrag.store.lexicon import Lexicon, open_lexicon
from slangrag.store.moving.aside import Told, arriving, silent
from slangrag.store.moving.rows import FIELDS, batches

Format = Literal["jsonl", "parquet", "chroma"]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: where, in which form, how many entries, how many bytes."""

    path: Path
    format: Format
    rows: int
    bytes: int


def export(root: Path, path: Path, form: Format, *, vectors: bool = True, told: Told = silent) -> Exported:
    """Write the entries of the store at `root` to `path`, with their vectors or (not for Chroma) without.

    Raises StoreMissing, StoreMismatch and StoreDamaged as `open_lexicon` does, EngineMissing for Parquet
    without pyarrow, UsageError and StoreError as `arriving` does.
    """
    with open_lexicon(root) as lexicon, arriving(path) as aside:
        total = lexicon.count("entries")

        def tell(done: int) -> None:
            told("export", done, max(done, total))

        if form == "chroma":
            rows = _to_chroma(lexicon, aside, tell)
        elif form == "parquet":
            from slangrag.store.moving.parquet import to_parquet

            rows = to_parquet(lexicon, aside, tell, vectors=vectors)
        else:
            rows = _to_jsonl(lexicon, aside, tell, vectors=vectors)
        files = [aside] if aside.is_file() else [file for file in aside.rglob("*") if file.is_file()]
        taken = sum(file.stat().st_size for file in files)
    return Exported(path, form, rows, taken)


def _to_jsonl(lexicon: Lexicon, path: Path, tell: Callable[[int], None], *, vectors: bool) -> int:
    """One object a line; a vector is a list of numbers, as precise as the lexicon has them."""
    import numpy as np
    import orjson

    how = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE
    done = 0
    with path.open("wb") as file:
        for rows in batches(lexicon, vectors=vectors):
            for row in rows:
                document = dict(zip(FIELDS, row, strict=False))
                if vectors:
                    document["vector"] = np.frombuffer(row[-1], "<f2")
                file.write(orjson.dumps(document, option=how))
            done += len(rows)
            tell(done)
    return done


def _to_chroma(lexicon: Lexicon, path: Path, tell: Callable[[int], None]) -> int:
    """A Chroma directory as a store's own: the collection `slang`, cosine, documents and metadata."""
    index = LocalChroma(path.parent, IndexChoice(documents=True))
    index.create_aside(copy=False, rows=lexicon.last_row())
    done = after = 0
    with index.open_aside() as opened:
        while rows := rows_after(lexicon, after, index.batch):
            opened.add(rows)
            after = rows.last
            done += len(rows.entries)
            tell(done)
    settled = index.settle()
    if settled != done:
        raise StoreDamaged(f"Chroma came out with {settled} rows for {done} entries", hint=REBUILD)
    with index.swap():
        index.path.rename(path)
    return done
