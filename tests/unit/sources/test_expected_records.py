"""How many rows a file is expected to have while it is read: what a bar, and the time to go, hang on."""

import csv
import gzip
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.sources.records import HEADER

from slangrag.sources.source import open_source

SHORT = "a lie"
LONG = "a long story, told with an accent: \u00e9\u00e8\u00ea\U0001f525 " * 20
BROKEN = "one line\nand another\n\nand a fourth, with \u201cquotes\u201d " * 6
Row = tuple[str, ...]


def kaggle(texts: list[str]) -> Iterator[Row]:
    yield tuple(HEADER.strip().split(","))
    for i, text in enumerate(texts):
        yield (f"{i:07d}", f"word {i}", "12", "3", "someone", text)


def bare(texts: list[str]) -> Iterator[Row]:
    """No id, no votes: nothing tells a row from the second line of a definition."""
    yield ("word", "definition")
    for i, text in enumerate(texts):
        yield (f"word {i}", text)


def other_ids(texts: list[str]) -> Iterator[Row]:
    yield ("word_id", "word", "definition")
    for i, text in enumerate(texts):
        yield (f"x{i}", f"word {i}", text)


SHAPES: list[tuple[str, Callable[[list[str]], Iterator[Row]], list[str]]] = [
    ("short rows, then long ones", kaggle, [SHORT] * 3000 + [LONG] * 3000),
    ("long rows, then short ones", kaggle, [LONG] * 3000 + [SHORT] * 3000),
    ("short rows, then some of many lines", kaggle, [SHORT] * 4500 + [BROKEN] * 1500),
    ("many lines first", kaggle, [BROKEN] * 1500 + [SHORT] * 4500),
    ("a small file", kaggle, [SHORT] * 40 + [LONG] * 40),
    ("a large file", kaggle, [SHORT] * 9000 + [LONG] * 3000),
    ("no ids, short, then long", bare, [SHORT] * 3000 + [LONG] * 3000),
    ("no ids, many lines everywhere", bare, [SHORT, BROKEN] * 2000),
    ("ids of another form", other_ids, [LONG] * 3000 + [SHORT] * 3000),
]


@pytest.mark.parametrize(("rows_of", "texts"), [s[1:] for s in SHAPES], ids=[s[0] for s in SHAPES])
def test_the_expected_number_of_rows_is_right_once_a_tenth_was_read(
    tmp_path: Path, rows_of: Callable[[list[str]], Iterator[Row]], texts: list[str]
) -> None:
    path = tmp_path / "words.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows_of(texts))
    with open_source(path) as source:
        for record in source.records():
            done = record.after.record
            expected = source.expected_records(record.after)
            assert expected is not None
            assert expected >= done, "never below what has been read"
            if done >= len(texts) / 10:
                assert expected == pytest.approx(len(texts), rel=0.1), done
    assert expected == len(texts)


def test_a_run_that_goes_on_expects_what_the_first_one_did(tmp_path: Path) -> None:
    path = tmp_path / "words.csv"
    chance = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(kaggle([SHORT * chance.randint(1, 40) for _ in range(4_000)]))
    with open_source(path) as source:
        after = [record.after for record in source.records()][2_222]
        expected = source.expected_records(after)
    with open_source(path) as again:
        assert again.expected_records(after) == expected == pytest.approx(4_000, rel=0.02)


def test_of_a_compressed_file_no_number_is_made_up(file: Callable[..., Path]) -> None:
    rows = HEADER + "".join(f"{i:07d},word,1,2,aa,text\n" for i in range(500))
    with open_source(file(gzip.compress(rows.encode()), "under a plain name.csv")) as source:
        [*_, last] = source.records()
        assert source.expected_records(last.after) is None
