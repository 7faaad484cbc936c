from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.documents.making import docx, epub
from tests.unit.sources.documents.conftest import Read

from slangrag.sources.documents.formats.building import clean, iso_date, row
from slangrag.sources.documents.types import ParsedDocument

ARTICLE = """<!doctype html><html><head><meta charset="utf-8"><title>Slang today | My Site</title>
<meta property="og:title" content="Slang today">
<meta property="article:published_time" content="2024-03-01T10:00:00Z">
</head><body><nav><a href="/">Home</a> <a href="/about">About us</a></nav>
<div class="cookie-banner">We use cookies. <button>Accept all</button></div>
<article><h1>Slang today</h1>
<p>Rizz is <b>charm</b> that one <a href="/has">has</a> when people listen to one at all.</p>
<div class="box ad"><p>Learn to listen with our app, free for fourteen days and more.</p></div>
<h2>Glossary</h2><dl><dt>cap</dt><dd>a lie that is told</dd><dt>bet:</dt><dd>yes, agreed</dd></dl>
<ul><li>first thing</li><li>second<ul><li>nested</li></ul></li></ul>
<table><tr><th>Word</th><th>Meaning</th></tr><tr><td>mid</td><td>not good</td></tr></table>
<pre><code>if rizz:
    win()</code></pre><p>One line<br>and another.</p></article>
<aside class="ad">Buy this now!</aside><footer>Copyright 2024</footer></body></html>"""


def headings(document: ParsedDocument) -> list[tuple[int, str]]:
    return [(one.level, document.text[one.start : one.end]) for one in document.headings]


def test_a_web_page_is_its_main_content(read: Read) -> None:
    document = read(ARTICLE, "a.html")
    assert (document.title, document.date) == ("Slang today", "2024-03-01")
    assert headings(document) == [(1, "Slang today"), (2, "Glossary")]
    assert document.text.split("\n\n") == [
        "Slang today",
        "Rizz is charm that one has when people listen to one at all.",
        "Glossary",
        "cap: a lie that is told\nbet: yes, agreed",
        "- first thing\n- second\n- nested",
        "Word: Meaning\nmid: not good",
        "if rizz:\n    win()",
        "One line\nand another.",
    ]


def test_a_page_without_main_content_is_read_whole(read: Read) -> None:
    assert "rizz" in read("<!doctype html><body><form><label>rizz</label></form></body>", "a.html").text


@pytest.mark.parametrize(
    ("raw", "media_type", "text", "note"),
    [
        ("café “x”".encode(), "", "café “x”", ""),
        ("café “x”".encode("cp1252"), "", "café “x”", "read as Windows-1252"),
        ("café “x”".encode("utf-16"), "", "café “x”", ""),
        ("café “x”".encode("utf-8-sig"), "", "café “x”", ""),
        (
            "café “x”".encode(),
            "text/plain; charset=iso-8859-1",
            "café “x”",
            "declared as iso-8859-1, read as UTF-8",
        ),
        ("кринж".encode("cp1251"), "text/plain; charset=windows-1251", "кринж", ""),
        ("草".encode("shift_jis"), 'text/plain; charset="Shift_JIS"', "草", ""),
        ("café".encode("cp1252"), "text/plain; charset=utf-8", "café", "neither UTF-8 nor utf-8"),
        ("café".encode("cp1252"), "text/plain; charset=rot13", "café", "neither UTF-8 nor rot13"),
    ],
)
def test_encodings_are_found_and_wrong_declarations_survived(
    read: Read, raw: bytes, media_type: str, text: str, note: str
) -> None:
    document = read(raw, "a.txt", media_type)
    assert document.text == text
    assert (len(document.notes) == 1 and note in document.notes[0]) if note else document.notes == ()


@pytest.mark.parametrize("declared", ["utf-8", "utf-16", "x-unknown", "iso-8859-1"])
def test_a_page_that_declares_a_wrong_encoding_is_read_all_the_same(read: Read, declared: str) -> None:
    page = f'<!doctype html><meta charset="{declared}"><p>naïve café and rizz, and more words.</p>'
    assert read(page.encode("cp1252"), "a.html").text == "naïve café and rizz, and more words."


def test_text_paragraphs_are_parted_by_one_empty_line(read: Read) -> None:
    assert (
        read("one  two\t x \r\nthree\r\n\r\n \r\n\r\nfour\fe\u0301", "a.txt").text
        == "one two x\nthree\n\nfour\n\né"
    )


def test_markdown_loses_its_marks_and_keeps_headings_code_and_lists(read: Read) -> None:
    document = read(
        '---\ntitle: "My Slang"\ndate: 2024-03-01\ntags: [a]\n---\n# One\n\nSome *words* and [a link](http://x)\n'
        "with `code` <b>bold</b>.\n\nTwo\n---\n\n- a\n- b\n  1. c\n\n```py\nif x:\n    y()\n```\n\n"
        "| Word | Meaning |\n|---|---|\n| mid | not good |\n\n<!-- hidden -->\n<div>Block</div>\n\n> Quote\n",
        "a.md",
    )
    assert (document.title, document.date) == ("My Slang", "2024-03-01")
    assert headings(document) == [(1, "One"), (2, "Two")]
    assert document.text.split("\n\n") == [
        "One",
        "Some words and a link with code bold.",
        "Two",
        "- a\n- b\n1. c",
        "if x:\n    y()",
        "Word: Meaning\nmid: not good",
        "Block",
        "Quote",
    ]


