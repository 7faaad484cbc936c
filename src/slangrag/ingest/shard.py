"""Shards: one part of a file, embedded on one machine, in one SQLite file that a merge takes up.

Shard i of n has the records whose number (from 0) leaves i when divided by n: every shard has its share
of slow and of fast stretches, and nobody has to count the file first; the price is that each reads the
whole file, a minute or two. Records are kept as read: which of them are duplicates, or too many for
their headword, only the merge can see. Needs no store.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from slangrag.engines.protocols import Embedder, EmbedderIdentity
from slangrag.errors import StoreMismatch, UsageError
from slangrag.ingest.deduplicate import Item
from slangrag.ingest.embedding import REFUSED, PatientEmbedder
from slangrag.ingest.pipeline import Answers, run_through
from slangrag.ingest.plan import Batching, IngestPlan, IngestReport, Report, batching_for
from slangrag.ingest.progress import Meter
from slangrag.ingest.reader_process import Reader
from slangrag.ingest.report import report_of
from slangrag.ingest.stop import StopFlag
from slangrag.sources.source import Position, Source, SourceFingerprint, open_source
from slangrag.store.counts import Counts
from slangrag.store.fingerprint import agree, describe
from slangrag.store.lock import hold
from slangrag.store.shard_file import Manifest, ShardFile, ShardRecord, read_shard, write_shard


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """One shard of a file: `shard` of `of`, counted from 0, into the directory `out`.

    `base` says which file, columns, filters and batches; its store is not used.
    """

    base: IngestPlan
    shard: int
    of: int
    out: Path

    def __post_init__(self) -> None:
        if not 0 <= self.shard < self.of:
            raise UsageError(
                f"there is no shard {self.shard} of {self.of}", hint=f"--shard 0/{self.of} is the first"
            )
        if self.base.filters.limit is not None:
            raise UsageError(
                "--limit takes the first entries of the file, which one shard cannot know",
                hint="leave --limit away, or ingest without --shard",
            )

    @property
    def path(self) -> Path:
        """The finished file."""
        return self.out / f"shard-{self.shard}-of-{self.of}.sqlite3"

    @property
    def partial(self) -> Path:
        """The file while it is being written."""
        return self.path.with_suffix(".partial.sqlite3")

    @property
    def again(self) -> str:
        """The command that makes this shard."""
        return f"slangrag ingest {self.base.source} --shard {self.shard}/{self.of} --out {self.out}"


def finished_shard(plan: ShardPlan) -> IngestReport | None:
    """The report of a shard that is there already; None if it is not. Needs no engine.

    Raises StoreMismatch where the file there is a shard of another CSV or of other options.
    """
    began = time.monotonic()
    if not plan.path.is_file():
        return None
    with read_shard(plan.path) as file:
        manifest = file.manifest()
    with open_source(plan.base.source, columns=plan.base.columns) as source:
        if not _is_of(manifest, plan, source.fingerprint):
            raise StoreMismatch(
                f"{plan.path} is a shard of another file or of other options",
                hint=f"remove {plan.path}, or name another --out",
            )
    return _report(plan, manifest, embedded=0, began=began)


def run_shard(
    plan: ShardPlan,
    embedder: Embedder,
    *,
    progress: Report = lambda _: None,
    stop: StopFlag | None = None,
) -> IngestReport:
    """Make one shard file, or go on with it. It appears under its name only when it is whole.

    Raises what `slangrag.ingest.run` raises; StoreMismatch where an unfinished file of another CSV,
    model or other options lies in the way.
    """
    began = time.monotonic()
    stop = stop or StopFlag()
    with (
        open_source(plan.base.source, columns=plan.base.columns) as source,
        hold(plan.out, plan.out / f"shard-{plan.shard}-of-{plan.of}.lock"),
    ):
        if done := finished_shard(plan):
            return done
        with write_shard(plan.partial) as file:
            manifest = _begin(file, plan, source.fingerprint, embedder.identity)
            already = manifest.counts.embedded
            patient = PatientEmbedder(embedder, stop)
            manifest = _fill(file, manifest, plan, source, patient, progress, stop)
        plan.partial.rename(plan.path)
        return _report(plan, manifest, embedded=manifest.counts.embedded - already, began=began)


def _begin(
    file: ShardFile, plan: ShardPlan, source: SourceFingerprint, identity: EmbedderIdentity
) -> Manifest:
    """The manifest to go on from. Raises StoreMismatch where it is of something else."""
    if not file.is_begun():
        name = plan.base.source_name
        fresh = Manifest(plan.shard, plan.of, source, plan.base.options, identity, source_name=name)
        file.save(fresh)
        return fresh
    there = file.manifest()
    if not agree(there.embedder, identity):
        raise StoreMismatch(
            f"{plan.partial} was begun with {describe(there.embedder)}, not with {describe(identity)}",
            hint=f"remove {plan.partial}, or name the first model with --embed-model",
        )
    if not _is_of(there, plan, source):
        raise StoreMismatch(
            f"{plan.partial} was begun with another file or with other options", hint=f"remove {plan.partial}"
        )
    return there


def _is_of(manifest: Manifest, plan: ShardPlan, source: SourceFingerprint) -> bool:
    """Whether a shard file is of this CSV, these options and this source."""
    base = plan.base
    return (manifest.source.sha256, manifest.options, manifest.source_name) == (
        source.sha256,
        base.options,
        base.source_name,
    )


@dataclass(slots=True)
class _Part:
    """Records of this shard, and where in the file they end. texts belong to `awaiting`, in order."""

    rows: list[Item] = field(default_factory=list)
    awaiting: list[Item] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    characters: int = 0
    after: Position | None = None


class _ShardSink:
    """Writes a shard's records and its manifest together."""

    def __init__(
        self,
        file: ShardFile,
        manifest: Manifest,
        plan: ShardPlan,
        chunks: Iterable[Sequence[Item]],
        batching: Batching,
        tell: Callable[[Manifest], None],
    ) -> None:
        self.manifest = manifest
        self._file = file
        self._plan = plan
        self._chunks = chunks
        self._batching = batching
        self._tell = tell

    def batches(self) -> Iterator[_Part]:
        """This shard's records within the bounds."""
        limits, filters = self._batching, self._plan.base.filters
        render = self.manifest.embedder.render_document
        for chunk in self._chunks:
            part = _Part()
            for item in chunk:
                part.after = item.after
                if (item.after.record - 1) % self._plan.of != self._plan.shard:
                    continue
                part.rows.append(item)
                if item.entry and not filters.vote_reason(item.entry):
                    part.awaiting.append(item)
                    part.texts.append(render(item.entry.word, item.entry.definition))
                    part.characters += len(part.texts[-1])
                if len(part.texts) >= limits.items or part.characters >= limits.characters:
                    yield part
                    part = _Part()
            if part.after:
                yield part

    def write(self, batch: _Part, answers: Answers) -> None:
        """Records with their vectors or reasons; the manifest's counts."""
        made = {item.after.record: answer for item, answer in zip(batch.awaiting, answers, strict=True)}
        records = [_record(item, made.get(item.after.record)) for item in batch.rows]
        self._file.add(records)
        embedded = sum(record.vector is not None for record in records)
        rejected = sum(record.reason is not None for record in records)
        filtered = sum(record.vector is None and record.reason is None for record in records)
        assert batch.after is not None
        line, byte = batch.after.place
        self.manifest = replace(
            self.manifest,
            records=batch.after.record,
            line=line,
            byte=byte,
            counts=self.manifest.counts + Counts(embedded, rejected, 0, filtered, embedded),
        )

    def commit(self) -> None:
        """Records and manifest together."""
        self._file.save(self.manifest)

    def tell(self) -> None:
        """Report progress in records of the whole file."""
        self._tell(self.manifest)


