"""XML to CSV and back: what is written is what ingest's own reader reads, without mending anything."""

from __future__ import annotations

import io
import random
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slangrag.errors import InputFormat, StoreError, UsageError
from slangrag.service.conversion_check import check
from slangrag.service.converting import (
    Conversion,
    XmlShape,
    csv_from_xml,
    read_column_paths,
    read_inner_path,
    read_record_path,
    xml_from_csv,
)
from slangrag.sources.entry import Entry
from slangrag.sources.source import open_source

ALL = "word=w,definition=d,word_id=@id,up_votes=@up,down_votes=@down,author=@by"


def quiet(_stage: str, _done: float, _total: float | None) -> None:
    """Tell nobody."""


def shape(columns: str = "word=w,definition=d", record: str = "/r/e", each: str = "") -> XmlShape:
    inner = read_inner_path(each) if each else None
    return XmlShape(read_record_path(record), read_column_paths(columns), inner)


def convert(folder: Path, xml: str, wanted: XmlShape) -> tuple[Conversion, Path]:
    source, out = folder / "in.xml", folder / "out.csv"
    source.write_text(xml, encoding="utf-8")
    return csv_from_xml(source, wanted, out, quiet), out


def ingested(path: Path) -> list[Entry]:
    """What ingest reads; fails where it would reject or note anything."""
    with open_source(path) as source:
        records = list(source.records())
        assert [record.reject for record in records if record.reject] == []
        assert source.notes == ()
    return [record.entry for record in records if record.entry]


HARD = [
    'she said ""hi"", twice',
    '"quoted"',
    "a, b, c",
    "one\ntwo\n\nthree",
    "=1+1",
    "-2",
    "@name",
    "+x",
    "1234567,word,1,2,author,definition",
    'first\n1234567,cap,12,3,ann,"no cap"\nlast',
    "😂👨‍👩‍👧 ¯\\_(ツ)_/¯",
    "a;b\tc",
    '"',
    "ends with a quote\"",
    "café ñ 明白 \u0301",
    "word",
    "<3 &amp; &",
    "\\",
    "'",
]  # fmt: skip


def test_hard_texts_come_to_ingest_as_they_are(tmp_path: Path) -> None:
    """A definition that looks like rows of the data set is where a reader that mends goes wrong."""
    entries = [(f"w{n}", text) for n, text in enumerate(HARD)] + [(text.split("\n")[0], "d") for text in HARD]
    xml = "".join(
        f'<e id="{n}"><w>{escape(word)}</w><d xml:space="preserve">{escape(text)}</d></e>'
        for n, (word, text) in enumerate(entries)
    )
    made, out = convert(tmp_path, f"<r>{xml}</r>", shape("word=w,definition=d,word_id=@id"))
    found = ingested(out)
    assert made.rows == len(entries) == len(found)
    for entry, (word, text) in zip(found, entries, strict=True):
        assert entry.definition == text.replace("\t", " ").replace("&amp;", "&").strip()
        assert entry.word == word.replace("\t", " ").replace("&amp;", "&").strip()
    checked = check(tmp_path / "in.xml", shape("word=w,definition=d,word_id=@id"), out, quiet)
    assert checked.ok, checked


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from('",\n\t\r=;<&1\xa0'),
    max_size=40,
)


