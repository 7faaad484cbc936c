"""Shards into one store: all of them there, of one file and one model, taken up in the file's order.

Records of the shards are read side by side in the order of the file and settled like those of a single
run, so the store comes out the same. Nothing is embedded.
"""

from __future__ import annotations

import heapq
import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from slangrag.errors import InputMissing, StoreDamaged, StoreMismatch
from slangrag.ingest.deduplicate import Item
from slangrag.ingest.pipeline import Answers
from slangrag.ingest.plan import IngestPlan, IngestReport, Report
from slangrag.ingest.report import report_of
from slangrag.ingest.single import complete, index, load_file
from slangrag.ingest.stop import StopFlag
from slangrag.sources.csv.reader import Position, Reject
from slangrag.sources.filters import Filters
from slangrag.store import fingerprint
from slangrag.store.early_index import EarlyIndexBuilder
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

    plan.csv is not read, and columns and filters are those of the shards. Raises InputMissing for shards
    that are not there, StoreMismatch where they or the store disagree, StoreDamaged for a record that no
    shard has.
    """
    began = time.monotonic()
    stop = stop or StopFlag()
    with ExitStack() as stack:
        shards = [stack.enter_context(read_shard(path)) for path in find_shards(directory)]
        first = _agreed(shards, directory)
        identity = first.embedder
        chosen = json.loads(first.options)
        plan = replace(plan, columns=chosen["columns"], filters=Filters(**chosen["filters"]))
        meta = {
            fingerprint.EMBEDDER: fingerprint.to_meta(identity),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        lock = stack.enter_context(hold(plan.store))
        writer = stack.enter_context(open_writer(plan.store, meta=meta))
        stack.enter_context(guard(writer.path))
        stored = fingerprint.from_meta(writer.meta(fingerprint.EMBEDDER))
        fingerprint.require_agreement(stored, identity, plan.store)
        source = first.source
        done = writer.finished_load(source.sha256, plan.options)
        before = done.counts.embedded if done else 0
        early_index = EarlyIndexBuilder(writer, plan.store, lock)
        if done is None:
            done = writer.begin_load(source.name, source.size, source.sha256, plan.options)
            before = done.counts.embedded
            chunks = _chunks(shards, done.record)
            with early_index:
                load_file(writer, done, chunks, identity, _embed_nothing, plan, progress, stop, early_index)
            if done.record != first.records:
                raise StoreDamaged(
                    f"the shards end at record {done.record} of {first.records}", hint="run the shards again"
                )
            complete(writer, done, plan, progress)
        index(writer, plan, lock, progress, stop, closed_properly=early_index.closed_properly)
        return report_of(
            done.counts,
            plan.store,
            embedded=done.counts.embedded - before,
            complete=done.state == "complete",
            began=began,
            notes=first.notes,
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


def _chunks(shards: Sequence[ShardFile], after: int) -> Iterator[list[Item]]:
    """The records of all shards after number `after`, in the order of the file, none left out."""
    merged = heapq.merge(*(shard.records(after) for shard in shards), key=lambda record: record.record)
    items = map(_item, _gapless(merged, after))
    while chunk := list(islice(items, _CHUNK)):
        yield chunk


def _gapless(records: Iterator[ShardRecord], after: int) -> Iterator[ShardRecord]:
    for number, record in enumerate(records, after + 1):
        if record.record != number:
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
        after=Position(record.record, record.next_line, record.next_byte),
        text_hash=record.text_hash,
        fold=record.fold,
        vector=record.vector,
    )
