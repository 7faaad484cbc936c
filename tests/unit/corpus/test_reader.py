"""The reader: every record of a file ends as an entry or under the name of its fault, and none is lost."""

import csv
import gzip
import json
import shlex
import tracemalloc
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slangrag.corpus import reader
from slangrag.corpus.reader import Position, Record, open_source
from slangrag.errors import InputFormat, InputMissing, InputUnreadable, SlangragError, UsageError

DATA = Path(__file__).parents[2] / "data" / "corpus"
DIRTY = DATA / "dirty.csv"
EXPECTED = [
    json.loads(line) for line in (DATA / "dirty.expected.jsonl").read_text(encoding="utf-8").splitlines()
]
HEADER = "word_id,word,up_votes,down_votes,author,definition\n"


def read(path: Path, start: Position | None = None, **options: Any) -> list[Record]:
    with open_source(path, **options) as source:
        return list(source.records(start))


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of this content and says where."""

    def write(content: str | bytes, name: str = "words.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.mark.parametrize(("number", "expected"), list(enumerate(EXPECTED)), ids=[e["what"] for e in EXPECTED])
def test_a_dirty_record_ends_where_it_should(number: int, expected: dict[str, Any]) -> None:
    records = read(DIRTY)
    assert len(records) == len(EXPECTED)
    record = records[number]
    assert (record.reject.reason if record.reject else None) == expected["reason"]
    if record.entry is not None:
        assert {name: getattr(record.entry, name) for name in expected["entry"]} == expected["entry"]


def test_reading_can_go_on_after_any_record() -> None:
    records = read(DIRTY)
    for number, record in enumerate(records, 1):
        assert record.after.record == number
        assert read(DIRTY, record.after) == records[number:]


def test_the_place_of_a_record_is_that_in_the_file() -> None:
    lines = DIRTY.read_bytes().splitlines(keepends=True)
    for record in read(DIRTY):
        assert record.after.offset == sum(map(len, lines[: record.after.line - 1]))
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
    plain = read(DIRTY)
    assert read(packed) == plain
    assert read(packed, plain[10].after) == plain[11:]


def test_damaged_lines_are_counted_and_said() -> None:
    with open_source(DIRTY) as source:
        list(source.records())
        assert any("3 lines were not valid UTF-8" in note for note in source.notes)


def test_letters_of_old_windows_files_are_read_as_they_were_written(file: Callable[..., Path]) -> None:
    [record] = read(file(HEADER.encode() + b"0000001,\x8aimon,1,2,aa,c\x9cur\n"))
    assert record.entry
    assert (record.entry.word, record.entry.definition) == ("\u0160imon", "c\u0153ur")


def test_an_unclosed_quote_costs_no_row_but_its_own(file: Callable[..., Path]) -> None:
    rows = "".join(f'{i:07d},word{i},1,2,aa,"definition {i}"\n' for i in range(2000))
    unquoted = "".join(f"{i:07d},word{i},1,2,aa,definition {i}\n" for i in range(2000, 4000))
    path = file(
        HEADER + '0009999,open,1,2,aa,"never closed\n' + unquoted + '0009998,open2,1,2,aa,"nor this\n' + rows
    )
    records = read(path)
    assert len(records) == 4002
    assert all(record.entry for record in records)
    assert records[1].entry
    assert records[1].entry.definition == "definition 2000"


def test_a_record_without_end_is_rejected_and_bounded(file: Callable[..., Path]) -> None:
    path = file(HEADER + '0000001,a,1,2,aa,"' + "x" * 300_000 + '"\n0000002,b,1,2,aa,"fine"\n')
    long, fine = read(path)
    assert long.reject
    assert long.reject.reason == "overlong-row"
    assert len(long.reject.text) <= 500
    assert fine.entry


def test_a_quote_that_never_closes_takes_a_bounded_stretch(file: Callable[..., Path]) -> None:
    path = file(HEADER + '0000001,a,1,2,aa,"so "it" begins\n' + "and goes on\n" * 60_000)
    first, *others = read(path)
    assert first.reject
    assert first.reject.reason == "overlong-row"
    assert first.after.offset < 250_000
    assert {record.reject.reason for record in others if record.reject} == {"truncated-row"}


def test_the_longest_definitions_of_the_data_set_are_kept_whole(file: Callable[..., Path]) -> None:
    [record] = read(file(HEADER + '0000001,a,1,2,aa,"' + "x" * 32_396 + '"\n'))
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


HEADERS: list[tuple[str, str, str | bytes, type[SlangragError], str, str]] = [
    ("other columns", "w.csv", "word,meaning\na,b\n", InputFormat, "word, meaning", "definition=meaning"),
    ("other names", "w.csv", "Slang,Gloss\na,b\n", InputFormat, "Slang", "word=Slang,definition=Gloss"),
    ("no word at all", "w.csv", "x,y\na,b\n", InputFormat, "x, y", "word=COLUMN,definition=COLUMN"),
    ("no header", "w.csv", '0000007,janky,1,2,aa,"x"\n', InputFormat, "no header", "word_id,word"),
    ("an empty file", "w.csv", "", InputFormat, "is empty", "--sample"),
    ("semicolons", "w.csv", "word;definition\na;b\n", InputFormat, "semicolons", "commas"),
    ("lines of an old Macintosh", "w.csv", "word,definition\ra,b\r", InputFormat, "carriage", "tr "),
    ("an endless header", "w.csv", "a," + "x" * 200_000 + "\n", InputFormat, "no header", "head -1"),
    ("a web page", "w.csv", "<!DOCTYPE html>\n<html>", InputFormat, "web page", "download"),
    ("UTF-16", "w.csv", "word,definition\n".encode("utf-16"), InputFormat, "UTF-16", "iconv"),
    ("a picture", "w.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n", InputFormat, "PNG", "COLUMN"),
    ("a program", "w.csv", b"\x7fELF\2\1\1\0\0\0\n", InputFormat, "not a text file", "FILE.csv"),
    ("a gzip cut short", "w.gz", gzip.compress(b"x" * 999)[:20], InputUnreadable, "incomplete", "again"),
    ("a zip that is none", "w.zip", b"PK\x03\x04rubbish", InputUnreadable, "damaged", "again"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "error", "message", "hint"), [h[1:] for h in HEADERS], ids=[h[0] for h in HEADERS]
)
def test_a_file_that_cannot_be_read_is_named_with_what_to_type(
    file: Callable[..., Path],
    name: str,
    content: str | bytes,
    error: type[SlangragError],
    message: str,
    hint: str,
) -> None:
    with pytest.raises(error) as raised:
        read(file(content, name))
    assert message in raised.value.message
    assert hint in raised.value.hint
    assert "\n" not in raised.value.message


def test_a_missing_file_and_a_directory_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        open_source(tmp_path / "none.csv")
    with pytest.raises(InputUnreadable, match="is a directory"):
        open_source(tmp_path)


def test_a_zip_that_is_locked_is_not_taken_for_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "locked.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("words.csv", HEADER)
    raw = bytearray(path.read_bytes())
    raw[6] |= 1  # the mark for encryption, in the member's own head and in the directory
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    with pytest.raises(InputUnreadable, match="locked with a password") as locked:
        open_source(path)
    assert locked.value.hint == f"unzip {path}"


def test_a_zip_of_two_tables_asks_which(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", HEADER)
        archive.writestr("b.csv", HEADER)
    with pytest.raises(InputFormat, match=r"a\.csv, b\.csv"):
        open_source(path)


def test_an_archive_damaged_half_way_stops_with_one_line(file: Callable[..., Path]) -> None:
    rows = "".join(
        f'{i:07d},word{i},{i * 7919 % 1000},2,aa,"definition {i * 104729}"\n' for i in range(50_000)
    )
    path = file(gzip.compress((HEADER + rows).encode())[:-60_000], "cut.csv.gz")
    with pytest.raises(InputUnreadable, match="incomplete"):
        read(path)


def test_an_archive_with_a_changed_byte_is_told_as_such(file: Callable[..., Path]) -> None:
    raw = bytearray(gzip.compress((HEADER + "0000001,cap,1,2,aa,a lie\n").encode()))
    raw[10] = 0x07  # a kind of block that deflate does not have
    with pytest.raises(InputUnreadable, match="damaged"):
        read(file(bytes(raw), "changed.csv.gz"))


def test_the_named_columns_are_read(file: Callable[..., Path]) -> None:
    path = file('Term,Meaning,Likes\ncap,"a lie, or a hat",12\nno cap,truly,\n')
    records = read(path, columns={"word": "term", "definition": "Meaning", "up_votes": "Likes"})
    entries = [record.entry for record in records]
    assert [(e.word, e.definition, e.up_votes, e.down_votes) for e in entries if e] == [
        ("cap", "a lie, or a hat", 12, None),
        ("no cap", "truly", None, None),
    ]


def test_a_column_that_is_not_there_is_named(file: Callable[..., Path]) -> None:
    with pytest.raises(InputFormat, match="no column 'gloss'"):
        open_source(file("word,meaning\n"), columns={"definition": "gloss"})
    with pytest.raises(UsageError, match="no field sense"):
        open_source(file("word,meaning\n"), columns={"sense": "meaning"})


def test_the_command_that_is_proposed_can_be_pasted_as_it_stands(file: Callable[..., Path]) -> None:
    path = file("Term,Meaning\n", "my words (1).csv")
    with pytest.raises(InputFormat) as refused:
        open_source(path)
    assert shlex.split(refused.value.hint)[2:] == [str(path), "--columns", "word=Term,definition=Meaning"]


def test_columns_may_stand_in_any_order_and_beside_others(file: Callable[..., Path]) -> None:
    path = file('\ufeff"Definition",Word,index,word_id\n"a lie, or ""two""",cap,0,0000007\n')
    [record] = read(path)
    assert record.entry
    assert (record.entry.entry_id, record.entry.word) == ("0000007", "cap")
    assert record.entry.definition == 'a lie, or "two"'


