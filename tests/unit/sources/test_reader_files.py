"""Which files are read, which columns, and what is said of those that cannot be."""

import gzip
import shlex
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.sources.records import HEADER, records_of

from slangrag.errors import InputFormat, InputMissing, InputUnreadable, SlangragError, UsageError
from slangrag.sources.source import open_source

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
        records_of(file(content, name))
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
        records_of(path)


def test_an_archive_with_a_changed_byte_is_told_as_such(file: Callable[..., Path]) -> None:
    raw = bytearray(gzip.compress((HEADER + "0000001,cap,1,2,aa,a lie\n").encode()))
    raw[10] = 0x07  # a kind of block that deflate does not have
    with pytest.raises(InputUnreadable, match="damaged"):
        records_of(file(bytes(raw), "changed.csv.gz"))


def test_the_named_columns_are_read(file: Callable[..., Path]) -> None:
    path = file('Term,Meaning,Likes\ncap,"a lie, or a hat",12\nno cap,truly,\n')
    records = records_of(path, columns={"word": "term", "definition": "Meaning", "up_votes": "Likes"})
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
    [record] = records_of(path)
    assert record.entry
    assert (record.entry.entry_id, record.entry.word) == ("0000007", "cap")
    assert record.entry.definition == 'a lie, or "two"'


def test_entries_without_an_id_get_one_from_what_they_say(file: Callable[..., Path]) -> None:
    path = file("word,definition\ncap,a lie\ncap,a hat\ncap,a lie\n")
    ids = [record.entry.entry_id for record in records_of(path) if record.entry]
    assert ids[0] == ids[2] != ids[1]
    assert ids == [record.entry.entry_id for record in records_of(path) if record.entry]
    other = file("word,definition\nab,c\na,bc\n")
    assert len({record.entry.entry_id for record in records_of(other) if record.entry}) == 2


def test_columns_that_look_like_votes_are_not_passed_over_in_silence(file: Callable[..., Path]) -> None:
    path = file("word,definition,example,likes,thumbs_down\ncap,a lie,that is cap,12,3\n")
    told = "not read: likes, thumbs_down; if they are what they seem to be: --columns "
    with open_source(path) as source:
        (note,) = source.notes
    assert note == f"{told}up_votes=likes,down_votes=thumbs_down"
    columns = dict(pair.split("=") for pair in note.removeprefix(told).split(","))
    with open_source(path, columns=columns) as source:
        [record] = source.records()
        assert source.notes == ()
    assert record.entry
    assert (record.entry.up_votes, record.entry.down_votes) == (12, 3)
