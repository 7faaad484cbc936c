"""Which rows come of a record, and what their texts are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from slangrag.errors import InputFormat, UsageError
from slangrag.sources.xml import records
from slangrag.sources.xml.paths import read_column_paths, read_inner_path, read_record_path
from slangrag.sources.xml.records import XmlRecord, XmlShape, read_records

Write = Callable[..., Path]


def shape(columns: str, record: str = "entry", each: str = "", *, keep_lines: bool = False) -> XmlShape:
    inner = read_inner_path(each) if each else None
    return XmlShape(read_record_path(record), read_column_paths(columns), inner, keep_lines)


def read(path: Path, wanted: XmlShape) -> list[XmlRecord]:
    return list(read_records(path, wanted, lambda _done: None))


def rows(path: Path, wanted: XmlShape) -> list[dict[str, str]]:
    return [dict(row.fields) for record in read(path, wanted) for row in record.rows]


ENTRIES = """<dict>
  <entry id="a"><orth>cap</orth><orth>kap</orth>
    <sense id="a-lie"><def>a lie</def><def>a falsehood</def></sense>
    <sense id="a-hat"><def>a hat</def><sense id="a-peak"><def>its peak</def></sense></sense>
  </entry>
  <entry id="b"><orth>see</orth><xr>cap</xr></entry>
</dict>"""


def test_without_each_a_record_is_one_row_with_its_definitions_on_lines(file: Write) -> None:
    path = file(ENTRIES, "d.xml")
    first, second = read(path, shape("word=orth,definition=sense/def,word_id=@id"))
    assert [dict(row.fields) for row in first.rows] == [
        {"word": "cap", "definition": "a lie\na falsehood\na hat", "word_id": "a"}
    ]
    assert first.rows[0].surplus == ("word",), "kap was passed over, and that is to be told"
    assert second.rows[0].fields["definition"] == ""
    assert (first.line, second.line) == (2, 6)


def test_with_each_every_sense_is_a_row_and_shares_the_record_s_word(file: Write) -> None:
    path = file(ENTRIES, "d.xml")
    found = rows(path, shape("word=orth,definition=sense/def,word_id=sense/@id", each="sense"))
    assert found == [
        {"word": "cap", "definition": "a lie\na falsehood", "word_id": "a-lie"},
        {"word": "cap", "definition": "a hat", "word_id": "a-hat"},
    ]
    deep = rows(path, shape("word=orth,definition=//sense/def,word_id=//sense/@id", each="//sense"))
    assert [row["definition"] for row in deep] == ["a lie\na falsehood", "a hat", "its peak"]


def test_an_id_of_the_record_is_told_apart_by_the_order_of_its_rows(file: Write) -> None:
    """Rows of one id would be one entry to ingest; a row added at the end changes no other id."""
    wanted = shape("word=orth,definition=sense/def,word_id=@id", each="sense")
    path = file(ENTRIES, "d.xml")
    assert [row["word_id"] for row in rows(path, wanted)] == ["a.1", "a.2"]
    one = "<dict><entry id='x'><orth>w</orth><sense><def>d</def></sense></entry></dict>"
    assert [row["word_id"] for row in rows(file(one, "o.xml"), wanted)] == ["x.1"]


def test_the_first_path_that_leads_to_a_text_is_the_word(file: Write) -> None:
    """JMdict: words that are written in kana alone have no `keb`. A bar in brackets is the value's own."""
    path = file(
        "<r><e i='1'><keb>帽子</keb><reb>ぼうし</reb><s><d>hat</d></s></e>"
        "<e i='2'><keb> </keb><reb l='a|b'>ヽ</reb><s i='s'><d>repetition</d></s></e></r>",
        "d.xml",
    )
    wanted = shape("word=keb|reb[@l='a|b']|.,definition=s/d|s,word_id=s/@i|@i", "/r/e", "s")
    assert rows(path, wanted) == [
        {"word": "帽子", "definition": "hat", "word_id": "1.1"},
        {"word": "ヽ", "definition": "repetition", "word_id": "s"},
    ]


def test_a_record_without_anything_at_each_has_no_rows(file: Write) -> None:
    found = read(file(ENTRIES, "d.xml"), shape("word=orth,definition=sense/def", each="sense"))
    assert [len(record.rows) for record in found] == [2, 0]


