"""`--dry-run`: what a file holds and what loading it would take, without writing anything."""

from __future__ import annotations

from pathlib import Path

from tests.unit.ingest.stubs import StubEmbedder, rows, write_csv

from slangrag.ingest import IngestPlan, estimate, run
from slangrag.sources.filters import Filters
from slangrag.store.index.local_chroma import LocalChroma
from slangrag.store.layout import StoreLayout


def test_a_dry_run_counts_what_the_real_one_will_and_writes_nothing(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [*rows(200), *rows(5), ("9", "w", 1, 1, "")])
    plan = IngestPlan(path, tmp_path / "store", filters=Filters(min_up=3))
    expected = estimate(plan, StubEmbedder(384))
    assert not plan.store.exists()
    real = run(plan, StubEmbedder(384))
    assert (expected.rows_read, expected.accepted, expected.rejected) == (
        real.rows_read,
        real.accepted,
        real.rejected,
    )
    assert expected.duplicates + expected.filtered == real.duplicates + real.filtered
    assert expected.embedder_rate > 0
    assert expected.embed_seconds > 0


def test_the_estimate_of_the_lexicon_is_of_the_right_size(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", rows(3000))
    plan = IngestPlan(path, tmp_path / "store")
    expected = estimate(plan, StubEmbedder(384))
    run(plan, StubEmbedder(384))
    real = StoreLayout(plan.store).lexicon.stat().st_size + LocalChroma(plan.store).bytes_on_disk()
    assert 0.6 < expected.disk / real < 1.6


def test_a_dry_run_of_a_file_without_usable_rows_asks_the_embedder_nothing(tmp_path: Path) -> None:
    embedder = StubEmbedder()
    expected = estimate(
        IngestPlan(write_csv(tmp_path / "a.csv", [("1", "w", 1, 1, "")]), tmp_path / "s"), embedder
    )
    assert (expected.accepted, expected.rejected, expected.embed_seconds) == (0, 1, 0.0)
    assert embedder.calls == []
