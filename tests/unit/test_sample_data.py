"""The sample, the questions over it and the hostile definitions keep what their READMEs promise."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from slangrag.sources.source import open_source
from slangrag.text.forms import fold
from slangrag.text.rating import STRONG, rate

COLUMNS = ["word_id", "word", "up_votes", "down_votes", "author", "definition"]
OF_SEVERAL_SENSES = [
    "cap",
    "fire",
    "sick",
    "salty",
    "drip",
    "tea",
    "shade",
    "snack",
    "ship",
    "extra",
    "dead",
    "mid",
    "based",
    "slay",
    "cook",
    "cooked",
    "bet",
    "beat",
    "tight",
    "dope",
    "ghost",
    "stan",
    "flex",
    "goat",
    "cold",
    "beef",
    "fit",
    "whip",
    "cheese",
    "bread",
]
Row = dict[str, str]


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        rows = list(reader)
        assert reader.fieldnames == COLUMNS
    return rows


def is_stub(definition: str) -> bool:
    return definition.lower().startswith("see ")


def words_in(definition: str) -> int:
    return len(definition.replace(";;", " ").split())


@pytest.fixture(scope="module")
def sample(root: Path) -> list[Row]:
    return rows_of(root / "data" / "sample_slang.csv")


@pytest.fixture(scope="module")
def headwords(sample: list[Row]) -> dict[str, list[Row]]:
    by_word: dict[str, list[Row]] = {}
    for row in sample:
        by_word.setdefault(fold(row["word"]), []).append(row)
    return by_word


@pytest.fixture(scope="module")
def hostile(root: Path) -> list[Row]:
    return rows_of(root / "tests" / "data" / "adversarial.csv")


def questions(root: Path, name: str) -> list[dict[str, Any]]:
    text = (root / "tests" / "data" / "questions" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_the_sample_has_as_many_entries_as_promised_and_no_empty_field(root: Path, sample: list[Row]) -> None:
    assert len(sample) >= 520
    readme = (root / "data" / "README.md").read_text("utf-8")
    assert f"\n{len(sample)} entries of real English slang" in readme
    assert all(all(value.strip() for value in row.values()) for row in sample)


def test_the_samples_ids_are_seven_digits_unique_and_outside_the_real_files(sample: list[Row]) -> None:
    """Inside the real file's range (0000007 to about 9810000) a sample row would displace a real one."""
    ids = [row["word_id"] for row in sample]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"\d{7}", each) for each in ids)
    assert all(int(each) < 7 or int(each) >= 9_900_000 for each in ids)
    assert any(each.startswith("0") for each in ids), "no id would show a lost zero"


def test_the_samples_votes_are_whole_numbers_and_some_rows_are_disliked(sample: list[Row]) -> None:
    votes = [(int(row["up_votes"]), int(row["down_votes"])) for row in sample]
    assert min(min(pair) for pair in votes) >= 0
    assert 0 < sum(down > up for up, down in votes) < len(votes) / 4


@pytest.mark.parametrize("word", OF_SEVERAL_SENSES)
def test_a_word_with_several_meanings_has_several_rows(headwords: dict[str, list[Row]], word: str) -> None:
    assert len({fold(row["definition"]) for row in headwords[word]}) >= 2


def test_no_definition_of_the_sample_stands_there_twice(sample: list[Row]) -> None:
    counted = Counter(fold(row["definition"]) for row in sample if not is_stub(row["definition"]))
    assert [text for text, count in counted.items() if count > 1] == []


def test_every_definition_of_the_sample_is_long_enough_to_answer_from(sample: list[Row]) -> None:
    lengths = {
        row["word_id"]: words_in(row["definition"]) for row in sample if not is_stub(row["definition"])
    }
    assert {each: length for each, length in lengths.items() if not 12 <= length <= 45} == {}


def test_every_cross_reference_and_stub_of_the_sample_leads_to_another_headword(
    sample: list[Row], headwords: dict[str, list[Row]]
) -> None:
    stubs = 0
    for row in sample:
        targets = re.findall(r"\[([^\]]+)\]", row["definition"])
        if is_stub(row["definition"]):
            stubs += 1
            targets = targets or [row["definition"][4:]]
        for target in targets:
            assert fold(target) in headwords, row
            assert fold(target) != fold(row["word"]), row
    assert stubs >= 5


def test_the_sample_is_clean_by_the_programs_own_rating(sample: list[Row]) -> None:
    rude = [row for row in sample if max(rate(row["word"]), rate(row["definition"])) > 0]
    assert rude == []