@settings(deadline=None, max_examples=80)
@given(rows=st.lists(st.tuples(TEXT, TEXT, TEXT, st.integers(0, 99)), min_size=1, max_size=6))
def test_any_text_survives_the_way_there_and_back(
    rows: list[tuple[str, str, str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any")
    cells = "".join(
        f'<e by={quoteattr(plain(by))} up="{up}"><w>{escape(plain(word))}</w>'
        f'<d xml:space="preserve">{escape(plain(text))}</d></e>'
        for word, text, by, up in [("word", "def", "", 0), *rows]
    )
    wanted = shape(ALL)
    made, out = convert(folder, f"<r>{cells}</r>", wanted)
    assert made.records == made.rows + sum(one.count for one in made.skipped) == len(rows) + 1
    assert len(ingested(out)) == made.rows
    assert check(folder / "in.xml", wanted, out, quiet).ok


def plain(text: str) -> str:
    """Without the two characters that XML cannot hold, and what stands for Excel's damage."""
    return text.replace("\ufffe", "").replace("\uffff", "").replace("#NAME?", "")


def test_converting_again_gives_the_same_file_and_so_the_same_ids(tmp_path: Path) -> None:
    """Ids that a file does not have are made of word and definition: a second ingest finds nothing new."""
    xml = "<r><e><w>cap</w><d>a lie</d></e><e><w>bet</w><d>yes</d></e></r>"
    _, out = convert(tmp_path, xml, shape())
    before, first = out.read_bytes(), [entry.entry_id for entry in ingested(out)]
    out.unlink()
    turned = "<r><e><w>bet</w><d>yes</d></e><x/><e><d>a lie</d><w>cap</w></e></r>"
    convert(tmp_path, xml, shape())
    assert out.read_bytes() == before
    out.unlink()
    convert(tmp_path, turned, shape())
    assert {entry.entry_id for entry in ingested(out)} == set(first)


def test_what_gave_no_row_is_counted_with_its_lines(tmp_path: Path) -> None:
    entries = [
        "<w>ok</w><s><d>yes</d></s>",
        "<w> </w><s><d>no word</d></s>",
        "<w>&#8203;</w><s><d>an invisible word</d></s>",
        "<w>no definition</w><s><d/></s>",
        "<w>only a reference</w><x/>",
        f"<w>{'x' * 501}</w><s><d>too long a word</d></s>",
        f"<w>long</w><s><d>{'x' * 131_072}</d></s>",
        f"<w>too long</w><s><d>{'x' * 131_073}</d></s>",
        *["<w>none</w><s><d/></s>"] * 10,
    ]
    xml = "\n".join(["<r>", *(f"<e>{one}</e>" for one in entries), "</r>"])
    made, out = convert(tmp_path, xml, shape("word=w,definition=s/d", each="s"))
    assert [(one.reason, one.count, one.lines) for one in made.skipped] == [
        ("empty-definition", 11, (5, 10, 11, 12, 13)),
        ("empty-word", 2, (3, 4)),
        ("nothing-at-each", 1, (6,)),
        ("overlong-word", 1, (7,)),
        ("overlong-definition", 1, (9,)),
    ]
    assert (made.records, made.rows) == (18, 2)
    assert [entry.word for entry in ingested(out)] == ["ok", "long"]


def test_a_file_that_breaks_off_leaves_nothing_under_the_name(tmp_path: Path) -> None:
    xml = "<r>" + "<e><w>a</w><d>b</d></e>" * 20_000 + "<e><w>"
    with pytest.raises(InputFormat, match="not well-formed"):
        convert(tmp_path, xml, shape())
    assert [path.name for path in tmp_path.iterdir()] == ["in.xml"]


def test_a_stream_has_what_came_before(tmp_path: Path) -> None:
    source = tmp_path / "in.xml"
    source.write_text("<r><e><w>a</w><d>b</d></e><e>")
    written = io.BytesIO()
    with pytest.raises(InputFormat):
        csv_from_xml(source, shape(), written, quiet)
    assert written.getvalue() == b"word,definition\na,b\n"
    source.write_text("<r><e><w>a</w><d>b</d></e></r>")
    made = csv_from_xml(source, shape(), written, quiet)
    assert made.out is None
    assert written.getvalue().endswith(b"a,b\n")


@pytest.mark.parametrize(
    ("record", "columns", "said"),
    [
        ("/r/none", "word=w,definition=d", "has nothing at --record /r/none"),
        ("/r/e", "word=none,definition=d", "none of 1 records of .* gave a row: 1 empty-word"),
    ],
)
def test_paths_that_lead_nowhere_are_an_error_and_no_empty_csv(
    tmp_path: Path, record: str, columns: str, said: str
) -> None:
    with pytest.raises(InputFormat, match=said) as refused:
        convert(tmp_path, "<r><e><w>a</w><d>b</d></e></r>", shape(columns, record))
    assert refused.value.hint == f"slangrag convert {tmp_path / 'in.xml'}"
    assert not (tmp_path / "out.csv").exists()


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("mine")
    with pytest.raises(UsageError, match="there is something at"):
        convert(tmp_path, "<r><e><w>a</w><d>b</d></e></r>", shape())
    assert (tmp_path / "out.csv").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    source = tmp_path / "in.xml"
    source.write_text("<r><e><w>a</w><d>b</d></e></r>")
    with pytest.raises(StoreError, match="cannot be written"):
        csv_from_xml(source, shape(), source / "below" / "out.csv", quiet)


def test_a_csv_goes_to_xml_as_ingest_reads_it_and_back(tmp_path: Path) -> None:
    random.seed(3)
    rows = [
        f'{n:07},"w{n}",{n},{n % 3},ann,"line one ""quoted"", & <b>bold</b>;;line {n} 😂 \x07"'
        for n in range(50)
    ]
    table = tmp_path / "words.csv"
    header = "word_id,word,up_votes,down_votes,author,definition"
    table.write_text("\n".join([header, *rows, "0000099,,1,2,x,no word"]) + "\n")
    made = xml_from_csv(table, tmp_path / "words.xml", quiet)
    assert (made.records, made.rows, made.replaced) == (51, 50, 0)
    assert [(one.reason, one.lines) for one in made.skipped] == [("empty-word", (52,))]
    again = shape(",".join(f"{name}={name}" for name in header.split(",")), "/entries/entry")
    csv_from_xml(tmp_path / "words.xml", again, tmp_path / "again.csv", quiet)
    with open_source(table) as source:
        before = [record.entry for record in source.records() if record.entry]
    assert ingested(tmp_path / "again.csv") == before


def test_other_columns_of_a_csv_are_named_as_for_ingest_and_the_element_as_one_likes(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("term,meaning\ncap,a \ufffe lie\n")
    columns = {"word": "term", "definition": "meaning"}
    made = xml_from_csv(tmp_path / "t.csv", tmp_path / "t.xml", quiet, record="item", columns=columns)
    assert made.replaced == 1
    assert "<item>\n    <word_id>c" in (tmp_path / "t.xml").read_text()
    with pytest.raises(UsageError, match="no name of an element"):
        xml_from_csv(tmp_path / "t.csv", tmp_path / "u.xml", quiet, record="a b", columns=columns)
    assert not (tmp_path / "u.xml").exists()


def test_the_check_names_what_ingest_would_reject_and_what_was_changed(tmp_path: Path) -> None:
    xml = """<r>
    <e up="1"><w>fine</w><d>yes</d></e>
    <e up="many"><w>votes</w><d>that are no number</d></e>
    <e up="2"><w>changed</w><d>before</d></e>
    </r>"""
    wanted = shape("word=w,definition=d,up_votes=@up")
    _, out = convert(tmp_path, xml, wanted)
    checked = check(tmp_path / "in.xml", wanted, out, quiet)
    assert (checked.compared, checked.same, checked.ok) == (3, 2, False)
    assert [(one.reason, one.count, one.lines) for one in checked.refused] == [("unreadable-votes", 1, (3,))]
    out.write_text(out.read_text().replace("before", "after") + "one,more,3\n")
    checked = check(tmp_path / "in.xml", wanted, out, quiet)
    assert (checked.compared, checked.same) == (4, 1)
    assert (checked.different.count, checked.different.lines) == (2, (4, 0))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
