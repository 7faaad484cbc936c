"""What a path leads to, and how one that is not understood is told."""

from xml.etree.ElementTree import fromstring

import pytest

from slangrag.errors import UsageError
from slangrag.sources.xml.paths import read_column_paths, read_inner_path, read_record_path

ENTRY = fromstring("""
<entry xml:id="e1" id="plain" xmlns:o="http://other">
  <form type="lemma"><orth>salty</orth></form>
  <form type="inflected" lang="en"><orth>saltier</orth></form>
  <sense n="1"><def>bitter</def><sense n="1a"><def>very bitter</def></sense></sense>
  <sense n="2"><def>of salt</def></sense>
  <o:note o:by="ann">see below</o:note>
</entry>
""")

FOUND = [
    ("form/orth", ["salty", "saltier"]),
    ("form[@type=lemma]/orth", ["salty"]),
    ("form[@type='inflected'][@lang]/orth", ["saltier"]),
    ('form[@type="no such"]/orth', []),
    ("*/orth", ["salty", "saltier"]),
    ("sense/def", ["bitter", "of salt"]),
    ("//def", ["bitter", "very bitter", "of salt"]),
    ("//sense//def", ["bitter", "very bitter", "of salt"]),
    ("//sense/sense/def", ["very bitter"]),
    ("sense/@n", ["1", "2"]),
    ("//sense/@n", ["1", "1a", "2"]),
    ("@id", ["plain"]),
    ("@xml:id", ["e1"]),
    ("@{http://www.w3.org/XML/1998/namespace}id", ["e1"]),
    ("note", ["see below"]),
    ("{http://other}note", ["see below"]),
    ("{http://another}note", []),
    ("note/@by", ["ann"]),
    ("sense/def/none", []),
    ("@none", []),
]


@pytest.mark.parametrize(("path", "expected"), FOUND, ids=[path for path, _ in FOUND])
def test_a_path_leads_where_it_says_in_the_order_of_the_file(path: str, expected: list[str]) -> None:
    found = read_inner_path(path).values(ENTRY)
    assert [one if isinstance(one, str) else one.text for one in found] == expected


def test_a_dot_is_the_record_itself() -> None:
    assert list(read_inner_path(".").values(ENTRY)) == [ENTRY]


REFUSED = [
    ("sense[1]/def", 6, "brackets"),
    ("sense[@n", 6, "brackets"),
    ("sense/", 7, "missing"),
    ("sense///def", 8, "missing"),
    ("sense/text()", 11, "functions"),
    ("tei:sense", 4, "{uri}name"),
    ("@id/sense", 4, "ends a path"),
    ("//@id", 3, "//*/@name"),
    ("/entry/sense", 1, "leave out the first /"),
    ("sense def", 6, "begins with /"),
    ("ancestor::x", 9, "{uri}name"),
    ("..", 1, "missing"),
    ("sense | form", 6, "begins with /"),
    ("", 1, "nothing"),
]


@pytest.mark.parametrize(("path", "place", "why"), REFUSED, ids=[path for path, _, _ in REFUSED])
def test_what_is_not_understood_is_refused_with_its_place(path: str, place: int, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_inner_path(path)
    assert f"at character {place}:" in refused.value.message
    assert why in refused.value.message
    assert "form[@type=lemma]/orth" in refused.value.hint


@pytest.mark.parametrize("path", ["@id", "dict/@id", "", "."])
def test_a_record_is_an_element(path: str) -> None:
    with pytest.raises(UsageError):
        read_record_path(path)


def test_a_comma_in_a_namespace_or_in_a_value_parts_no_columns() -> None:
    paths = read_column_paths("word={http://a,b}w, definition = d[@lang='en,gb'] ,author=@by")
    assert [path.text for (path,) in paths.values()] == ["{http://a,b}w", "d[@lang='en,gb']", "@by"]
    assert list(paths) == ["word", "definition", "author"]


@pytest.mark.parametrize("text", ["word", "word=", "=orth", "", "word=a,definition", "word=|"])
def test_columns_that_are_no_pairs_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read_column_paths(text)
