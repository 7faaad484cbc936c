"""A store of an earlier schema version: read as it is, and brought up to this one by whoever writes to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from slangrag.errors import StoreMismatch
from slangrag.sources.entry import Entry
from slangrag.store import schema
from slangrag.store.lexicon import open_lexicon
from slangrag.store.lock import hold
from slangrag.store.moving.copying import copy_store
from slangrag.store.sources import SourceCount
from slangrag.store.writer import open_writer

VERSION_1 = Path(__file__).parents[2] / "data" / "store_v1.sql"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store of version 1: twelve entries, one load, two rejects."""
    with closing(sqlite3.connect(tmp_path / "lexicon.sqlite3")) as connection:
        connection.executescript(VERSION_1.read_text())
    return tmp_path


def version(store: Path) -> int:
    with closing(sqlite3.connect(store / "lexicon.sqlite3")) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def columns(store: Path) -> dict[str, list[str]]:
    """What tables there are, and of which columns."""
    with closing(sqlite3.connect(store / "lexicon.sqlite3")) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return {
            name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for (name,) in tables
        }


def assert_reads_as_it_did(store: Path) -> None:
    with open_lexicon(store) as lexicon:
        assert lexicon.counts() == {"entries": 12, "headwords": 11, "vectors": 12}
        assert lexicon.lookup("word 3") == [
            Entry("0000003", "word 3", "meaning 3", 3, 3, "someone"),
            Entry("0000003~32e4c555", "word 3", "another meaning", 1, 1, "someone"),
        ]
        assert lexicon.sources() == [SourceCount("main", 12, 0)]
        assert lexicon.by_words(["another"], 3, headword_weight=1.0)[0][0] == 12
        assert [reason for _, reason, _ in lexicon.rejects()] == ["embedder-rejected", "empty-word"]
        (load,) = lexicon.loads()
        assert (load.name, load.source, load.counts.accepted, load.counts.shared) == (
            "old.csv",
            "main",
            12,
            0,
        )
        assert lexicon.finished_load(load.sha256, load.options, None) == load


def test_a_reader_finds_in_an_old_store_what_it_finds_in_a_new_one_and_changes_nothing(old: Path) -> None:
    before = (old / "lexicon.sqlite3").read_bytes()
    assert_reads_as_it_did(old)
    assert (old / "lexicon.sqlite3").read_bytes() == before
    assert [path.name for path in old.iterdir()] == ["lexicon.sqlite3"]


def test_a_writer_makes_an_old_store_what_a_new_one_is(old: Path, tmp_path: Path) -> None:
    with hold(old), open_writer(old):
        pass
    with hold(tmp_path / "new"), open_writer(tmp_path / "new"):
        pass
    assert version(old) == schema.SCHEMA_VERSION
    assert columns(old) == columns(tmp_path / "new")
    assert_reads_as_it_did(old)


def test_an_upgrade_that_breaks_off_leaves_the_old_store(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = columns(old)
    steps = {1: (*schema.UPGRADES[1], "SELECT no_such_thing")}
    with monkeypatch.context() as patch:
        patch.setattr(schema, "UPGRADES", steps)
        with hold(old), pytest.raises(Exception, match="no_such_thing"), open_writer(old):
            pass
    assert (version(old), columns(old)) == (1, before)
    assert_reads_as_it_did(old)


def test_a_reader_that_has_an_old_store_open_goes_on_while_it_is_brought_up(old: Path) -> None:
    with open_lexicon(old) as lexicon:
        with hold(old), open_writer(old):
            pass
        assert len(lexicon.lookup("word 3")) == 2
        assert lexicon.sources() == [SourceCount("main", 12, 0)]


def test_a_copy_of_an_old_store_is_of_this_version_and_the_old_one_stays(old: Path, tmp_path: Path) -> None:
    copy = copy_store(old, tmp_path.with_name("copy")).path
    assert (version(old), version(copy)) == (1, schema.SCHEMA_VERSION)
    assert_reads_as_it_did(copy)


def test_a_store_of_a_later_version_is_refused_by_both(old: Path) -> None:
    later = schema.SCHEMA_VERSION + 1
    with closing(sqlite3.connect(old / "lexicon.sqlite3")) as connection:
        connection.execute(f"PRAGMA user_version = {later}")
    with pytest.raises(StoreMismatch, match=f"layout {later}"), open_lexicon(old):
        pass
    with pytest.raises(StoreMismatch, match=f"layout {later}"), open_writer(old):
        pass
