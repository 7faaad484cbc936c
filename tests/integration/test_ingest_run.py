"""From a CSV to a store, once, again, after changes, after stops: real SQLite, real Chroma."""

from __future__ import annotations

import csv
import gzip
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.unit.ingest.stubs import Row, StubEmbedder, rows, write_csv

from slangrag.corpus.filters import Filters
from slangrag.errors import (
    EngineUnreachable,
    InputUnreadable,
    StoppedEarly,
    StoreError,
    StoreLocked,
    StoreMismatch,
    TextRejected,
)
from slangrag.ingest import (
    Batching,
    IngestPlan,
    IngestReport,
    Progress,
    StopFlag,
    finished,
    run,
    write_rejects,
)
from slangrag.ingest import embedding as patience_module
from slangrag.ingest.plan import Pace
from slangrag.store.index import open_index
from slangrag.store.lexicon import open_lexicon
from slangrag.store.lock import hold
from slangrag.store.verify import verify

SMALL = Batching(items=8, in_flight=2, waiting=4)
HASTY = Pace(least=0.0, share=0.0)


def plan_of(path: Path, store: Path, **more: object) -> IngestPlan:
    return IngestPlan(path, store, batching=SMALL, pace=HASTY, **more)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience_module, "Patience", lambda: QUICK)


QUICK = patience_module.Patience(first_wait=0.001, longest_wait=0.002)


def balanced(report: IngestReport) -> bool:
    return (
        report.rows_read == report.accepted + report.rejected + report.duplicates + report.filtered
        and report.accepted == report.embedded + report.already_present
    )


def entries(store: Path) -> dict[str, tuple[str, int | None]]:
    with open_lexicon(store) as lexicon:
        found = lexicon.connection.execute("SELECT entry_id, definition, up_votes FROM entries").fetchall()
    return {entry_id: (definition, up) for entry_id, definition, up in found}


def test_every_row_is_there_with_its_vector_in_lexicon_and_index(tmp_path: Path, store: Path) -> None:
    report = run(plan_of(write_csv(tmp_path / "a.csv", rows(100)), store), StubEmbedder())
    assert (report.rows_read, report.accepted, report.embedded, report.complete) == (100, 100, 100, True)
    found = verify(store)
    assert found.ok, found
    embedder = StubEmbedder()
    with open_lexicon(store) as lexicon, open_index(store, lexicon) as index:
        ((rid, cosine), *others) = index.nearest(embedder.embed_query("word 5: meaning 42"), 5)
        assert lexicon.entries([rid])[rid].entry_id == "0000042"
        assert cosine == pytest.approx(1, abs=1e-3)
        assert all(cosine > other for _, other in others)


def test_a_second_run_embeds_nothing_and_says_what_is_there(tmp_path: Path, store: Path) -> None:
    plan = plan_of(write_csv(tmp_path / "a.csv", rows(30)), store)
    assert finished(plan) is None
    first = run(plan, StubEmbedder())
    assert finished(plan) is not None
    embedder = StubEmbedder()
    second = run(plan, embedder)
    assert embedder.calls == []
    assert (second.rows_read, second.accepted, second.embedded, second.already_present) == (30, 30, 0, 30)
    assert balanced(first)
    assert balanced(second)


def test_the_report_has_exactly_the_fields_of_the_contract(tmp_path: Path, store: Path) -> None:
    report = run(plan_of(write_csv(tmp_path / "a.csv", rows(3)), store), StubEmbedder())
    assert list(report.contract()) == [
        "rows_read", "accepted", "rejected", "duplicates", "filtered", "embedded", "already_present",
        "seconds", "rows_per_second", "complete", "store",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("signum", "raised"),
    [(signal.SIGTERM, StoppedEarly), (signal.SIGUSR1, StoppedEarly), (signal.SIGINT, KeyboardInterrupt)],
)
def test_a_stopped_run_goes_on_where_it_was_and_ends_like_an_undisturbed_one(
    tmp_path: Path, store: Path, signum: int, raised: type[BaseException]
) -> None:
    path = write_csv(tmp_path / "a.csv", rows(400))
    stop = StopFlag()

    def fault(number: int, texts: Sequence[str]) -> None:
        if number == 10:
            stop.set(signum)

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