def test_entries_without_an_id_get_one_from_what_they_say(file: Callable[..., Path]) -> None:
    path = file("word,definition\ncap,a lie\ncap,a hat\ncap,a lie\n")
    ids = [record.entry.entry_id for record in read(path) if record.entry]
    assert ids[0] == ids[2] != ids[1]
    assert ids == [record.entry.entry_id for record in read(path) if record.entry]
    other = file("word,definition\nab,c\na,bc\n")
    assert len({record.entry.entry_id for record in read(other) if record.entry}) == 2


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
    records = read(file("\n".join([header, *rows]) + "\n"))
    words = [record.entry.word for record in records if record.entry]
    assert words == ["cap", "rizz", *[f"word{i}" for i in range(99)]]


@pytest.mark.parametrize(
    "rows", ["word,definition\nfoo, bar,baz\n", "word,definition,up_votes\nfoo, bar,baz,5\n"]
)
def test_a_shift_that_nothing_decides_is_not_guessed(file: Callable[..., Path], rows: str) -> None:
    [record] = read(file(rows))
    assert record.reject
    assert record.reject.reason == "shifted-row"


def test_a_number_that_ends_a_word_is_not_taken_for_its_votes(file: Callable[..., Path]) -> None:
    [record] = read(file(HEADER + "0000001,Catch,22,5,6,aa,a trap, either way\n"))
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
    place = read(path)[already_read - 1].after
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
    [record] = read(file(HEADER + "0000001,damn,1,1,aa,a mild oath\n"))
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
    [record] = read(file(HEADER + row + "\n"))
    assert (record.reject.reason if record.reject else None) == reason


