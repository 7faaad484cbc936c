"""A store copied to another place, also while it is read and written, and its entries exported."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from tests.integration.test_store_index import READ
from tests.unit.ingest.stubs import Row, StubEmbedder, rows, write_csv

from slangrag.errors import EngineMissing, StoreError, StoreLocked, StoreMissing, UsageError
from slangrag.ingest import Batching, IngestPlan, Progress, finished, run
from slangrag.ingest.plan import Pace
from slangrag.store import build, journal
from slangrag.store.build import rebuild
from slangrag.store.codes import keeping
from slangrag.store.index import open_index
from slangrag.store.lexicon import open_lexicon
from slangrag.store.lock import hold
from slangrag.store.moving import copying
from slangrag.store.moving.copying import copy_store
from slangrag.store.moving.export import export
from slangrag.store.verify import verify
from slangrag.store.writer import open_writer

SHARED: Row = ("9", "word 5", 8, 1, "a sense of 2025")


def plan_of(csv: Path, store: Path, **more: object) -> IngestPlan:
    batching = Batching(items=16, in_flight=2)
    return IngestPlan(csv, store, batching=batching, pace=Pace(least=0.0, share=0.0), **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of two sources, 120 and 1 rows, and their files."""
    folder = tmp_path_factory.mktemp("made")
    run(plan_of(write_csv(folder / "a.csv", rows(120)), folder / "store"), StubEmbedder())
    run(plan_of(write_csv(folder / "b.csv", [SHARED]), folder / "store", source_name="new"), StubEmbedder())
    return folder


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "first", dirs_exist_ok=True)
    return tmp_path / "first" / "store"