def test_a_text_that_the_embedder_refuses_is_set_aside_with_its_reason(tmp_path: Path, store: Path) -> None:
    def fault(number: int, texts: Sequence[str]) -> None:
        if any("meaning 17" in text for text in texts):
            raise TextRejected("too long")

    twice = [*rows(40), rows(18)[17]]
    report = run(plan_of(write_csv(tmp_path / "a.csv", twice), store), StubEmbedder(fault=fault))
    assert (report.accepted, report.rejected, report.duplicates) == (39, 1, 1)
    assert verify(store).ok
    out = tmp_path / "rejects.csv"
    assert write_rejects(store, out) == 1
    with out.open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["line"], row["reason"], row["text"]) == ("19", "embedder-rejected", "word 17: too long")


def test_a_newer_file_adds_changes_and_keeps_and_embeds_only_new_texts(tmp_path: Path, store: Path) -> None:
    run(plan_of(write_csv(tmp_path / "old.csv", rows(60)), store), StubEmbedder())
    newer: list[Row] = [*rows(50)[1:], *rows(3, start=100)]
    newer[0] = (*newer[0][:4], "another meaning")
    newer[1] = (newer[1][0], newer[1][1], 999, 0, newer[1][4])
    embedder = StubEmbedder()
    report = run(plan_of(write_csv(tmp_path / "new.csv", newer), store), embedder)
    assert (report.accepted, report.embedded, report.already_present) == (52, 4, 48)
    assert sorted(embedder.texts)[0] == "word 1: another meaning"
    there = entries(store)
    assert len(there) == 63, "what the newer file lacks is kept"
    assert there["0000001"] == ("another meaning", 1)
    assert there["0000002"] == ("meaning 2", 999)
    assert verify(store).ok
    with open_lexicon(store) as lexicon:
        assert [e.definition for e in lexicon.lookup("word 1")].count("meaning 1") == 0
        found = lexicon.connection.execute("SELECT rowid FROM entries_fts WHERE entries_fts MATCH 'another'")
        assert len(found.fetchall()) == 1
        with open_index(store, lexicon) as index:
            ((rid, cosine), *_) = index.nearest(embedder.embed_query("word 1: another meaning"), 1)
            assert cosine == pytest.approx(1, abs=1e-3)
            assert lexicon.entries([rid])[rid].entry_id == "0000001"


def test_prune_takes_out_what_the_newer_file_lacks(tmp_path: Path, store: Path) -> None:
    run(plan_of(write_csv(tmp_path / "old.csv", rows(60)), store), StubEmbedder())
    embedder = StubEmbedder()
    report = run(plan_of(write_csv(tmp_path / "new.csv", rows(20)), store, prune=True), embedder)
    assert (report.accepted, report.embedded) == (20, 0)
    assert set(entries(store)) == {row[0] for row in rows(20)}
    assert verify(store).ok
    with open_lexicon(store) as lexicon:
        assert lexicon.lookup("word 25") == []
        assert lexicon.counts()["headwords"] == 20


def test_a_pruned_row_that_comes_back_is_found_by_its_meaning_again(tmp_path: Path, store: Path) -> None:
    """The index remembers row ids: a reused one would hide the new row from it for ever."""
    old, new = write_csv(tmp_path / "old.csv", rows(20)), write_csv(tmp_path / "new.csv", rows(10))
    run(plan_of(old, store), StubEmbedder())
    run(plan_of(new, store, prune=True), StubEmbedder())
    assert finished(plan_of(old, store)) is None, "what was pruned since must be loaded again"
    run(plan_of(old, store), StubEmbedder())
    assert verify(store).ok
    assert len(entries(store)) == 20


def test_one_id_with_two_texts_in_one_file_keeps_both_under_ids_that_stay(
    tmp_path: Path, store: Path
) -> None:
    two: list[Row] = [("1", "cap", 5, 0, "a lie"), ("1", "cap", 5, 0, "a hat"), ("1", "cap", 5, 0, "a lie")]
    path = write_csv(tmp_path / "a.csv", two)
    report = run(plan_of(path, store), StubEmbedder())
    assert (report.accepted, report.duplicates) == (2, 1)
    ids = set(entries(store))
    assert "1" in ids
    assert any(entry_id.startswith("1~") for entry_id in ids)
    again = run(plan_of(write_csv(tmp_path / "b.csv", [*two, *rows(2, start=5)]), store), StubEmbedder())
    assert (again.embedded, again.already_present) == (2, 2)
    assert ids < set(entries(store))


