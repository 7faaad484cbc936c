"""A load that is stopped, that breaks off or runs out of room, and what goes on from there."""

from __future__ import annotations

import gzip
import signal
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.integration.ingest.plans import balanced, entries, plan_of, stops_at
from tests.unit.ingest.stubs import StubEmbedder, rows, write_csv

from slangrag.errors import EngineUnreachable, InputUnreadable, StoppedEarly, StoreError, StoreMismatch
from slangrag.ingest import IngestPlan, finished, run
from slangrag.ingest.plan import Pace
from slangrag.sources.filters import Filters
from slangrag.store import journal
from slangrag.store.lexicon import open_lexicon
from slangrag.store.verify import verify


@pytest.mark.parametrize(
    ("signum", "raised"),
    [(signal.SIGTERM, StoppedEarly), (signal.SIGUSR1, StoppedEarly), (signal.SIGINT, KeyboardInterrupt)],
)
def test_a_stopped_run_goes_on_where_it_was_and_ends_like_an_undisturbed_one(
    tmp_path: Path, store: Path, signum: int, raised: type[BaseException]
) -> None:
    path = write_csv(tmp_path / "a.csv", rows(400))
    stop, fault = stops_at(10, signum)
    first = StubEmbedder(fault=fault)
    with pytest.raises(raised, match="records are done and kept") as stopped:
        run(plan_of(path, store), first, stop=stop)
    assert "run the same command again" in f"{stopped.value} {getattr(stopped.value, 'hint', '')}"
    with open_lexicon(store) as lexicon:
        kept = lexicon.counts()["entries"]
        assert not lexicon.as_of().complete
    assert 0 < kept < 400
    second = StubEmbedder()
    report = run(plan_of(path, store), second)
    assert (report.rows_read, report.accepted, report.embedded) == (400, 400, 400 - kept)
    assert not set(second.texts) & set(first.texts), "nothing is embedded twice after an orderly stop"
    assert verify(store).ok


def test_a_server_that_dies_stops_the_run_and_keeps_what_was_done(tmp_path: Path, store: Path) -> None:
    path = write_csv(tmp_path / "a.csv", rows(200))

    def fault(number: int, texts: Sequence[str]) -> None:
        if number > 9:
            raise EngineUnreachable("connection refused")

    with pytest.raises(EngineUnreachable):
        run(plan_of(path, store), StubEmbedder(fault=fault))
    with open_lexicon(store) as lexicon:
        assert lexicon.counts()["entries"] >= 8 * 7
    assert run(plan_of(path, store), StubEmbedder()).accepted == 200
    assert verify(store).ok


def test_filters_count_what_they_keep_out_the_same_after_a_stop(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", rows(300))
    chosen = Filters(min_up=3, max_per_word=4, limit=100)
    whole = run(plan_of(path, tmp_path / "whole", filters=chosen), StubEmbedder())
    stop, fault = stops_at(5, signal.SIGTERM)
    with pytest.raises(StoppedEarly):
        run(plan_of(path, tmp_path / "two", filters=chosen), StubEmbedder(fault=fault), stop=stop)
    two = run(plan_of(path, tmp_path / "two", filters=chosen), StubEmbedder())
    assert whole.accepted == 100
    assert balanced(whole)
    assert (two.rows_read, two.accepted, two.filtered) == (whole.rows_read, whole.accepted, whole.filtered)
    assert entries(tmp_path / "two") == entries(tmp_path / "whole")


def test_another_model_is_refused_and_reembed_replaces_every_vector(tmp_path: Path, store: Path) -> None:
    path = write_csv(tmp_path / "a.csv", rows(300))
    run(plan_of(path, store), StubEmbedder(16))
    with pytest.raises(StoreMismatch, match=r"stub/hash .* stub/other"):
        run(plan_of(path, store), StubEmbedder(24, model="other"))
    assert finished(plan_of(path, store, reembed=True)) is None, (
        "a finished load is no reason to keep vectors"
    )
    stop, fault = stops_at(3, signal.SIGTERM)
    with pytest.raises(StoppedEarly, match="old ones are still in use"):
        run(plan_of(path, store, reembed=True), StubEmbedder(24, model="other", fault=fault), stop=stop)
    assert verify(store).ok, "until the last vector is there, the store is what it was"
    embedder = StubEmbedder(24, model="other")
    run(plan_of(path, store, reembed=True), embedder)
    assert 0 < len(embedder.texts) < 300, "what the stopped run embedded is not embedded again"
    assert verify(store).ok
    with open_lexicon(store) as lexicon:
        assert lexicon.meta("embedder")["model"] == "other"
        assert lexicon.vectors([1])[1].shape == (24,)


def test_a_full_disk_is_told_and_what_was_committed_is_kept(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = journal.begin

    def small_disk(connection: sqlite3.Connection, mode: journal.JournalMode) -> None:
        real(connection, mode)
        connection.execute("PRAGMA max_page_count = 60")

    path = write_csv(tmp_path / "a.csv", rows(2000))
    with monkeypatch.context() as patch:
        patch.setattr(journal, "begin", small_disk)
        with pytest.raises(StoreError, match="full") as failed:
            run(plan_of(path, store), StubEmbedder())
        assert "run the same command again" in failed.value.hint
    with open_lexicon(store) as lexicon:
        assert 0 < lexicon.counts()["entries"] < 2000
        assert lexicon.counts()["entries"] == lexicon.counts()["vectors"]
    assert run(plan_of(path, store), StubEmbedder()).accepted == 2000
    assert verify(store).ok


def test_a_file_that_breaks_off_keeps_what_was_read_before(tmp_path: Path, store: Path) -> None:
    whole = gzip.compress(write_csv(tmp_path / "a.csv", rows(60_000)).read_bytes())
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputUnreadable):
        run(IngestPlan(broken, store), StubEmbedder())
    with open_lexicon(store) as lexicon:
        assert lexicon.counts()["entries"] > 1000


def test_commits_are_rare_enough_to_be_cheap_and_often_enough_to_lose_little() -> None:
    pace = Pace()
    assert pace.wait(0.001) == pace.least
    assert pace.wait(0.1) == pytest.approx(1.5)
    assert pace.wait(10.0) == pace.most