def left(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_copy_answers_where_it_is_with_the_original_gone_and_is_gone_on_with(
    store: Path, tmp_path: Path
) -> None:
    told: list[tuple[str, float, float]] = []
    copy = copy_store(store, tmp_path / "deep" / "copy", told=lambda *now: told.append(now))
    assert (copy.index, copy.notes) == (True, ())
    assert left(copy.path) == {"lexicon.sqlite3", "chroma"}
    assert left(copy.path.parent) == {"copy"}
    assert told[-1][1] == told[-1][2]
    original = str(store).encode()
    assert not [p for p in copy.path.rglob("*") if p.is_file() and original in p.read_bytes()], "no path"
    shutil.rmtree(store.parent)
    moved = copy.path.rename(tmp_path / "elsewhere")
    assert verify(moved).ok, verify(moved)
    with open_lexicon(moved) as lexicon, open_index(moved, lexicon) as index:
        ((entry_id, _),) = index.nearest(StubEmbedder().embed_query("word 5: meaning 42"), 1)
        assert entry_id == "0000042"
        assert {source.name: source.entries for source in lexicon.sources()} == {"main": 120, "new": 1}
    newer = plan_of(write_csv(tmp_path / "newer.csv", rows(140)), moved)
    assert run(newer, StubEmbedder()).embedded == 20
    assert verify(moved).ok


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_copy_is_read_from_a_place_that_cannot_be_written(store: Path, tmp_path: Path) -> None:
    copy = copy_store(store, tmp_path / "copy").path
    for path in copy.parents:
        if path.parent.is_relative_to(tempfile.gettempdir()):
            path.chmod(0o755)
    copy.chmod(0o555)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(copy)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.strip() == "5", done.stderr


def test_codes_come_along_and_are_made_anew_where_they_cannot(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "FEW", 10)
    with hold(store), open_writer(store) as writer:
        keeping.rebuild_codes(writer, store)
    (codes,) = store.glob("codes-*.bin")
    (store / "other.bin").write_bytes(b"nobody's")
    copy = copy_store(store, tmp_path / "copy").path
    assert left(copy) == {"lexicon.sqlite3", "chroma", codes.name}
    assert (copy / codes.name).read_bytes() == codes.read_bytes()
    codes.write_bytes(b"no codes")
    assert verify(copy_store(store, tmp_path / "second").path).ok

    def vanish(_stage: str, _done: float, _total: float) -> None:
        codes.unlink(missing_ok=True)

    copy = copy_store(store, tmp_path / "third", told=vanish).path
    assert verify(copy).ok
    assert len(list(copy.glob("codes-*.bin"))) == 1


def test_copies_made_while_a_load_writes_are_each_of_one_moment(tmp_path: Path) -> None:
    store, csv = tmp_path / "store", write_csv(tmp_path / "a.csv", rows(1200))
    slow = StubEmbedder(fault=lambda _number, _texts: time.sleep(0.05))
    load = threading.Thread(target=run, args=(plan_of(csv, store), slow))
    load.start()
    copies: list[Path] = []
    while load.is_alive():
        with suppress(StoreMissing):
            copies.append(copy_store(store, tmp_path / f"copy {len(copies)}").path)
    load.join()
    kept: list[int] = []
    for copy in copies:
        with open_lexicon(copy) as lexicon:
            counts = lexicon.counts()
            assert counts["entries"] == counts["vectors"] == sum(one.record for one in lexicon.loads())
        kept.append(counts["entries"])
    assert kept == sorted(kept)
    unfinished = next(copy for copy, rows in zip(copies, kept, strict=True) if 0 < rows < 1200)
    assert not {check.name for check in verify(unfinished).checks if not check.ok} - {"ledger", "index"}
    embedder = StubEmbedder()
    assert run(plan_of(csv, unfinished), embedder).accepted == 1200
    assert 0 < len(embedder.texts) < 1200, "a copy of an unfinished load is gone on with"
    assert verify(unfinished).ok
    assert verify(store).ok


@pytest.mark.parametrize("stage", ["index", "settle"])
def test_an_index_that_is_not_whole_yet_is_left_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.setattr(build, "BATCH", 40)
    store, copies = tmp_path / "store", tmp_path / "copies"
    notes: list[str] = []

    def look(progress: Progress) -> None:
        if progress.stage == stage and not copies.exists():
            notes.extend(copy_store(store, copies / "copy").notes)

    run(plan_of(write_csv(tmp_path / "a.csv", rows(120)), store), StubEmbedder(), progress=look)
    assert notes == [
        "the Chroma index was not there to be copied; other tools need it: slangrag store rebuild"
    ]
    assert left(copies / "copy") == {"lexicon.sqlite3"}
    assert rebuild(copies / "copy") is not None
    assert verify(copies / "copy").ok


def test_a_copy_of_a_store_with_a_build_under_way_keeps_the_old_index(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: list[Path] = []

    def look(progress: Progress) -> None:
        if progress.stage == "settle" and not copies:
            copies.append(copy_store(store, tmp_path / "copy").path)

    newer = plan_of(write_csv(tmp_path / "newer.csv", rows(150)), store)
    run(newer, StubEmbedder(), progress=look)
    (copy,) = copies
    with open_lexicon(copy) as lexicon, open_index(copy, lexicon) as index:
        assert (lexicon.count("entries"), index.rows) == (151, 121)
    assert finished(plan_of(tmp_path / "newer.csv", copy)) is None
    assert run(plan_of(tmp_path / "newer.csv", copy), StubEmbedder()).embedded == 0
    assert verify(copy).ok, verify(copy)


@pytest.fixture
def restless(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Exception]]:
    """Somebody who commits all the time, without a write-ahead log, as on a network file system."""
    monkeypatch.setattr(copying, "_PAGES", 10)
    monkeypatch.setattr(journal, "choose", lambda _root: "delete")
    ended, faults = threading.Event(), list[Exception]()

    def write() -> None:
        with hold(store), open_writer(store) as writer:
            writer.connection.execute("CREATE TABLE filler (content BLOB)")
            writer.connection.execute("INSERT INTO filler VALUES (zeroblob(8000000))")
            writer.commit()
            number = 0
            while not ended.is_set():
                number += 1
                try:
                    writer.set_meta("restless", number)
                    writer.commit()
                except sqlite3.Error as error:
                    faults.append(error)
                time.sleep(0.01)

    thread = threading.Thread(target=write)
    thread.start()
    while (store / "lexicon.sqlite3").stat().st_size < 8_000_000:
        time.sleep(0.01)
    yield faults
    ended.set()
    thread.join()


def test_where_readers_and_writer_exclude_each_other_the_writer_goes_first(
    store: Path, tmp_path: Path, restless: list[Exception]
) -> None:
    with pytest.raises(StoreLocked, match="without a pause"):
        # Slow enough for somebody to commit meanwhile, however busy the machine is.
        copy_store(store, tmp_path / "copy", told=lambda *_: time.sleep(0.01))
    assert restless == [], "the writer was not kept waiting"
    assert left(tmp_path) == {"first"}


def test_a_copy_never_replaces_anything_and_never_lies_in_the_store(store: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    with pytest.raises(UsageError, match="already"):
        copy_store(store, there)
    with pytest.raises(UsageError, match="already"):
        export(store, there, "chroma")
    with pytest.raises(UsageError, match="in the store itself"):
        copy_store(store, store / "copy")
    assert left(there) == set()
    assert "copy" not in left(store)


def test_too_little_room_is_found_before_anything_is_written(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    with pytest.raises(StoreError, match="1 kB are free"):
        copy_store(store, tmp_path / "copy")
    assert left(tmp_path) == {"first"}


@pytest.mark.parametrize("form", ["copy", "jsonl", "parquet", "chroma"])
def test_a_stop_leaves_nothing_half(store: Path, tmp_path: Path, form: str) -> None:
    def stop(_stage: str, _done: float, _total: float) -> None:
        raise KeyboardInterrupt

    make = copy_store if form == "copy" else partial(export, form=form)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        make(store, tmp_path / "out", told=stop)
    assert left(tmp_path) == {"first"}


def test_jsonl_has_every_entry_with_its_source_its_votes_and_its_vector(store: Path, tmp_path: Path) -> None:
    written = export(store, tmp_path / "words.jsonl", "jsonl")
    lines = [json.loads(line) for line in written.path.read_text(encoding="utf-8").splitlines()]
    assert (written.rows, len(lines), written.bytes) == (121, 121, written.path.stat().st_size)
    vectors = [line.pop("vector") for line in lines]
    assert lines[42] == {
        "entry_id": "0000042", "word": "word 5", "definition": "meaning 42", "up_votes": 42, "down_votes": 0,
        "author": "someone", "rating": 0, "source": "main",
    }  # fmt: skip
    assert (lines[-1]["entry_id"], lines[-1]["source"]) == ("new:9", "new")
    expected = StubEmbedder().embed_query("word 5: meaning 42")
    assert np.array_equal(np.array(vectors[42], np.float16), expected.astype(np.float16)), "not a bit is lost"
    plain = export(store, tmp_path / "plain.jsonl", "jsonl", vectors=False)
    assert [json.loads(line) for line in plain.path.read_text().splitlines()] == lines


def test_parquet_has_the_same_in_columns_that_other_tools_read(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow import parquet

    from slangrag.store.moving import rows as reading

    monkeypatch.setattr(reading, "_AT_ONCE", 50)
    written = export(store, tmp_path / "words.parquet", "parquet")
    with parquet.ParquetFile(written.path) as file:
        assert (file.metadata.num_rows, file.metadata.num_row_groups) == (121, 3), "a group is a batch"
        assert json.loads(file.schema_arrow.metadata[b"slangrag.embedder"])["model"] == "hash"
        table = file.read().to_pylist()
    as_lines = export(store, tmp_path / "words.jsonl", "jsonl").path.read_text().splitlines()
    for row, line in zip(table, map(json.loads, as_lines), strict=True):
        assert np.array_equal(
            np.array(row.pop("vector"), np.float16), np.array(line.pop("vector"), np.float16)
        )
        assert row == line
    plain = export(store, tmp_path / "plain.parquet", "parquet", vectors=False)
    assert "vector" not in parquet.read_schema(plain.path).names


def test_without_pyarrow_the_hint_says_what_to_install(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(EngineMissing) as missing:
        export(store, tmp_path / "words.parquet", "parquet")
    assert missing.value.hint == "pip install 'slangrag[export]', or --jsonl FILE"
    assert left(tmp_path) == {"first"}


def test_langchains_chroma_opens_an_exported_directory(store: Path, tmp_path: Path) -> None:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

    class Stub(Embeddings):
        def embed_query(self, text: str) -> list[float]:
            return [float(x) for x in StubEmbedder().embed_query(text)]

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [self.embed_query(text) for text in texts]

    shutil.rmtree(store / "chroma")
    written = export(store, tmp_path / "out" / "chroma", "chroma")
    assert (written.rows, left(tmp_path / "out")) == (121, {"chroma"})
    shutil.rmtree(store.parent)
    opened = Chroma("slang", Stub(), persist_directory=str(written.path))
    ((document, distance),) = opened.similarity_search_with_score("word 5: a sense of 2025", k=1)
    assert (document.id, document.metadata["up_votes"]) == ("new:9", 8)
    assert distance == pytest.approx(0, abs=1e-2)