def test_filters_count_what_they_keep_out_the_same_after_a_stop(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", rows(300))
    chosen = Filters(min_up=3, max_per_word=4, limit=100)
    whole = run(plan_of(path, tmp_path / "whole", filters=chosen), StubEmbedder())
    stop = StopFlag()

    def fault(number: int, texts: Sequence[str]) -> None:
        if number == 5:
            stop.set(signal.SIGTERM)

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
    stop = StopFlag()

    def fault(number: int, texts: Sequence[str]) -> None:
        if number == 3:
            stop.set(signal.SIGTERM)

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


def test_a_second_ingest_is_refused_at_once(tmp_path: Path, store: Path) -> None:
    path = write_csv(tmp_path / "a.csv", rows(5))
    with hold(store), pytest.raises(StoreLocked):
        run(plan_of(path, store), StubEmbedder())


def test_readers_see_whole_rows_and_how_fresh_they_are_while_an_ingest_runs(
    tmp_path: Path, store: Path
) -> None:
    path = write_csv(tmp_path / "a.csv", rows(600))
    seen: list[tuple[int, int, int]] = []

    def look(progress: Progress) -> None:
        if progress.stage == "read/embed" and progress.done:
            with open_lexicon(store) as lexicon:
                counts = lexicon.counts()
                seen.append((counts["entries"], counts["vectors"], progress.done))
                assert not lexicon.as_of().complete
                assert lexicon.as_of().saved_at is not None

    run(plan_of(path, store), StubEmbedder(), progress=look)
    assert seen
    assert all(there == vectors for there, vectors, _ in seen)


def test_a_full_disk_is_told_and_what_was_committed_is_kept(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slangrag.store import journal

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


def test_progress_goes_through_the_stages_in_order(tmp_path: Path, store: Path) -> None:
    told: list[Progress] = []
    run(plan_of(write_csv(tmp_path / "a.csv", rows(200)), store), StubEmbedder(), progress=told.append)
    assert list(dict.fromkeys(p.stage for p in told)) == ["read/embed", "headwords", "index", "settle"]
    last = [p for p in told if p.stage == "read/embed"][-1]
    assert (last.done, last.total) == (200, 200)


@pytest.fixture
def slow_reader(store: Path, tmp_path: Path) -> Iterator[threading.Event]:
    """A thread that keeps reading the store as fast as it can."""
    ended = threading.Event()
    faults: list[BaseException] = []

    def read() -> None:
        while not ended.is_set():
            try:
                if (store / "lexicon.sqlite3").exists():
                    with open_lexicon(store) as lexicon:
                        counts = lexicon.counts()
                        assert counts["entries"] >= 0
            except StoreError as error:
                if "empty" not in error.message:
                    faults.append(error)
                    return

    thread = threading.Thread(target=read)
    thread.start()
    yield ended
    ended.set()
    thread.join()
    assert not faults


@pytest.mark.usefixtures("slow_reader")
def test_readers_never_disturb_the_writer_nor_it_them(tmp_path: Path, store: Path) -> None:
    assert run(plan_of(write_csv(tmp_path / "a.csv", rows(1500)), store), StubEmbedder()).accepted == 1500


def test_a_first_index_is_begun_while_its_entries_are_still_being_loaded(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from slangrag.store import build

    monkeypatch.setattr(build, "BATCH", 40)
    begun = threading.Event()

    def fault(number: int, texts: Sequence[str]) -> None:
        patience = 600 if number == 40 else 0
        while patience and not (store / "chroma.building" / "chroma.sqlite3").exists():
            patience -= 1
            time.sleep(0.1)
        if patience:
            begun.set()

    path = write_csv(tmp_path / "a.csv", rows(600))
    report = run(plan_of(path, store), StubEmbedder(fault=fault))
    assert begun.is_set()
    assert report.accepted == 600
    assert verify(store).ok


def test_commits_are_rare_enough_to_be_cheap_and_often_enough_to_lose_little() -> None:
    pace = Pace()
    assert pace.wait(0.001) == pace.least
    assert pace.wait(0.1) == pytest.approx(1.5)
    assert pace.wait(10.0) == pace.most
