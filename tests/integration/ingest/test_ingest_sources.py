"""Several CSVs in one store, told apart by their sources: ids, senses, what they share, prune."""

from __future__ import annotations

import csv
import shutil
import signal
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
from benchmarks.crash import content_hash
from tests.integration.ingest.plans import balanced, entries, plan_of, stops_at
from tests.unit.ingest.stubs import Row, StubEmbedder, rows, write_csv

from slangrag.errors import StoppedEarly, StoreMismatch, UsageError
from slangrag.ingest import IngestReport, ShardPlan, estimate, finished, merge, run, run_shard
from slangrag.sources.filters import Filters
from slangrag.store.index import open_index
from slangrag.store.lexicon import open_lexicon
from slangrag.store.verify import verify

CAP: Row = ("0000001", "cap", 50, 2, "a lie")
HAT: Row = ("0000002", "cap", 3, 9, "a hat")
RIZZ: Row = ("1", "rizz", 7, 0, "charm")
LIE: Row = ("2", "Cap", 1, 1, "a lie")
NO_CAP: Row = ("3", "cap", 4, 0, "said for emphasis: no cap")


def load(store: Path, name: str, content: list[Row], **more: object) -> tuple[IngestReport, StubEmbedder]:
    embedder = StubEmbedder()
    return run(plan_of(write_csv(store.parent / name, content), store, **more), embedder), embedder


def counts(store: Path) -> dict[str, tuple[int, int]]:
    with open_lexicon(store) as lexicon:
        return {source.name: (source.entries, source.shared) for source in lexicon.sources()}


def found_by(store: Path, text: str) -> str:
    """The entry that has the vector of this text in the index."""
    with open_lexicon(store) as lexicon, open_index(store, lexicon) as index:
        ((entry_id, cosine),) = index.nearest(StubEmbedder().embed_query(text), 1)
    assert cosine == pytest.approx(1, abs=1e-3)
    return entry_id


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of two sources that share one entry, and their files."""
    folder = tmp_path_factory.mktemp("sources")
    load(folder / "store", "old.csv", [CAP, HAT])
    load(folder / "store", "new.csv", [RIZZ, LIE, NO_CAP], source_name="ud2025")
    return folder


@pytest.fixture
def two(made: Path, tmp_path: Path) -> Path:
    """That store, to change."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "store"


def test_a_file_whose_ids_are_of_other_words_is_refused_before_anything_is_written(store: Path) -> None:
    load(store, "old.csv", rows(40))
    first = plan_of(store.parent / "old.csv", store)
    other: list[Row] = [(row[0], f"other {row[1]}", *row[2:]) for row in rows(40)]
    plan = plan_of(write_csv(store.parent / "more words.csv", other), store)
    before, embedder = content_hash(store), StubEmbedder()
    with pytest.raises(
        StoreMismatch, match="40 of 40 ids are of other words, 0000000 of 'word 0'"
    ) as refused:
        run(plan, embedder)
    assert refused.value.hint == (f"slangrag ingest '{plan.source}' --source more-words --store {store}"), (
        "the command to type"
    )
    assert embedder.calls == []
    assert content_hash(store) == before
    assert finished(first) is not None
    for ask in (finished, partial(estimate, embedder=embedder)):
        with pytest.raises(StoreMismatch, match="40 of 40"):
            ask(plan)
    with pytest.raises(StoreMismatch, match="40 of 40"):
        load(store, "more words.csv", other, source_name="main")


def test_a_stranger_after_a_common_beginning_is_refused_before_it_overwrites_more(store: Path) -> None:
    load(store, "old.csv", rows(600))
    mixed: list[Row] = [*rows(300), *((row[0], f"other {row[1]}", *row[2:]) for row in rows(300, start=300))]
    with pytest.raises(StoreMismatch, match="ids are of other words"):
        load(store, "mixed.csv", mixed)
    assert entries(store) == {row[0]: (row[4], row[2]) for row in rows(600)}


def test_a_newer_copy_of_the_same_data_passes_with_many_changes(store: Path) -> None:
    load(store, "old.csv", rows(100))
    newer: list[Row] = [
        (entry_id, "WORD mended" if i % 10 == 0 else word.upper(), up + 1, down, f"{text} or so")
        for i, (entry_id, word, up, down, text) in enumerate(rows(130))
    ]
    report, _ = load(store, "another-name.csv", newer)
    assert report.accepted == 130
    assert counts(store) == {"main": (130, 0)}
    assert set(entries(store)) == {row[0] for row in rows(130)}


def test_ids_are_each_sources_own_and_the_same_word_gets_new_senses(two: Path) -> None:
    assert verify(two).ok, verify(two)
    with open_lexicon(two) as lexicon:
        assert [(e.entry_id, e.definition, e.source) for e in lexicon.lookup("cap")] == [
            ("0000001", "a lie", "main"),
            ("ud2025:3", "said for emphasis: no cap", "ud2025"),
            ("0000002", "a hat", "main"),
        ]
    assert counts(two) == {"main": (2, 0), "ud2025": (2, 1)}


