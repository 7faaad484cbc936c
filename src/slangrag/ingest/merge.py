"""Shards into one store: all of them there, of one file and one model, taken up in the file's order.

Records of the shards are read side by side in the order of the file and deduplicated like those of a
single run, so the store comes out the same. Nothing is embedded.
"""

from __future__ import annotations

import heapq
import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

from slangrag.errors import InputMissing, StoreDamaged, StoreMismatch
from slangrag.ingest.deduplicate import Item
from slangrag.ingest.loading import Load
from slangrag.ingest.pipeline import Answers
from slangrag.ingest.plan import IngestPlan, IngestReport, Report
from slangrag.ingest.single import first_meta, load_and_index
from slangrag.ingest.stop import StopFlag
from slangrag.sources.filters import Filters
from slangrag.sources.source import Position, Reject
from slangrag.store import fingerprint
from slangrag.store.journal import guard
from slangrag.store.lock import hold
from slangrag.store.shard_file import SHARD_VERSION, Manifest, ShardFile, ShardRecord, read_shard
from slangrag.store.writer import open_writer

_NAME: Final = re.compile(r"shard-(\d+)-of-(\d+)\.sqlite3")
_CHUNK: Final = 256


def find_shards(directory: Path) -> list[Path]:
    """The finished shard files of one set, in order.

    Raises InputMissing, naming the numbers that are not there, and StoreMismatch for two sets in one place.
    """
    found: dict[int, dict[int, Path]] = {}
    for path in sorted(directory.glob("shard-*.sqlite3")):
        if name := _NAME.fullmatch(path.name):
            found.setdefault(int(name[2]), {})[int(name[1])] = path
    if not found:
        raise InputMissing(
            f"there are no finished shards in {directory}",
            hint=f"slangrag ingest CSV --shard 0/4 --out {directory}",
        )
    if len(found) > 1:
        raise StoreMismatch(
            f"{directory} holds shards of {' and of '.join(str(n) for n in sorted(found))}",
            hint="keep each set in a directory of its own",
        )
    ((of, shards),) = found.items()
    missing = [i for i in range(of) if i not in shards]
    if missing:
        numbers = ", ".join(str(i) for i in missing)
        raise InputMissing(
            f"{len(missing)} of {of} shards are not finished: {numbers}",
            hint=f"slangrag ingest CSV --shard {missing[0]}/{of} --out {directory}",
        )
    return [shards[i] for i in range(of)]


def merge(
    directory: Path,
    plan: IngestPlan,
    *,
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> IngestReport:
    """Load all shards in `directory` into `plan.store`, as its only writer; killed anywhere, it goes on.

    plan.source is not read, columns and filters are those of the shards, and so is the name of the source
    where the plan has none. Raises InputMissing for shards that are not there, StoreMismatch where they or
    the store disagree, StoreDamaged for a record that no shard has.
    """
    began = time.monotonic()
    stop = stop or StopFlag()
    with ExitStack() as stack:
        shards = [stack.enter_context(read_shard(path)) for path in find_shards(directory)]
        first = _agreed(shards, directory)
        identity = first.embedder
        chosen = json.loads(first.options)
        plan = replace(
            plan,
            source=directory,
            merges=True,
            source_name=plan.source_name or first.source_name,
            columns=chosen["columns"],
            filters=Filters(**chosen["filters"]),
        )
        lock = stack.enter_context(hold(plan.store))
        writer = stack.enter_context(open_writer(plan.store, meta=first_meta(identity)))
        stack.enter_context(guard(writer.path))
        stored = fingerprint.from_meta(writer.meta(fingerprint.EMBEDDER))
        fingerprint.require_agreement(stored, identity, plan.store)
        load = Load(
            plan=plan,
            identity=identity,
            embed=_embed_nothing,
            writer=writer,
            lock=lock,
            expected=lambda _: first.records,
            progress=progress,
            stop=stop,
        )
        return load_and_index(
            load, first.source, lambda start: nullcontext(_Shards(shards, first, start)), began
        )


def _agreed(shards: Sequence[ShardFile], directory: Path) -> Manifest:
    """The manifest that all shards share, but for their counts. Raises StoreMismatch, saying what differs."""
    manifests = [shard.manifest() for shard in shards]
    first = manifests[0]
    for number, other in enumerate(manifests):
        for what, mine, theirs in (
            ("layout", SHARD_VERSION, other.version),
            ("number", number, other.shard),
            ("CSV", first.source.sha256, other.source.sha256),
            ("options", first.options, other.options),
            ("source", first.source_name, other.source_name),
            ("records", first.records, other.records),
        ):
            if mine != theirs:
                raise StoreMismatch(
                    f"shard {number} in {directory} has {what} {theirs}, not {mine}",
                    hint=f"run it again: slangrag ingest CSV --shard {number}/{first.of} --out {directory}",
                )
        if not fingerprint.agree(first.embedder, other.embedder):
            mine, theirs = fingerprint.describe(first.embedder), fingerprint.describe(other.embedder)
            raise StoreMismatch(
                f"shard {number} in {directory} was made with {theirs}, shard 0 with {mine}",
                hint=f"run it again: slangrag ingest CSV --shard {number}/{first.of} --out {directory}",
            )
    return first


def _embed_nothing(texts: Sequence[str]) -> Answers:
    """Stands where a run has its embedder: the shards have every vector."""
    if texts:
        raise StoreDamaged("a shard lacks a vector", hint="run the shards again")
    return []


class _Shards:
    """The records of all shards, in the order of the file, none left out."""

    def __init__(self, shards: Sequence[ShardFile], manifest: Manifest, start: Position | None) -> None:
        self.notes = manifest.notes
        self._shards = shards
        self._records = manifest.records
        self._after = start.record if start else 0

    def chunks(self) -> Iterator[list[Item]]:
        """Lists of up to 256 items. Raises StoreDamaged for a record that no shard has."""
        streams = [shard.records(self._after) for shard in self._shards]
        merged = heapq.merge(*streams, key=lambda record: record.after.record)
        items = map(_item, _gapless(merged, self._after))
        last = self._after
        while chunk := list(islice(items, _CHUNK)):
            last = chunk[-1].after.record
            yield chunk
        if last != self._records:
            raise StoreDamaged(
                f"the shards end at record {last} of {self._records}", hint="run the shards again"
            )


def _gapless(records: Iterator[ShardRecord], after: int) -> Iterator[ShardRecord]:
    for number, record in enumerate(records, after + 1):
        if record.after.record != number:
            raise StoreDamaged(f"no shard has record {number}", hint="run the shards again")
        yield record


def _item(record: ShardRecord) -> Item:
    reject = None
    if record.reason is not None:
        assert record.text is not None
        reject = Reject(record.line, record.reason, record.text)
    return Item(
        line=record.line,
        entry=record.entry,
        reject=reject,
        after=record.after,
        text_hash=record.text_hash,
        fold=record.fold,
        vector=record.vector,
    )
