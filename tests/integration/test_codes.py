"""Binary codes of a store: kept up by every load, made anew, found wanting, and what a question then does."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.ingest.stubs import StubEmbedder, rows, write_csv

from slangrag.errors import StoppedEarly, StoreError
from slangrag.ingest import IngestPlan, StopFlag, finished, run
from slangrag.service import pool
from slangrag.service.maintenance import rebuild, store_facts
from slangrag.store.codes import keeping
from slangrag.store.codes.checking import CodesFound, check_codes
from slangrag.store.codes.file import read
from slangrag.store.codes.rows import codes_named
from slangrag.store.fingerprint import stored_identity
from slangrag.store.index import IndexChoice
from slangrag.store.lexicon import open_lexicon
from slangrag.store.search import open_search
from slangrag.store.verify import verify

NONE = IndexChoice("none")


@pytest.fixture(autouse=True)
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "FEW", 10)
    monkeypatch.setattr(keeping, "SEGMENT", 40)


def load(
    folder: Path,
    count: int,
    name: str = "a",
    *,
    prune: bool = False,
    meaning: Mapping[str, str] | None = None,
) -> Path:
    meaning = meaning or {}
    made = [(*row[:4], meaning.get(row[0], row[4])) for row in rows(count)]
    run(
        IngestPlan(write_csv(folder / f"{name}.csv", made), folder / "store", index=NONE, prune=prune),
        StubEmbedder(),
    )
    return folder / "store"


def found(store: Path) -> CodesFound:
    with open_lexicon(store) as lexicon:
        return check_codes(store, lexicon)


def nearest(store: Path, text: str) -> tuple[str, Any, str]:
    with open_lexicon(store) as lexicon, open_search(store, lexicon) as search:
        ((rid, cosine), *_) = search.nearest(StubEmbedder().embed_query(text), 3, lexicon)
        return lexicon.entries([rid])[rid].entry_id, cosine, search.note


def test_a_load_leaves_codes_of_all_rows_but_a_few(tmp_path: Path) -> None:
    store = load(tmp_path, 125)
    assert found(store) == CodesFound(coded=120, waiting=5, wrong=0, missing=0, torn=0)
    assert verify(store, NONE).ok
    for i in (3, 100, 123):
        assert nearest(store, f"word {i % 37}: meaning {i}") == (f"{i:07d}", pytest.approx(1, abs=1e-3), "")


def test_changed_and_pruned_rows_are_found_as_they_are_now(tmp_path: Path) -> None:
    store = load(tmp_path, 120)
    other = {f"{i:07d}": f"another thing {i}" for i in range(0, 60, 3)}
    load(tmp_path, 110, "b", prune=True, meaning=other)
    assert verify(store, NONE).ok
    assert found(store) == CodesFound(coded=110, waiting=0, wrong=0, missing=0, torn=0)
    assert nearest(store, "word 33: another thing 33")[0] == "0000033"
    few = {**other, "0000001": "a third thing"}
    load(tmp_path, 110, "c", meaning=few)
    assert found(store) == CodesFound(coded=109, waiting=1, wrong=0, missing=0, torn=0)
    assert nearest(store, "word 1: a third thing")[0] == "0000001"


def test_codes_of_which_many_are_dead_are_made_anew(tmp_path: Path) -> None:
    store = load(tmp_path, 120)
    with open_lexicon(store) as lexicon:
        before = lexicon.meta("codes")["file"]
    load(tmp_path, 60, "b", prune=True)
    with open_lexicon(store) as lexicon:
        codes = codes_named(store, lexicon)
        assert codes is not None
        assert (codes.rows, codes.path.name == before) == (60, False)
    assert [path.name for path in store.glob("codes-*")] == [codes.path.name]
    assert verify(store, NONE).ok


def test_a_few_rows_have_no_codes_at_all(tmp_path: Path) -> None:
    store = load(tmp_path, 8)
    assert not list(store.glob("codes-*"))
    assert found(store).waiting == 8
    assert nearest(store, "word 5: meaning 5")[0] == "0000005"
    assert store_facts(store, NONE).sealed


def test_a_store_answers_by_meaning_while_its_index_is_still_to_come(tmp_path: Path) -> None:
    stop = StopFlag()

    def at_the_index(progress: object) -> None:
        if getattr(progress, "stage", "") == "index":
            stop.set(15)

    plan = IngestPlan(write_csv(tmp_path / "a.csv", rows(60)), tmp_path / "store")
    with pytest.raises(StoppedEarly):
        run(plan, StubEmbedder(), progress=at_the_index, stop=stop)
    assert nearest(plan.store, "word 5: meaning 42")[0] == "0000042"


def test_a_store_killed_before_its_codes_were_written_catches_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    plan = IngestPlan(write_csv(tmp_path / "a.csv", rows(100)), tmp_path / "store", index=NONE)
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            run(plan, StubEmbedder())
    assert found(plan.store).coded == 0
    run(plan, StubEmbedder())
    assert finished(plan) is not None
    assert found(plan.store) == CodesFound(coded=100, waiting=0, wrong=0, missing=0, torn=0)


@pytest.mark.parametrize("harm", ["removed", "another file", "a flipped bit", "another vector"])
def test_what_is_wrong_with_codes_is_found_said_and_mended(tmp_path: Path, harm: str) -> None:
    store = load(tmp_path, 100)
    (path,) = store.glob("codes-*")
    if harm == "removed":
        path.unlink()
    elif harm == "another file":
        path.write_bytes(b"something else entirely" * 10)
    elif harm == "a flipped bit":
        content = bytearray(path.read_bytes())
        content[-1] ^= 128
        path.write_bytes(content)
    else:
        with sqlite3.connect(store / "lexicon.sqlite3") as database:
            changed = StubEmbedder().embed_query("else").astype("<f2").tobytes()
            database.execute("UPDATE vectors SET vector = ? WHERE rid = 7", (changed,))
    wrong = {check.name: check.hint for check in verify(store, NONE).checks if not check.ok}
    assert set(wrong.values()) == {"slangrag store rebuild"}
    assert wrong.keys() <= {"codes", "codes of these vectors"}
    entry_id, _, note = nearest(store, "word 5: meaning 42")
    assert entry_id == "0000042"
    assert ("every vector was compared" in note) == (harm in ("removed", "another file"))
    assert rebuild(store, NONE) is not None
    assert verify(store, NONE).ok
    assert nearest(store, "word 5: meaning 42") == ("0000042", pytest.approx(1, abs=1e-3), "")


def test_a_store_of_the_first_layout_answers_and_is_brought_up_to_date_by_its_next_load(
    tmp_path: Path,
) -> None:
    store = load(tmp_path, 60)
    with sqlite3.connect(store / "lexicon.sqlite3") as database:
        for statement in ("DROP TABLE uncoded", "DROP TABLE copies"):
            database.execute(statement)
        for column in ("shared", "source"):
            database.execute(f"ALTER TABLE ledger DROP COLUMN {column}")
        database.execute("DELETE FROM meta WHERE key IN ('codes', 'number')")
        database.execute("PRAGMA user_version = 1")
    for path in store.glob("codes-*"):
        path.unlink()
    assert nearest(store, "word 5: meaning 42")[0] == "0000042"
    assert not store_facts(store, NONE).codes_current
    load(tmp_path, 61, "b")
    assert verify(store, NONE).ok
    assert store_facts(store, NONE).codes_current


def test_a_lexicon_that_lost_its_last_rows_does_not_keep_their_codes(tmp_path: Path) -> None:
    """A power cut can take commits of a write-ahead log, and leave the codes that were written after them."""
    store = load(tmp_path, 50)
    lost = (store / "lexicon.sqlite3").read_bytes()
    load(tmp_path, 120, "b")
    (codes,) = store.glob("codes-*")
    (store / "lexicon.sqlite3").write_bytes(lost)
    assert read(codes).through == 120
    other = {f"{i:07d}": f"another thing {i}" for i in range(50, 110)}
    load(tmp_path, 110, "c", meaning=other)
    assert verify(store, NONE).ok
    assert nearest(store, f"word {60 % 37}: another thing 60")[0] == "0000060"


def test_codes_of_changes_that_a_power_cut_took_back_are_not_believed(tmp_path: Path) -> None:
    store = load(tmp_path, 120)
    before = (store / "lexicon.sqlite3").read_bytes()
    load(tmp_path, 120, "b", meaning={f"{i:07d}": f"another thing {i}" for i in range(40)})
    (store / "lexicon.sqlite3").write_bytes(before)
    assert found(store).wrong == 0
    load(tmp_path, 135, "c")
    assert verify(store, NONE).ok
    assert found(store).coded == 135


def test_few_rows_at_high_row_ids_are_coded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of a large load after a prune can lie between any two sample points."""
    monkeypatch.setattr(keeping, "_SAMPLE", 3)
    store = load(tmp_path, 400)
    made = [("9000000", "late", 1, 0, "at the end"), *rows(12, start=380)]
    run(IngestPlan(write_csv(tmp_path / "b.csv", made), store, index=NONE, prune=True), StubEmbedder())
    assert verify(store, NONE).ok
    assert store_facts(store, NONE).sealed