def test_one_source_alone_is_not_named_with_every_entry(store: Path) -> None:
    load(store, "old.csv", [CAP, HAT], source_name="ud2016")
    with open_lexicon(store) as lexicon:
        assert {(e.entry_id, e.source) for e in lexicon.lookup("cap")} == {("0000001", ""), ("0000002", "")}
    assert counts(store) == {"ud2016": (2, 0)}


def test_a_file_without_a_name_belongs_to_the_source_that_the_store_began_with(store: Path) -> None:
    load(store, "old.csv", [CAP, HAT], source_name="ud2016")
    load(store, "new.csv", [RIZZ], source_name="ud2025")
    report, _ = load(store, "newer.csv", [CAP], prune=True)
    assert (report.source, report.pruned) == ("ud2016", 1)
    assert counts(store) == {"ud2016": (1, 0), "ud2025": (1, 0)}


def test_what_another_source_has_word_for_word_is_told_and_not_stored_twice(store: Path) -> None:
    load(store, "old.csv", [CAP, HAT])
    report, embedder = load(store, "new.csv", [RIZZ, LIE, NO_CAP], source_name="ud2025")
    assert (report.accepted, report.shared, report.embedded, report.already_present) == (3, 1, 2, 1)
    assert balanced(report)
    assert not any("a lie" in text for text in embedder.texts)
    assert len(entries(store)) == 4


def test_prune_takes_out_what_its_own_source_no_longer_brings(two: Path) -> None:
    report, _ = load(two, "newer.csv", [RIZZ], source_name="ud2025", prune=True)
    assert report.pruned == 1
    assert set(entries(two)) == {"0000001", "0000002", "ud2025:1"}
    assert counts(two) == {"main": (2, 0), "ud2025": (1, 0)}
    assert verify(two).ok


def test_a_shared_entry_goes_over_to_the_other_source_when_its_own_is_pruned(two: Path) -> None:
    report, embedder = load(two, "newer.csv", [HAT], prune=True)
    assert (report.pruned, embedder.calls) == (0, [])
    assert entries(two)["ud2025:2"] == ("a lie", 1), "with the other's id and votes"
    assert "0000001" not in entries(two)
    assert counts(two) == {"main": (1, 0), "ud2025": (3, 0)}
    assert verify(two).ok
    assert found_by(two, "cap: a lie") == "ud2025:2"
    assert finished(plan_of(two.parent / "old.csv", two)) is None, "it would bring the first's back"
    again = plan_of(two.parent / "new.csv", two, source_name="ud2025")
    assert finished(again) is not None, "the other has all that it brought"


def test_a_shared_entry_stays_with_the_other_source_when_its_own_has_a_newer_text(two: Path) -> None:
    newer: Row = (*CAP[:4], "an untruth")
    report, _ = load(two, "newer.csv", [newer, HAT])
    assert (report.embedded, report.already_present) == (1, 1)
    there = entries(two)
    assert (there["0000001"], there["ud2025:2"]) == (("an untruth", 50), ("a lie", 1))
    assert verify(two).ok
    assert found_by(two, "cap: an untruth") == "0000001"
    assert found_by(two, "cap: a lie") == "ud2025:2"


def test_an_entry_that_both_sources_gave_up_is_gone(two: Path) -> None:
    load(two, "newer.csv", [RIZZ, NO_CAP], source_name="ud2025", prune=True)
    assert finished(plan_of(two.parent / "new.csv", two, source_name="ud2025")) is None
    report, _ = load(two, "newest.csv", [HAT], prune=True)
    assert report.pruned == 1
    assert [text for text, _ in entries(two).values() if text == "a lie"] == []


def test_a_text_that_becomes_the_other_sources_own_is_not_kept_twice(two: Path) -> None:
    same: Row = (*NO_CAP[:4], "a hat")
    report, embedder = load(two, "newer.csv", [RIZZ, LIE, same], source_name="ud2025")
    assert (report.shared, embedder.calls) == (2, [])
    assert "ud2025:3" not in entries(two)
    assert verify(two).ok


def test_both_files_are_known_again_in_any_order(two: Path) -> None:
    first = plan_of(two.parent / "old.csv", two)
    second = plan_of(two.parent / "new.csv", two, source_name="ud2025")
    for plan in (second, first, second):
        assert finished(plan) is not None
    assert finished(plan_of(two.parent / "new.csv", two, source_name="third")) is None


def test_three_sources_of_one_entry_hand_it_on_one_by_one(two: Path) -> None:
    load(two, "third.csv", [LIE], source_name="third")
    load(two, "newer.csv", [HAT], prune=True)
    assert counts(two) == {"main": (1, 0), "ud2025": (3, 0), "third": (0, 1)}
    load(two, "newer2.csv", [RIZZ, NO_CAP], source_name="ud2025", prune=True)
    assert counts(two) == {"main": (1, 0), "ud2025": (2, 0), "third": (1, 0)}
    assert entries(two)["third:2"] == ("a lie", 1)
    assert verify(two).ok