def _record(item: Item, answer: bytes | str | None) -> ShardRecord:
    """An item as the file keeps it; answer: its vector, or why the embedder refused it."""
    reason, text = (item.reject.reason, item.reject.text) if item.reject else (None, None)
    if isinstance(answer, str):
        assert item.entry is not None
        reason, text, answer = REFUSED, f"{item.entry.word}: {answer}", None
    return ShardRecord(
        line=item.line,
        after=item.after,
        entry=item.entry,
        fold=item.fold,
        text_hash=item.text_hash,
        vector=answer,
        reason=reason,
        text=text,
    )


def _fill(
    file: ShardFile,
    manifest: Manifest,
    plan: ShardPlan,
    source: Source,
    patient: PatientEmbedder,
    progress: Report,
    stop: StopFlag,
) -> Manifest:
    meter = Meter("read/embed", progress)

    def tell(now: Manifest) -> None:
        meter.tell(now.records, source.expected_records(now.position) if now.position else None)

    batching = plan.base.batching or batching_for(patient.identity)
    with Reader(plan.base.source, plan.base.columns, manifest.position) as reader:
        sink = _ShardSink(file, manifest, plan, reader.chunks(), batching, tell)
        ended = run_through(sink, patient.embed, batching, plan.base.pace, stop)
    if file.count() != sink.manifest.counts.records:
        raise AssertionError(f"records are not accounted for: {sink.manifest}")
    if not ended:
        raise stop.leave(f"{sink.manifest.records:,} records are done and kept in {plan.partial}")
    sink.manifest = replace(sink.manifest, notes=reader.notes)
    sink.commit()
    return sink.manifest


def _report(plan: ShardPlan, manifest: Manifest, *, embedded: int, began: float) -> IngestReport:
    return report_of(
        manifest.counts,
        plan.path,
        source=manifest.source_name,
        embedded=embedded,
        complete=True,
        began=began,
        notes=manifest.notes,
    )
