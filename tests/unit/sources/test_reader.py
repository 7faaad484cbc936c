"""The reader: every record of a file ends as an entry or under the name of its fault, and none is lost."""

import gzip
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.unit.sources.records import HEADER, records_of

from slangrag.sources.csv import reader
from slangrag.sources.source import open_source

DATA = Path(__file__).parents[2] / "data" / "corpus"
DIRTY = DATA / "dirty.csv"
EXPECTED = [
    json.loads(line) for line in (DATA / "dirty.expected.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(("number", "expected"), list(enumerate(EXPECTED)), ids=[e["what"] for e in EXPECTED])
def test_a_dirty_record_ends_where_it_should(number: int, expected: dict[str, Any]) -> None:
    records = records_of(DIRTY)
    assert len(records) == len(EXPECTED)
    record = records[number]
    assert (record.reject.reason if record.reject else None) == expected["reason"]
    if record.entry is not None:
        assert {name: getattr(record.entry, name) for name in expected["entry"]} == expected["entry"]


def test_reading_can_go_on_after_any_record() -> None:
    records = records_of(DIRTY)
    for number, record in enumerate(records, 1):
        assert record.after.record == number
        assert records_of(DIRTY, record.after) == records[number:]


def test_the_place_of_a_record_is_that_in_the_file() -> None:
    lines = DIRTY.read_bytes().splitlines(keepends=True)
    for record in records_of(DIRTY):
        line, offset = record.after.place
        assert offset == sum(map(len, lines[: line - 1]))
        if record.reject:
            assert record.reject.line == record.line


@pytest.mark.parametrize("kind", ["gz", "zip", "gz under a plain name"])
def test_a_compressed_file_reads_as_the_plain_one(tmp_path: Path, kind: str) -> None:
    packed = tmp_path / ("words.csv.gz" if kind == "gz" else "words.zip" if kind == "zip" else "words.csv")
    if kind == "zip":
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("urban/words.csv", DIRTY.read_bytes())
            archive.writestr("__MACOSX/words.csv", b"litter")
            archive.writestr("readme.txt", b"about")
    else:
        packed.write_bytes(gzip.compress(DIRTY.read_bytes()))
    plain = records_of(DIRTY)
    assert records_of(packed) == plain
    assert records_of(packed, plain[10].after) == plain[11:]


def test_damaged_lines_are_counted_and_said() -> None:
    with open_source(DIRTY) as source:
        list(source.records())
        assert any("3 lines were not valid UTF-8" in note for note in source.notes)


def test_letters_of_old_windows_files_are_read_as_they_were_written(file: Callable[..., Path]) -> None:
    [record] = records_of(file(HEADER.encode() + b"0000001,\x8aimon,1,2,aa,c\x9cur\n"))
    assert record.entry
    assert (record.entry.word, record.entry.definition) == ("\u0160imon", "c\u0153ur")


def test_an_unclosed_quote_costs_no_row_but_its_own(file: Callable[..., Path]) -> None:
    rows = "".join(f'{i:07d},word{i},1,2,aa,"definition {i}"\n' for i in range(2000))
    unquoted = "".join(f"{i:07d},word{i},1,2,aa,definition {i}\n" for i in range(2000, 4000))
    path = file(
        HEADER + '0009999,open,1,2,aa,"never closed\n' + unquoted + '0009998,open2,1,2,aa,"nor this\n' + rows
    )
    records = records_of(path)
    assert len(records) == 4002
    assert all(record.entry for record in records)
    assert records[1].entry
    assert records[1].entry.definition == "definition 2000"


def test_a_record_without_end_is_rejected_and_bounded(file: Callable[..., Path]) -> None:
    path = file(HEADER + '0000001,a,1,2,aa,"' + "x" * 300_000 + '"\n0000002,b,1,2,aa,"fine"\n')
    long, fine = records_of(path)
    assert long.reject
    assert long.reject.reason == "overlong-row"
    assert len(long.reject.text) <= 500
    assert fine.entry


def test_a_quote_that_never_closes_takes_a_bounded_stretch(file: Callable[..., Path]) -> None:
    path = file(HEADER + '0000001,a,1,2,aa,"so "it" begins\n' + "and goes on\n" * 60_000)
    first, *others = records_of(path)
    assert first.reject
    assert first.reject.reason == "overlong-row"
    assert first.after.place[1] < 250_000
    assert {record.reject.reason for record in others if record.reject} == {"truncated-row"}


def test_the_longest_definitions_of_the_data_set_are_kept_whole(file: Callable[..., Path]) -> None:
    [record] = records_of(file(HEADER + '0000001,a,1,2,aa,"' + "x" * 32_396 + '"\n'))
    assert record.entry
    assert len(record.entry.definition) == 32_396


def test_memory_does_not_grow_with_the_file(file: Callable[..., Path]) -> None:
    def peak(rows: int) -> int:
        path = file(HEADER + f'0000001,word,1,2,aa,"{"definition " * 20}"\n' * rows, f"{rows}.csv")
        tracemalloc.start()
        with open_source(path) as source:
            for _ in source.records():
                pass
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(100)
    assert peak(20_000) < peak(2_000) + 500_000


def test_two_passes_over_one_source_are_the_same() -> None:
    with open_source(DIRTY) as source:
        first = list(source.records())
        partly = source.records()
        next(partly)
        assert list(source.records()) == first


def test_the_fingerprint_follows_the_content_and_not_the_place(file: Callable[..., Path]) -> None:
    one, same, other = file(HEADER, "a.csv"), file(HEADER, "b.csv"), file(HEADER + "\n", "c.csv")
    prints = [open_source(path).fingerprint for path in (one, same, other)]
    assert prints[0].sha256 == prints[1].sha256 != prints[2].sha256
    assert (prints[0].name, prints[0].size) == ("a.csv", len(HEADER))


@pytest.mark.parametrize("header", ["word,definition", "word_id,word,definition"])
def test_a_broken_quote_costs_one_row_where_nothing_tells_where_rows_begin(
    file: Callable[..., Path], header: str
) -> None:
    lead = "x7f," if "word_id" in header else ""
    rows = [
        lead + 'cap,"a "lie", or a hat"',
        lead + 'rizz,"charm',
        *[f"{lead}word{i},some text" for i in range(99)],
    ]
    records = records_of(file("\n".join([header, *rows]) + "\n"))
    words = [record.entry.word for record in records if record.entry]
    assert words == ["cap", "rizz", *[f"word{i}" for i in range(99)]]


@pytest.mark.parametrize(
    "rows", ["word,definition\nfoo, bar,baz\n", "word,definition,up_votes\nfoo, bar,baz,5\n"]
)
def test_a_shift_that_nothing_decides_is_not_guessed(file: Callable[..., Path], rows: str) -> None:
    [record] = records_of(file(rows))
    assert record.reject
    assert record.reject.reason == "shifted-row"


def test_a_number_that_ends_a_word_is_not_taken_for_its_votes(file: Callable[..., Path]) -> None:
    [record] = records_of(file(HEADER + "0000001,Catch,22,5,6,aa,a trap, either way\n"))
    assert record.entry
    assert (record.entry.word, record.entry.up_votes, record.entry.down_votes) == ("Catch,22", 5, 6)
    assert record.entry.definition == "a trap, either way"


@pytest.mark.parametrize("rows_that_excel_keeps", [10, 11])  # the header may be one of them
def test_a_copy_cut_by_excel_is_named(
    file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, rows_that_excel_keeps: int
) -> None:
    monkeypatch.setattr(reader, "EXCEL_ROWS", rows_that_excel_keeps)
    path = file(HEADER + "".join(f"{i:07d},word{i},1,2,{i + 1}-Dec-56,text\n" for i in range(10)))
    with open_source(path) as source:
        entries = [record.entry for record in source.records()]
        notes = " ".join(source.notes)
    assert all(entries)
    assert "where Excel stops" in notes
    assert "10 cells look damaged by Excel" in notes


@pytest.mark.parametrize(("already_read", "left"), [(7, 3), (10, 0)])
def test_a_copy_cut_by_excel_is_named_also_by_a_run_that_goes_on(
    file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, already_read: int, left: int
) -> None:
    monkeypatch.setattr(reader, "EXCEL_ROWS", 10)
    path = file(HEADER + "".join(f"{i:07d},word{i},1,2,aa,text\n" for i in range(10)))
    place = records_of(path)[already_read - 1].after
    with open_source(path) as source:
        assert len(list(source.records(place))) == left
        assert any("where Excel stops" in note for note in source.notes)


def test_an_author_who_is_called_like_a_date_is_no_damage(file: Callable[..., Path]) -> None:
    with open_source(file(HEADER + "0000001,cap,1,2,4-Jul,a lie\n")) as source:
        [record] = source.records()
        assert record.entry
        assert record.entry.author == "4-Jul"
        assert source.notes == ()


def test_an_entry_is_as_rude_as_its_word(file: Callable[..., Path]) -> None:
    [record] = records_of(file(HEADER + "0000001,damn,1,1,aa,a mild oath\n"))
    assert record.entry
    assert record.entry.rating == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("0000001,a,99999999999999999999,1,aa,x", "unreadable-votes"),
        ("0000001,a,1," + "9" * 5000 + ",aa,x", "unreadable-votes"),
        ("0000001,a,96.5,1,aa,x", "unreadable-votes"),
        ("0000001," + "a" * 501 + ",1,1,aa,x", "overlong-word"),
        ("0000001," + "a" * 500 + ",1,1,aa,x", None),
        ("0000001,a,2147483647,1,aa,x", None),
    ],
)
def test_what_no_store_could_hold_is_rejected(
    file: Callable[..., Path], row: str, reason: str | None
) -> None:
    [record] = records_of(file(HEADER + row + "\n"))
    assert (record.reject.reason if record.reject else None) == reason


def test_unknown_votes_are_not_zero_votes(file: Callable[..., Path]) -> None:
    [unknown, zero] = records_of(file(HEADER + "0000001,a,,,aa,x\n0000002,b,0,0,aa,x\n"))
    assert unknown.entry
    assert zero.entry
    assert (unknown.entry.up_votes, unknown.entry.down_votes) == (None, None)
    assert (zero.entry.up_votes, zero.entry.down_votes) == (0, 0)
