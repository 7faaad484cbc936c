"""What goes on while a load runs: other writers, readers, progress, the index that is begun early."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.integration.ingest.plans import plan_of
from tests.unit.ingest.stubs import StubEmbedder, rows, write_csv

from slangrag.errors import StoreError, StoreLocked
from slangrag.ingest import Progress, run
from slangrag.store import build, early_index
from slangrag.store.lexicon import open_lexicon
from slangrag.store.lock import hold
from slangrag.store.verify import verify


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


@pytest.fixture
def counts_seen(store: Path) -> Iterator[list[int]]:
    """How many entries a thread saw that reads the store as fast as it can, time after time."""
    ended = threading.Event()
    faults: list[StoreError] = []
    seen: list[int] = []

    def read() -> None:
        while not ended.is_set():
            try:
                if (store / "lexicon.sqlite3").exists():
                    with open_lexicon(store) as lexicon:
                        seen.append(lexicon.counts()["entries"])
            except StoreError as error:
                if "empty" not in error.message:
                    faults.append(error)
                    return

    thread = threading.Thread(target=read)
    thread.start()
    yield seen
    ended.set()
    thread.join()
    assert not faults


def test_readers_never_disturb_the_writer_nor_it_them(
    tmp_path: Path, store: Path, counts_seen: list[int]
) -> None:
    assert run(plan_of(write_csv(tmp_path / "a.csv", rows(1500)), store), StubEmbedder()).accepted == 1500
    assert counts_seen == sorted(counts_seen)
    assert any(0 < count < 1500 for count in counts_seen), "somebody read while rows were being written"


def test_progress_goes_through_the_stages_in_order(tmp_path: Path, store: Path) -> None:
    told: list[Progress] = []
    run(plan_of(write_csv(tmp_path / "a.csv", rows(200)), store), StubEmbedder(), progress=told.append)
    assert list(dict.fromkeys(p.stage for p in told)) == ["read/embed", "headwords", "index", "settle"]
    last = [p for p in told if p.stage == "read/embed"][-1]
    assert (last.done, last.total) == (200, 200)


def test_a_first_index_is_begun_while_its_entries_are_still_being_loaded(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "BATCH", 40)
    monkeypatch.setattr(early_index, "SPARE_CORES", 0.0)
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