def test_unknown_votes_are_not_zero_votes(file: Callable[..., Path]) -> None:
    [unknown, zero] = read(file(HEADER + "0000001,a,,,aa,x\n0000002,b,0,0,aa,x\n"))
    assert unknown.entry
    assert zero.entry
    assert (unknown.entry.up_votes, unknown.entry.down_votes) == (None, None)
    assert (zero.entry.up_votes, zero.entry.down_votes) == (0, 0)


# No markup, nothing that cleaning takes out (Hangul fillers are letters without ink).
SAFE = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=["C", "Z", "M"],
        exclude_characters='&<;"#\u115f\u1160\u3164\uffa0',
    ),
    min_size=1,
)


@given(st.lists(st.tuples(SAFE, SAFE), max_size=8))
def test_what_a_csv_writer_wrote_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    table = StringIO()
    csv.writer(table).writerows(
        [HEADER.strip().split(","), *([f"{i:07d}", w, 1, 2, "a", d] for i, (w, d) in enumerate(rows))]
    )
    path = tmp_path_factory.mktemp("written") / "words.csv"
    path.write_bytes(table.getvalue().encode())
    assert [(r.entry.word, r.entry.definition) for r in read(path) if r.entry] == rows


@given(
    st.lists(
        st.sampled_from(
            [
                b"0000001,",
                b"0000002,a,1,2,x,",
                b'"',
                b'""',
                b",",
                b"\n",
                b"\r\n",
                b"\r",
                b"word",
                b"1",
                b"\xff",
                b"\0",
                b";;",
            ]
        ),
        max_size=40,
    )
)
def test_no_bytes_stop_the_run_and_every_byte_belongs_to_one_record(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("any") / "words.csv"
    path.write_bytes(HEADER.encode() + b"".join(pieces))
    records = read(path)
    assert all((record.entry is None) != (record.reject is None) for record in records)
    if records:
        assert records[-1].after.offset == path.stat().st_size
        assert [record.after.record for record in records] == list(range(1, len(records) + 1))
        middle = len(records) // 2
        assert read(path, records[middle].after) == records[middle + 1 :]
