"""Encodings, faults with their place, and files that are made to attack whoever reads them."""

from __future__ import annotations

import gzip
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from slangrag.errors import EngineMissing, InputFormat, InputMissing, InputUnreadable, SlangragError
from slangrag.sources.xml import parsing
from slangrag.sources.xml.paths import read_column_paths, read_record_path
from slangrag.sources.xml.records import XmlShape, read_records

Write = Callable[..., Path]
BODY = "<r><e><w>{}</w><d>{}</d></e></r>"


def pairs(path: Path) -> list[tuple[str, str]]:
    shape = XmlShape(read_record_path("/r/e"), read_column_paths("word=w,definition=d"))
    found = read_records(path, shape, lambda _done: None)
    return [(row.fields["word"], row.fields["definition"]) for one in found for row in one.rows]


ENCODINGS = [
    ("utf-8", "utf-8", "café 😂"),
    ("utf-8-sig", "utf-8", "café 😂"),
    ("utf-16", "utf-16", "café 😂"),
    ("iso-8859-1", "ISO-8859-1", "café"),
    ("cp1252", "windows-1252", "café “so”"),
    ("euc-jp", "EUC-JP", "明白な"),
    ("shift_jis", "Shift_JIS", "明白な"),
    ("gb18030", "GB18030", "明白 😂"),
]


@pytest.mark.parametrize(("codec", "declared", "text"), ENCODINGS, ids=[codec for codec, _, _ in ENCODINGS])
def test_the_encoding_that_a_file_declares_is_its_encoding(
    file: Write, codec: str, declared: str, text: str
) -> None:
    """A character may lie across two pieces: the text is longer than one."""
    long = text * 20_000
    xml = f'<?xml version="1.0" encoding="{declared}"?>\n{BODY.format(text, long)}'
    assert pairs(file(xml.encode(codec), "d.xml")) == [(text, long)]


def test_compressed_files_are_read_as_ingest_reads_them(tmp_path: Path) -> None:
    xml = BODY.format("cap", "a lie")
    zipped = tmp_path / "d.zip"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("README", "not this")
        archive.writestr("d.xml", xml)
    squeezed = tmp_path / "d.xml.gz"
    squeezed.write_bytes(gzip.compress(xml.encode()))
    assert pairs(zipped) == pairs(squeezed) == [("cap", "a lie")]
    squeezed.write_bytes(gzip.compress(xml.encode() * 1000)[:-20])
    with pytest.raises(SlangragError):
        pairs(squeezed)


FAULTS: list[tuple[str, str | bytes, str, str]] = [
    ("a tag left open", "<r>\n<e><w>a</w>\n</r>", "line 3, column 3: mismatched tag", "sed -n 3p"),
    ("cut short", "<r>\n<e><w>a", "line 2, column 8: no element found", "sed -n 2p"),
    ("two documents", "<r/>\n<r/>", "line 2, column 1: junk after document element", "sed -n 2p"),
    ("a bare ampersand", "<r>R&B</r>", "line 1, column 7: not well-formed", "sed -n 1p"),
    ("a CSV", "word,definition\na,b\n", "line 1, column 1: syntax error", "sed -n 1p"),
    ("nothing", "", "is empty", "ls -l"),
    ("bytes of another encoding", b"<r>caf\xe9</r>", "line 1, column 7: not well-formed", "sed -n 1p"),
    ("a NUL", b"<r>\0</r>", "line 1, column 4: not well-formed", "sed -n 1p"),
    ("an unknown entity", "<r>&nosuch;</r>", "undefined entity", "sed -n 1p"),
    (
        "an encoding that is none",
        '<?xml version="1.0" encoding="klingon"?><r/>',
        "klingon, which is none that is known",
        "iconv",
    ),
    (
        "a codec that is none of text",
        '<?xml version="1.0" encoding="zip"?><r/>',
        "zip, which is none",
        "iconv",
    ),
    (
        "not in the encoding it names",
        b'<?xml version="1.0" encoding="EUC-JP"?><r>\xff\xff\xff</r>',
        "not in the encoding that it names",
        "head -1",
    ),
]


@pytest.mark.parametrize(("content", "said", "hint"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_what_is_no_xml_is_told_with_its_place(
    file: Write, content: str | bytes, said: str, hint: str
) -> None:
    with pytest.raises(InputFormat) as raised:
        pairs(file(content, "d.xml"))
    assert said in raised.value.message
    assert hint in raised.value.hint


def test_a_csv_is_told_the_way_back(file: Write) -> None:
    with pytest.raises(InputFormat) as raised:
        pairs(file("word,definition\n", "words.csv"))
    assert "--to xml" in raised.value.hint


def test_a_missing_file_is_told_as_convert_would(tmp_path: Path) -> None:
    with pytest.raises(InputMissing) as raised:
        pairs(tmp_path / "none.xml")
    assert raised.value.hint == "slangrag convert FILE.xml"
    with pytest.raises(InputUnreadable, match="is a directory"):
        pairs(tmp_path)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ATTACKS = [
    ("a file", '<!ENTITY x SYSTEM "file:///etc/passwd">', "'x' outside of it (file:///etc/passwd)"),
    ("an address", '<!ENTITY x SYSTEM "http://127.0.0.1:9/x">', "'x' outside of it (http://127.0.0.1:9/x)"),
    ("a parameter of a file", '<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;', "'p' outside of it"),
    ("a thousand million laughs", f'<!ENTITY l0 "lol">{LAUGHS}', "'l1' made of others"),
    ("one long text many times", f'<!ENTITY x "{"a" * 10_000}">', "'x' made of others, or long"),
    ("a picture", '<!NOTATION g SYSTEM "g"><!ENTITY x SYSTEM "x.gif" NDATA g>', "x.gif"),
]


@pytest.mark.parametrize(("declared", "said"), [a[1:] for a in ATTACKS], ids=[a[0] for a in ATTACKS])
def test_entities_that_attack_are_refused_by_name(file: Write, declared: str, said: str) -> None:
    path = file(f"<!DOCTYPE r [{declared}]>{BODY.format('&x;', 'd')}", "d.xml")
    with pytest.raises(InputFormat) as raised:
        pairs(path)
    assert said in raised.value.message


def test_short_entities_of_a_dictionary_and_those_of_a_dtd_that_is_not_fetched_are_read(file: Write) -> None:
    path = file(
        '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd" [<!ENTITY n "noun (common)">]>'
        + BODY.format("caf&eacute;", "&n; &lt;3"),
        "d.xml",
    )
    assert pairs(path) == [("café", "noun (common) <3")]


def test_a_tag_without_an_end_does_not_fill_the_memory(file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "_LARGEST_TOKEN", 500_000)
    for endless in ("<r><e a='", "<r><!-- "):
        with pytest.raises(InputFormat, match="a tag or a comment of over"):
            pairs(file(endless + "x" * 1_000_000, "d.xml"))
    assert pairs(file(BODY.format("a", "x" * 1_000_000), "d.xml"))[0][0] == "a"


def test_without_defusedxml_the_extra_is_named(file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "defusedxml.ElementTree", None)
    with pytest.raises(EngineMissing) as raised:
        pairs(file(BODY, "d.xml"))
    assert raised.value.hint == "pip install 'slangrag[documents]'"