def test_the_reader_takes_every_row_of_the_sample(root: Path, sample: list[Row]) -> None:
    with open_source(root / "data" / "sample_slang.csv") as source:
        records = list(source.records())
        assert source.notes == ()
    assert [record.reject for record in records if record.reject] == []
    read = [(record.entry.entry_id, record.entry.word) for record in records if record.entry]
    assert read == [(row["word_id"], row["word"]) for row in sample]


def test_define_questions_ask_in_many_ways_and_also_for_words_that_are_not_there(
    root: Path, headwords: dict[str, list[Row]]
) -> None:
    asked = questions(root, "define.jsonl")
    assert len(asked) >= 80
    assert {"plain", "inflection", "typo", "elongation", "hashtag", "absent"} == {q["kind"] for q in asked}
    assert sum(not q["answerable"] for q in asked) >= 20
    for question in asked:
        assert question["task"] == "define"
        assert (fold(question["headword"]) in headwords) == question["answerable"], question


def test_an_inflected_or_misspelled_question_does_not_hold_the_headword_as_it_is(root: Path) -> None:
    """Else it would be found exactly and measure nothing."""
    for question in questions(root, "define.jsonl"):
        if question["kind"] in {"inflection", "typo", "elongation"}:
            asked = fold(question["query"])
            assert not re.search(rf"\b{re.escape(fold(question['headword']))}\b", asked), question


def test_every_sentence_question_names_a_sense_of_its_headword(
    root: Path, headwords: dict[str, list[Row]]
) -> None:
    asked = questions(root, "sentences.jsonl")
    assert len(asked) >= 80
    for question in asked:
        senses = {row["word_id"]: row["definition"] for row in headwords[fold(question["headword"])]}
        assert senses[question["entry_id"]] == question["definition"], question


def test_a_reverse_question_names_entries_and_never_the_word_itself(
    root: Path, headwords: dict[str, list[Row]]
) -> None:
    asked = questions(root, "reverse.jsonl")
    assert len(asked) >= 60
    for question in asked:
        word = fold(question["headword"])
        assert set(question["entry_ids"]) <= {row["word_id"] for row in headwords[word]}, question
        assert question["entry_ids"], question
        assert not re.search(rf"\b{re.escape(word)}\b", fold(question["query"])), question


def test_no_question_is_asked_twice_or_rude(root: Path) -> None:
    files = ("define.jsonl", "sentences.jsonl", "reverse.jsonl")
    asked = [question["query"] for name in files for question in questions(root, name)]
    assert len(set(asked)) == len(asked)
    assert [query for query in asked if rate(query)] == []


def test_the_hostile_rows_are_enough_distinct_and_each_explained(root: Path, hostile: list[Row]) -> None:
    table = (root / "tests" / "data" / "adversarial.md").read_text("utf-8")
    assert len(hostile) >= 64
    assert len({row["word_id"] for row in hostile}) == len(hostile)
    assert re.findall(r"^\| (\d{7}) \|", table, re.MULTILINE) == [row["word_id"] for row in hostile]


@pytest.mark.parametrize(
    ("attack", "raw"),
    [
        ("escape sequences", "\x1b["),
        ("OSC clipboard", "\x1b]52;"),
        ("OSC link", "\x1b]8;;"),
        ("NUL", "\x00"),
        ("C1 control", "\x9b"),
        ("bidi override", "\u202e"),
        ("zero width", "\u200b"),
        ("tag characters", "\U000e0073"),
        ("Rich markup", "[bold red]"),
        ("chat template", "<|im_end|>"),
        ("Llama template", "<<SYS>>"),
        ("closing fence", "</definitions>"),
        ("fake citation", "[99]"),
    ],
)
def test_the_hostile_bytes_are_really_in_the_file(hostile: list[Row], attack: str, raw: str) -> None:
    """An editor or a merge that "cleans" the file would leave tests that test nothing."""
    assert any(raw in row["definition"] for row in hostile), attack


def test_the_hostile_rows_can_lie_in_one_store_with_the_sample(sample: list[Row], hostile: list[Row]) -> None:
    assert {row["word_id"] for row in sample}.isdisjoint(row["word_id"] for row in hostile)
    assert {fold(row["word"]) for row in sample}.isdisjoint(fold(row["word"]) for row in hostile)


def test_the_hostile_rows_are_safe_for_work(hostile: list[Row]) -> None:
    assert [row["word_id"] for row in hostile if rate(row["definition"]) >= STRONG] == []
