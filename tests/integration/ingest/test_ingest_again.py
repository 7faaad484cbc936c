"""From a CSV to a store, once, again, and after the file has changed: real SQLite, real Chroma."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.integration.ingest.plans import balanced, entries, plan_of
from tests.unit.ingest.stubs import Row, StubEmbedder, rows, write_csv

from slangrag.errors import TextRejected
from slangrag.ingest import finished, run, write_rejects
from slangrag.service import reports
from slangrag.store.headwords import STEM
from slangrag.store.index import open_index
from slangrag.store.lexicon import open_lexicon
from slangrag.store.verify import verify


def test_every_row_is_there_with_its_vector_in_lexicon_and_index(tmp_path: Path, store: Path) -> None:
    report = run(plan_of(write_csv(tmp_path / "a.csv", rows(100)), store), StubEmbedder())
    assert (report.rows_read, report.accepted, report.embedded, report.complete) == (100, 100, 100, True)
    found = verify(store)
    assert found.ok, found
    embedder = StubEmbedder()
    with open_lexicon(store) as lexicon, open_index(store, lexicon) as index:
        ((entry_id, cosine), *others) = index.nearest(embedder.embed_query("word 5: meaning 42"), 5)
        assert entry_id == "0000042"
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


def test_a_word_of_a_newer_file_is_found_in_its_looser_forms_like_one_of_the_first(
    tmp_path: Path, store: Path
) -> None:
    first: list[Row] = [("0000001", "ghosting", 5, 1, "leaving without a word")]
    newer: list[Row] = [*first, ("0000002", "vibing", 5, 1, "enjoying the mood")]
    run(plan_of(write_csv(tmp_path / "old.csv", first), store), StubEmbedder())
    run(plan_of(write_csv(tmp_path / "new.csv", newer), store), StubEmbedder())
    with open_lexicon(store) as lexicon:
        stems = lexicon.headwords.by_form(["ghost", "vib"], [STEM])
        found = {form: headword.word for form, _, headword in stems}
    assert found == {"ghost": "ghosting", "vib": "vibing"}


def test_the_report_has_exactly_the_fields_of_the_contract(tmp_path: Path, store: Path) -> None:
    report = run(plan_of(write_csv(tmp_path / "a.csv", rows(3)), store), StubEmbedder())
    assert list(reports.ingest(report)) == [
        "rows_read", "accepted", "rejected", "duplicates", "filtered", "embedded", "already_present",
        "seconds", "rows_per_second", "complete", "store", "pruned", "source", "shared",
    ]  # fmt: skip


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
            ((entry_id, cosine), *_) = index.nearest(embedder.embed_query("word 1: another meaning"), 1)
            assert cosine == pytest.approx(1, abs=1e-3)
            assert entry_id == "0000001"


def test_prune_takes_out_what_the_newer_file_lacks(tmp_path: Path, store: Path) -> None:
    run(plan_of(write_csv(tmp_path / "old.csv", rows(60)), store), StubEmbedder())
    embedder = StubEmbedder()
    report = run(plan_of(write_csv(tmp_path / "new.csv", rows(20)), store, prune=True), embedder)
    assert (report.accepted, report.embedded, report.pruned) == (20, 0, 40)
    assert balanced(report), "what was removed is no row of this file"
    assert set(entries(store)) == {row[0] for row in rows(20)}
    assert verify(store).ok
    with open_lexicon(store) as lexicon:
        assert lexicon.lookup("word 25") == []
        assert lexicon.counts()["headwords"] == 20


def test_an_index_whose_last_rows_were_pruned_is_up_to_date(tmp_path: Path, store: Path) -> None:
    """It goes further than the lexicon then; that once counted as behind, at every run again."""
    run(plan_of(write_csv(tmp_path / "old.csv", rows(60)), store), StubEmbedder())
    plan = plan_of(write_csv(tmp_path / "new.csv", rows(58)), store, prune=True)
    run(plan, StubEmbedder())
    assert verify(store).ok
    assert finished(plan) is not None


def test_a_pruned_row_that_comes_back_is_found_by_its_meaning_again(tmp_path: Path, store: Path) -> None:
    """The index remembers row ids: a reused one would hide the new row from it for ever."""
    old, new = write_csv(tmp_path / "old.csv", rows(20)), write_csv(tmp_path / "new.csv", rows(10))
    run(plan_of(old, store), StubEmbedder())
    run(plan_of(new, store, prune=True), StubEmbedder())
    assert finished(plan_of(old, store)) is None, "what was pruned since must be loaded again"
    embedder = StubEmbedder()
    run(plan_of(old, store), embedder)
    assert verify(store).ok
    assert len(entries(store)) == 20
    with open_lexicon(store) as lexicon, open_index(store, lexicon) as index:
        ((entry_id, cosine), *_) = index.nearest(embedder.embed_query("word 15: meaning 15"), 1)
        assert entry_id == "0000015"
        assert cosine == pytest.approx(1, abs=1e-3)


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