RECORDS = [
    ("/dict/entry", ["one"]),
    ("dict/entry", ["one"]),
    ("//dict//entry", ["one", "three"]),
    ("entry", ["one", "three"]),
    ("/dict/*", ["one", "three"]),
    ("/entry", []),
    ("group", ["three"]),
    ("entry[@kind=x]", ["three"]),
]


@pytest.mark.parametrize(("record", "words"), RECORDS, ids=[record for record, _ in RECORDS])
def test_records_are_found_from_the_root_or_anywhere(file: Write, record: str, words: list[str]) -> None:
    """A record inside a record is a part of it, and none of its own."""
    path = file(
        "<dict><entry><w>one</w><d>1</d><entry><w>two</w><d>2</d></entry></entry>"
        "<group><entry kind='x'><w>three</w><d>3</d></entry></group></dict>",
        "d.xml",
    )
    assert [row["word"] for row in rows(path, shape("word=//w,definition=//d", record))] == words


TEXTS = [
    ("layout is no line end", "<d>one\n    two  three</d>", "one two three"),
    ("an empty line ends a paragraph", "<d>one\n\n   two</d>", "one\n\ntwo"),
    ("preserved lines stay", "<d xml:space='preserve'>one\n  two</d>", "one\ntwo"),
    ("paragraphs are lines", "<d><p>one</p><p>two</p></d>", "one\ntwo"),
    ("mark-up within a sentence is part of it", "<d>so <hi>very</hi> <b>salty</b>.</d>", "so very salty."),
    ("a break breaks", "<d>one<br/>two<lb/> three</d>", "one\ntwo\nthree"),
    ("nested paragraphs", "<d><q><p>1</p> <p>2 <b>x</b></p></q>\n<p> </p><p>3</p></d>", "1\n2 x\n3"),
    ("CDATA and references", "<d><![CDATA[<b> & ]]>&lt;3 &#128514;</d>", "<b> & <3 😂"),
    ("a carriage return", "<d>one&#13;two</d>", "one two"),
    ("comments say nothing", "<d>one<!-- not this --> two</d>", "one two"),
]  # fmt: skip


@pytest.mark.parametrize(("xml", "text"), [t[1:] for t in TEXTS], ids=[t[0] for t in TEXTS])
def test_what_an_element_says(file: Write, xml: str, text: str) -> None:
    path = file(f"<r><entry><w>a</w>{xml}</entry></r>", "d.xml")
    assert rows(path, shape("word=w,definition=d")) == [{"word": "a", "definition": text}]


def test_line_ends_can_be_those_of_the_text(file: Write) -> None:
    path = file("<r><entry w='a&#13;b'><d>one\n two</d></entry></r>", "d.xml")
    found = rows(path, shape("word=@w,definition=d", keep_lines=True))
    assert found == [{"word": "a\nb", "definition": "one\ntwo"}]


def test_a_record_that_is_the_whole_file_is_refused_before_it_fills_the_memory(
    file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "LARGEST_RECORD", 10_000)
    path = file(f"<dict>\n{'<entry><w>a</w><d>b</d></entry>' * 100}</dict>", "d.xml")
    with pytest.raises(InputFormat, match=r"line 1: what --record /dict finds there is over") as refused:
        read(path, shape("word=//w,definition=//d", "/dict"))
    assert refused.value.hint == f"slangrag convert {path}"
    assert len(read(path, shape("word=w,definition=d"))) == 100


def test_bottomless_nesting_is_refused(file: Write) -> None:
    path = file("<d>" * 100_000, "d.xml")
    for record in ("entry", "/d"):
        with pytest.raises(InputFormat, match="256 elements in each other"):
            read(path, shape("word=w,definition=d", record))


SHAPES = [
    ("word=w,meaning=d", "", "no field meaning"),
    ("definition=d", "", "nothing of word"),
    ("author=@by", "", "nothing of word and definition"),
    ("word=w,definition=d", "@id", "names no element"),
    ("word=w,definition=d", ".", "names no element"),
    ("word=w,definition=sense/d", "//sense", "no column goes through"),
]


@pytest.mark.parametrize(("columns", "each", "said"), SHAPES)
def test_a_shape_that_cannot_give_rows_is_refused(columns: str, each: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        shape(columns, each=each)
