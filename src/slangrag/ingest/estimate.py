"""What an ingest would take, before it is begun: rows counted, time, disk and memory estimated.

Time comes from a short probe of the real embedder with the file's own texts; disk and memory from what
one row was measured to take.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final

from slangrag.engines.protocols import Embedder
from slangrag.errors import StoreMissing
from slangrag.ingest.belonging import require_beginning
from slangrag.ingest.embedding import PatientEmbedder
from slangrag.ingest.plan import IngestPlan, batching_for
from slangrag.ingest.stop import StopFlag
from slangrag.sources.filters import FilterPass
from slangrag.sources.source import Source, open_source
from slangrag.store.index.choice import LOCAL, NONE
from slangrag.store.lexicon import open_lexicon

_PROBED_TEXTS: Final = 2_048
_PROBE_SECONDS: Final = 5.0
# Bytes a row beside its vector and its text, which the lexicon holds twice (once for full text) and
# Chroma three times: measured on generated stores of 200,000 (lexicon) and 5,000 rows (index).
_LEXICON_BYTES: Final = 200
_INDEX_BYTES: Final = 1_150
_LEXICON_TEXTS: Final = 2
_INDEX_TEXTS: Final = 3
# Times dimensions; Chroma 1.5.9 on two cores, without and with documents.
_INDEX_ROWS_PER_SECOND: Final = 1_200 * 384
_WITH_DOCUMENTS: Final = 2.0  # times as long
_INDEX_MEMORY: Final = 1_000  # bytes a row beside its float32 vector, measured at 450,000 rows
_WORKING_MEMORY: Final = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is in the file and what loading it would take.

    rows_read = accepted + rejected + duplicates + filtered, where duplicates counts ids met twice.
    Times in seconds, sizes in bytes; embedder_rate is rows per second as probed. memory is the peak,
    which the building of the index sets.
    """

    rows_read: int
    accepted: int
    rejected: int
    duplicates: int
    filtered: int
    embedder_rate: float
    embed_seconds: float
    index_seconds: float
    disk: int
    memory: int
    notes: tuple[str, ...] = ()


def estimate(plan: IngestPlan, embedder: Embedder) -> Estimate:
    """Read the whole file, embed a few of its texts, write nothing.

    Raises the reader's InputErrors, the EngineErrors of the probe, and StoreMismatch for a file that would be
    refused as one of another source. Ids are remembered by their
    hashes, about 70 bytes each.
    """
    identity = embedder.identity
    counts = {"accepted": 0, "rejected": 0, "duplicates": 0, "filtered": 0}
    met: set[int] = set()
    kept = FilterPass(plan.filters)
    texts: list[str] = []
    characters = 0
    with open_source(plan.source, columns=plan.columns) as source:
        apart = _require_belonging(plan, source)
        for record in source.records():
            entry = record.entry
            if kept.full:
                break
            if entry is None:
                counts["rejected"] += 1
            elif hash(entry.entry_id) in met:
                counts["duplicates"] += 1
            elif kept.reason(entry):
                counts["filtered"] += 1
            else:
                met.add(hash(entry.entry_id))
                counts["accepted"] += 1
                text = identity.render_document(entry.word, entry.definition)
                characters += len(text.encode())
                if len(texts) < _PROBED_TEXTS:
                    texts.append(text)
        notes = (*source.notes, *apart)
    rate = _probe(plan, embedder, texts) if texts else 0.0
    rows = counts["accepted"]
    vector = 2 * identity.dimension
    index = plan.index
    here, built = index.place == LOCAL, index.place != NONE
    texts_too = index.has_documents(rows)
    return Estimate(
        rows_read=sum(counts.values()),
        **counts,
        embedder_rate=rate,
        embed_seconds=rows / rate if rate else 0.0,
        index_seconds=built
        * (rows * identity.dimension / _INDEX_ROWS_PER_SECOND)
        * (_WITH_DOCUMENTS if texts_too else 1),
        disk=rows * (vector + _LEXICON_BYTES + here * (2 * vector + _INDEX_BYTES))
        + characters * (_LEXICON_TEXTS + here * texts_too * _INDEX_TEXTS),
        memory=_WORKING_MEMORY + here * rows * (2 * vector + _INDEX_MEMORY),
        notes=notes,
    )


def _require_belonging(plan: IngestPlan, source: Source) -> tuple[str, ...]:
    """Raise StoreMismatch where the store that is there would refuse the file; its notes."""
    try:
        with open_lexicon(plan.store) as lexicon:
            return require_beginning(lexicon, plan, source.records())
    except StoreMissing:
        return ()


def _probe(plan: IngestPlan, embedder: Embedder, texts: Sequence[str]) -> float:
    """Rows per second of the embedder, called as an ingest would call it, for a few seconds at most."""
    batching = plan.batching or batching_for(embedder.identity)
    patient = PatientEmbedder(embedder, StopFlag())
    parts = iter([texts[i : i + batching.items] for i in range(0, len(texts), batching.items)])
    patient.embed(texts[:1])  # loads the model
    done, began = 0, time.monotonic()
    with ThreadPoolExecutor(batching.in_flight) as workers:
        while time.monotonic() - began < _PROBE_SECONDS:
            now = list(islice(parts, batching.in_flight))
            if not now:
                break
            list(workers.map(patient.embed, now))
            done += sum(len(part) for part in now)
    return done / (time.monotonic() - began)