def test_xml_records_are_paragraphs_and_titles_headings(read: Read) -> None:
    document = read(
        "<?xml version='1.0'?><!DOCTYPE rss><rss><channel><title>Slang feed</title>"
        "<pubDate>Fri, 01 Mar 2024 10:00:00 GMT</pubDate><item><title>rizz</title>"
        "<text>charm <b>that</b> one has</text></item><item><word>cap</word><meaning>a lie</meaning></item>"
        "</channel></rss>",
        "a.xml",
    )
    assert (document.title, document.date) == ("Slang feed", "2024-03-01")
    assert headings(document) == [(2, "Slang feed"), (3, "rizz")]
    assert document.text.split("\n\n")[-3:] == ["rizz", "charm that one has", "cap\na lie"]


@pytest.mark.parametrize(
    ("xml", "title", "date"),
    [
        (
            "<b title='Notices' date='2019-01-07'><n><title>One</title></n><n><p>two</p></n></b>",
            "Notices",
            "2019-01-07",
        ),
        ("<b><n><title>One</title><date>2019</date></n><n><title>Two</title></n></b>", "a.xml", ""),
        ("<b><head><title>Notices</title></head><n><title>One</title><p>x</p></n></b>", "Notices", ""),
    ],
)
def test_the_title_of_an_xmls_first_record_is_not_the_documents(
    read: Read, xml: str, title: str, date: str
) -> None:
    document = read(f"<?xml version='1.0'?>{xml}", "a.xml")
    assert (document.title, document.date) == (title, date)


def test_xml_of_nothing_but_titles_is_text(read: Read) -> None:
    """Headings are in no passage; the songs would never be found."""
    assert (
        read("<?xml version='1.0'?><songs><title>One</title><title>Two</title></songs>", "a.xml").headings
        == ()
    )


def test_a_large_xml_is_read_to_its_end(read: Read) -> None:
    """The parser tells of elements chunk by chunk; what follows an element must not be lost with it."""
    document = read(f"<?xml version='1.0'?><a>{'<p>so <i>it</i> is</p>' * 20_000}</a>", "a.xml")
    assert document.text == "\n\n".join(["so it is"] * 20_000)


def test_word_documents_have_headings_lists_tables_and_no_deleted_text(read: Read) -> None:
    def paragraph(text: str, style: str = "") -> str:
        return f"<w:p><w:pPr>{style}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"

    item = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    document = read(
        docx(
            paragraph("Slang", '<w:pStyle w:val="Titel"/>')
            + paragraph("Tone", '<w:pStyle w:val="berschrift2"/>')
            + "<w:p><w:r><w:t>Rizz </w:t></w:r><w:del><w:r><w:delText>never</w:delText></w:r></w:del>"
            "<w:ins><w:r><w:t>is charm</w:t><w:br/><w:t>always.</w:t></w:r></w:ins></w:p>"
            + paragraph("one", item)
            + paragraph("two", item)
            + f"<w:tbl><w:tr><w:tc>{paragraph('mid')}</w:tc><w:tc>{paragraph('not good')}</w:tc></w:tr>"
            "</w:tbl>",
            created="2024-03-01T10:00:00Z",
        ),
        "a.docx",
    )
    assert (document.title, document.date) == ("Slang", "2024-03-01")
    assert headings(document) == [(1, "Slang"), (2, "Tone")]
    assert document.text.split("\n\n")[2:] == ["Rizz is charm\nalways.", "- one\n- two", "mid: not good"]


def test_an_epub_is_its_chapters_in_order(read: Read) -> None:
    document = read(
        epub(
            ["<h1>One</h1><p>Text <b>one</b>.</p>", "<h1>Two</h1><p>Text two.</p>"],
            title="A Book",
            date="2020",
        ),
        "a.epub",
    )
    assert (document.kind, document.title, document.date) == ("epub", "A Book", "2020")
    assert document.text == "One\n\nText one.\n\nTwo\n\nText two."
    assert headings(document) == [(1, "One"), (1, "Two")]


@given(st.text())
def test_clean_text_is_nfc_has_no_control_characters_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not [letter for letter in cleaned if unicodedata.category(letter) == "Cc" and letter != "\n"]
    assert clean(cleaned) == cleaned


def test_ligatures_are_resolved_and_nothing_else_is_taken_apart() -> None:
    assert clean("o\ufb03ce \ufb01nd x² ½") == "office find x² ½"


@pytest.mark.parametrize(
    ("said", "date"),
    [
        ("2024-03-01T10:00:00Z", "2024-03-01"),
        ("20240301", "2024-03-01"),
        ("2024-03", "2024-03"),
        ("published 2024", "2024"),
        ("0000-00-00", ""),
        ("yesterday", ""),
    ],
)
def test_dates_are_told_as_far_as_they_go(said: str, date: str) -> None:
    assert iso_date(said) == date


def test_a_row_of_two_is_a_term_and_its_meaning() -> None:
    assert row(["rizz", " charm \n it is "]) == "rizz: charm it is"
    assert row(["a", "", "b", "c"]) == "a | b | c"
