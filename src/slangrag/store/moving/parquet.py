"""Parquet: one row group a batch, so that memory does not grow with the store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slangrag.errors import EngineMissing
from slangrag.store import fingerprint
from slangrag.store.lexicon import Lexicon
from slangrag.store.moving.rows import FIELDS, batches

if TYPE_CHECKING:
    from types import ModuleType


def to_parquet(lexicon: Lexicon, path: Path, tell: Callable[[int], None], *, vectors: bool) -> int:
    """Write every entry; how many they are. Raises EngineMissing without pyarrow.

    A vector is a list of float32 of fixed length. The file's metadata has whose vectors they are, as JSON
    under `slangrag.embedder`.
    """
    pa, pq = _pyarrow()
    embedder = lexicon.meta(fingerprint.EMBEDDER)
    number, text = pa.int32(), pa.string()
    kinds = [text, text, text, number, number, text, pa.int8(), text]
    columns = [pa.field(name, kind) for name, kind in zip(FIELDS, kinds, strict=True)]
    if vectors:
        columns.append(pa.field("vector", pa.list_(pa.float32(), embedder["dimension"])))
    schema = pa.schema(columns, metadata={"slangrag.embedder": json.dumps(embedder)})
    done = 0
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=["source"]) as writer:
        for rows in batches(lexicon, vectors=vectors):
            *fields, last = zip(*rows, strict=True)
            arrays = [pa.array(values, kind) for values, kind in zip((*fields, last), kinds, strict=False)]
            if vectors:
                arrays.append(_vectors(pa, last, embedder["dimension"]))
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            done += len(rows)
            tell(done)
    return done


def _vectors(pa: ModuleType, blobs: tuple[bytes, ...], dimension: int) -> Any:
    import numpy as np

    flat = np.frombuffer(b"".join(blobs), "<f2").astype(np.float32)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat), dimension)


def _pyarrow() -> tuple[ModuleType, ModuleType]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise EngineMissing(
            "Parquet needs pyarrow", hint="pip install 'slangrag[export]', or --jsonl FILE"
        ) from error
    return pyarrow, parquet
