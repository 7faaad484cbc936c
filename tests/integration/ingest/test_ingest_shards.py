"""Shards made apart and merged give the store of a single run."""

from __future__ import annotations

import csv
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.crash import content_hash
from tests.unit.ingest.stubs import HEADER, StubEmbedder

from slangrag.errors import InputMissing, StoppedEarly, StoreDamaged, StoreMismatch, TextRejected, UsageError
from slangrag.ingest import (
    Batching,
    IngestPlan,
    ShardPlan,
    StopFlag,
    finished_shard,
    merge,
    run,
    run_shard,
)
from slangrag.sources.filters import Filters
from slangrag.store.verify import verify

SMALL = Batching(items=8, in_flight=2, waiting=4)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Rows with duplicates far apart, one id for two texts, rejects, and a text that is refused."""
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for i in range(150):
            writer.writerow(
                (f"{i:04d}", f"word {i % 20}", i % 9, i % 4, "a", f"meaning {i}" if i % 31 else "")
            )
            if i % 17 == 5:
                writer.writerow((f"{i - 5:04d}", f"word {(i - 5) % 20}", 3, 1, "a", f"meaning {i - 5}"))
            if i % 23 == 3:
                writer.writerow((f"{i:04d}", f"word {i % 20}", 3, 1, "a", f"second sense {i}"))
    return path


def refuses(number: int, texts: Sequence[str]) -> None:
    if any(text.endswith("meaning 77") for text in texts):
        raise TextRejected("too long")


def plan_of(file: Path, store: Path, filters: Filters | None = None) -> IngestPlan:
    return IngestPlan(file, store, batching=SMALL, filters=filters or Filters())


def make_shards(plan: IngestPlan, out: Path, of: int) -> list[int]:
    return [run_shard(ShardPlan(plan, i, of, out), StubEmbedder(fault=refuses)).rows_read for i in range(of)]


@pytest.mark.parametrize("filters", [Filters(), Filters(min_up=2, max_per_word=3)])
def test_shards_give_the_store_of_a_single_run(file: Path, tmp_path: Path, filters: Filters) -> None:
    single = run(plan_of(file, tmp_path / "single", filters), StubEmbedder(fault=refuses))
    counts = make_shards(plan_of(file, tmp_path / "unused", filters), tmp_path / "shards", 4)
    merged = merge(tmp_path / "shards", plan_of(file, tmp_path / "merged"))
    assert sum(counts) == single.rows_read
    assert replace(single, seconds=0, rows_per_second=0, store="") == replace(
        merged, seconds=0, rows_per_second=0, store=""
    )
    assert single.duplicates > 0
    assert single.rejected > 1
    assert content_hash(tmp_path / "single") == content_hash(tmp_path / "merged")
    assert verify(tmp_path / "merged").ok
    assert not (tmp_path / "unused").exists()


def test_a_finished_shard_is_known_without_an_engine_and_not_made_again(file: Path, tmp_path: Path) -> None:
    plan = ShardPlan(plan_of(file, tmp_path / "s"), 1, 3, tmp_path / "out")
    assert finished_shard(plan) is None
    first = run_shard(plan, StubEmbedder())
    assert sorted(path.name for path in plan.out.glob("*.sqlite3")) == ["shard-1-of-3.sqlite3"]
    there = finished_shard(plan)
    assert there is not None
    assert (there.rows_read, there.embedded, there.already_present) == (first.rows_read, 0, first.accepted)
    embedder = StubEmbedder()
    run_shard(plan, embedder)
    assert embedder.calls == []


def test_a_stopped_shard_has_no_final_name_and_goes_on(file: Path, tmp_path: Path) -> None:
    plan = ShardPlan(plan_of(file, tmp_path / "s"), 0, 2, tmp_path / "out")
    stop = StopFlag()

    def fault(number: int, texts: Sequence[str]) -> None:
        if number == 2:
            stop.set(signal.SIGUSR1)

    small = replace(plan, base=replace(plan.base, batching=Batching(items=4, in_flight=1, waiting=1)))
    first = StubEmbedder(fault=fault)
    with pytest.raises(StoppedEarly):
        run_shard(small, first, stop=stop)
    assert not plan.path.exists()
    second = StubEmbedder()
    report = run_shard(small, second)
    assert not set(first.texts) & set(second.texts)
    assert report.accepted == len(first.texts) + len(second.texts)


def test_a_merge_names_the_shards_that_are_missing(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for i in (0, 2):
        run_shard(ShardPlan(plan_of(file, tmp_path / "s"), i, 4, out), StubEmbedder())
    with pytest.raises(InputMissing, match="2 of 4 shards are not finished: 1, 3") as refused:
        merge(out, plan_of(file, tmp_path / "merged"))
    assert "--shard 1/4" in refused.value.hint
    assert not (tmp_path / "merged").exists()


def test_shards_of_two_models_are_not_mixed(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run_shard(ShardPlan(plan_of(file, tmp_path / "s"), 0, 2, out), StubEmbedder(16))
    run_shard(ShardPlan(plan_of(file, tmp_path / "s"), 1, 2, out), StubEmbedder(24, model="other"))
    with pytest.raises(StoreMismatch, match="made with stub/other"):
        merge(out, plan_of(file, tmp_path / "merged"))


def test_a_shard_of_another_file_is_not_taken_for_finished(file: Path, tmp_path: Path) -> None:
    plan = ShardPlan(plan_of(file, tmp_path / "s"), 0, 2, tmp_path / "out")
    run_shard(plan, StubEmbedder())
    with file.open("a") as out:
        out.write("9999,new,1,0,a,a new one\n")
    with pytest.raises(StoreMismatch):
        finished_shard(plan)


def test_a_limit_or_a_shard_beyond_the_last_is_a_wrong_call(file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        ShardPlan(plan_of(file, tmp_path), 4, 4, tmp_path)
    with pytest.raises(UsageError, match="--limit"):
        ShardPlan(plan_of(file, tmp_path, Filters(limit=5)), 0, 4, tmp_path)


def test_a_merged_store_needs_no_second_merge(file: Path, tmp_path: Path) -> None:
    make_shards(plan_of(file, tmp_path / "s"), tmp_path / "out", 2)
    merge(tmp_path / "out", plan_of(file, tmp_path / "merged"))
    before = (tmp_path / "merged" / "chroma" / "chroma.sqlite3").stat().st_mtime_ns
    again = merge(tmp_path / "out", plan_of(file, tmp_path / "merged"))
    assert again.embedded == 0
    assert (tmp_path / "merged" / "chroma" / "chroma.sqlite3").stat().st_mtime_ns == before


@pytest.mark.parametrize("which", ["min", "max"])
def test_a_record_that_no_shard_has_is_told_and_not_passed_over(
    file: Path, tmp_path: Path, which: str
) -> None:
    out = tmp_path / "out"
    make_shards(plan_of(file, tmp_path / "s"), out, 2)
    for shard in out.glob("*.sqlite3"):
        with closing(sqlite3.connect(shard)) as connection:
            connection.execute(f"DELETE FROM records WHERE record = (SELECT {which}(record) FROM records)")
            connection.commit()
    with pytest.raises(StoreDamaged, match=r"no shard has record 1|shards end at record"):
        merge(out, plan_of(file, tmp_path / "merged"))