@pytest.mark.parametrize("name", ["", "a b", "a:b", "../x", "x" * 41])
def test_a_name_that_could_not_stand_before_an_id_is_a_wrong_call(store: Path, name: str) -> None:
    with pytest.raises(UsageError, match="--source"):
        plan_of(store.parent / "a.csv", store, source_name=name)


def overlapping() -> tuple[list[Row], list[Row]]:
    """Two data sets: two thirds of the second are in the first, under other ids, here and there."""
    second = [(str(int(i) - 100), word, up, down, text) for i, word, up, down, text in rows(300, start=100)]
    return rows(300), sorted(second, key=lambda row: int(row[0]) * 7 % 300)


@pytest.mark.parametrize("filters", [Filters(), Filters(max_per_word=5, limit=150)])
def test_a_second_source_that_was_stopped_ends_like_one_that_was_not(
    tmp_path: Path, filters: Filters
) -> None:
    first, second = overlapping()
    for store in (tmp_path / "whole", tmp_path / "stopped"):
        load(store, "first.csv", first)
    more: Mapping[str, object] = {"source_name": "second", "filters": filters}
    whole, _ = load(tmp_path / "whole", "second.csv", second, **more)
    stop, fault = stops_at(2, signal.SIGTERM)
    plan = plan_of(tmp_path / "second.csv", tmp_path / "stopped", **more)
    with pytest.raises(StoppedEarly):
        run(plan, StubEmbedder(fault=fault), stop=stop)
    resumed = run(plan, StubEmbedder())
    assert whole.shared > 0
    assert (resumed.rows_read, resumed.accepted, resumed.shared, resumed.filtered) == (
        whole.rows_read, whole.accepted, whole.shared, whole.filtered,
    )  # fmt: skip
    assert content_hash(tmp_path / "stopped") == content_hash(tmp_path / "whole")


def test_shards_carry_their_source_into_the_store(tmp_path: Path) -> None:
    first, second = overlapping()
    for store in (tmp_path / "single", tmp_path / "merged"):
        load(store, "first.csv", first)
    load(tmp_path / "single", "second.csv", second, source_name="second")
    plan = plan_of(tmp_path / "second.csv", tmp_path / "unused", source_name="second")
    for i in range(3):
        run_shard(ShardPlan(plan, i, 3, tmp_path / "shards"), StubEmbedder())
    report = merge(tmp_path / "shards", plan_of(tmp_path / "second.csv", tmp_path / "merged"))
    assert (report.source, report.shared) == ("second", 200)
    assert content_hash(tmp_path / "single") == content_hash(tmp_path / "merged")


def test_shards_of_strangers_are_refused_and_named_apart_without_embedding_again(tmp_path: Path) -> None:
    store, shards = tmp_path / "store", tmp_path / "shards"
    first, second = overlapping()
    load(store, "first.csv", [(row[0], f"other {row[1]}", *row[2:]) for row in first])
    write_csv(tmp_path / "second.csv", [(f"{int(row[0]):07d}", *row[1:]) for row in second])
    plan = plan_of(tmp_path / "second.csv", store)
    for i in range(2):
        run_shard(ShardPlan(plan, i, 2, shards), StubEmbedder())
    before = content_hash(store)
    with pytest.raises(StoreMismatch) as refused:
        merge(shards, plan)
    assert refused.value.hint == f"slangrag ingest --merge {shards} --source shards --store {store}"
    assert content_hash(store) == before
    assert merge(shards, plan_of(shards, store, source_name="shards")).accepted == 300
    assert verify(store).ok


def test_a_file_of_the_2025_kind_has_ids_of_its_content_and_its_own_columns(two: Path) -> None:
    path = two.parent / "2025.csv"
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("word", "meaning", "example", "likes", "dislikes", "author", "date"))
        out.writerow(("cap", "a fib", "that is cap", "12", "3", "x", "2025-01-01"))
        out.writerow(("cap", "a lie", "cap!", "9", "9", "y", "2025-01-02"))
    columns = {"definition": "meaning", "up_votes": "likes", "down_votes": "dislikes"}
    plan = plan_of(path, two, source_name="kind25", columns=columns)
    report = run(plan, StubEmbedder())
    assert (report.accepted, report.shared) == (2, 1)
    (fib,) = [(i, up) for i, (text, up) in entries(two).items() if text == "a fib"]
    assert fib[0].startswith("kind25:c")
    assert fib[1] == 12


def test_a_file_of_nothing_that_is_there_is_loaded_with_a_word_of_advice(two: Path) -> None:
    advice = "a data set of its own should have a name"
    unnamed, _ = load(two, "unnamed.csv", [("77", "yeet", 1, 1, "to throw")])
    named, _ = load(two, "named.csv", [("77", "yeet", 1, 1, "to throw far")], source_name="mine")
    assert any(advice in note for note in unnamed.notes)
    assert not any(advice in note for note in named.notes)