def test_a_full_disk_under_the_codes_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    plan = IngestPlan(write_csv(tmp_path / "a.csv", rows(100)), tmp_path / "store", index=NONE)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left") as raised:
            run(plan, StubEmbedder())
    assert raised.value.hint == "make room, then run the same command again"
    run(plan, StubEmbedder())
    assert verify(plan.store, NONE).ok


def test_exact_cosines_come_best_first(tmp_path: Path) -> None:
    store = load(tmp_path, 100)
    asked = StubEmbedder().embed_query("word 5: meaning 5")
    with open_lexicon(store) as lexicon, open_search(store, lexicon) as search:
        got = search.nearest(3 * asked, 20, lexicon)
        every = lexicon.vectors(range(1, 101))
    exact = sorted(((float(v @ asked), rid) for rid, v in every.items()), reverse=True)[:20]
    assert [rid for rid, _ in got] == [rid for _, rid in exact]
    assert np.allclose([cosine for _, cosine in got], [cosine for cosine, _ in exact], atol=1e-5)


def test_a_running_program_takes_the_embedder_that_the_store_has_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "_FRESH_SECONDS", 0.0)
    store = load(tmp_path, 100)

    def its_own() -> StubEmbedder:
        identity = stored_identity(store)
        assert identity is not None
        return StubEmbedder(identity.dimension, model=identity.model)

    def asked() -> str:
        with asking.borrow() as view:
            vector = view.embed("word 5: meaning 42")
            assert vector is not None
            ((rid, _), *_) = view.nearest(vector, 3)
            return view.lexicon.entries([rid])[rid].entry_id

    asking = pool.StorePool(store, NONE, its_own)
    assert asked() == "0000042"
    plan = IngestPlan(write_csv(tmp_path / "a.csv", rows(100)), store, index=NONE, reembed=True)
    run(plan, StubEmbedder(24, model="other"))
    assert asked() == "0000042"
    asking.close()
