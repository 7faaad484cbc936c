from __future__ import annotations

import pytest
from tests.documents.making import Label, Paragraph, pdf
from tests.unit.sources.documents.conftest import Read

from slangrag.errors import InputFormat
from slangrag.sources.documents.passages import cut
from slangrag.sources.documents.types import ParsedDocument

LINES = "Rizz is charm, and whoever has it need not say so, because the others in the room have seen it. "


def headings(document: ParsedDocument) -> list[tuple[int, str]]:
    return [(one.level, document.text[one.start : one.end]) for one in document.headings]


def test_a_sentence_over_a_page_break_stays_whole_and_its_pages_are_told(read: Read) -> None:
    document = read(
        pdf([LINES * 3 + "A sentence begins here and", "ends on the next page. Then it stops."]), "a.pdf"
    )
    assert "A sentence begins here and ends on the next page." in document.text
    first, second = document.pages
    assert document.text[first.start : first.end].endswith("begins here and")
    assert document.text[second.start : second.end].startswith("ends on the next page.")


def test_lines_become_paragraphs_and_an_empty_line_parts_them(read: Read) -> None:
    document = read(pdf([f"{LINES * 3}\n\nAnother paragraph."]), "a.pdf")
    assert document.text == f"{(LINES * 3).strip()}\n\nAnother paragraph."


def test_running_headers_footers_and_page_numbers_are_dropped(read: Read) -> None:
    pages = [f"Page of {word}. {LINES}{word}" for word in ("cap", "bet", "mid", "sus", "lit")]
    document = read(pdf(pages, header="Handbook of Slang {page}", footer="page {page} of 5"), "a.pdf")
    assert "Handbook" not in document.text
    assert "of 5" not in document.text
    assert all(word in document.text for word in ("cap", "bet", "mid", "sus", "lit"))
    assert any("10 repeated headers" in note for note in document.notes)


def test_a_line_that_two_of_many_pages_begin_with_is_kept(read: Read) -> None:
    pages = ["Examples\n\nOne is cap.", "Examples\n\nOne is bet.", LINES, LINES + "So it is."]
    assert read(pdf(pages), "a.pdf").text.count("Examples") == 2


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("People say it every-\nwhere and often.", "People say it everywhere and often."),
        ("A well-known word is\nthis, and it is a well-\nknown one.", "it is a well-known one."),
        ("It came from the Anglo-\nSaxon world.", "from the Anglo-Saxon world."),
    ],
)
def test_words_hyphenated_at_line_ends_are_joined_unless_the_hyphen_is_their_own(
    read: Read, lines: str, text: str
) -> None:
    assert text in read(pdf([f"{LINES}\n{lines}"]), "a.pdf").text


def test_headings_come_from_the_outline_or_from_larger_type(read: Read) -> None:
    pages = [
        [Paragraph("Slang", 24), Paragraph("Tone", 15, bookmark=1), Paragraph(LINES)],
        [Paragraph("Emoji", 13, bookmark=2), Paragraph(LINES), Paragraph("Words", 15), Paragraph(LINES)],
    ]
    document = read(pdf(pages), "a.pdf")
    assert headings(document)[1:] == [(1, "Tone"), (2, "Emoji"), (1, "Words")]
    assert "Tone › Emoji" in {passage.heading for passage in cut(document)}


def test_a_bold_line_of_the_texts_size_is_a_heading_below_those_of_larger_type(read: Read) -> None:
    page = [Paragraph("Slang", 20), Paragraph(LINES), Paragraph("Tone", bold=True), Paragraph(LINES)]
    assert headings(read(pdf([page]), "a.pdf")) == [(1, "Slang"), (2, "Tone")]


def test_bold_sentences_and_bold_pages_are_text(read: Read) -> None:
    warning = [Paragraph("Do not say this to your boss.", bold=True), Paragraph(LINES * 3)]
    assert headings(read(pdf([warning]), "a.pdf")) == []
    assert headings(read(pdf([[Paragraph(LINES, bold=True)]]), "b.pdf")) == []


def test_a_table_of_contents_is_lines_and_no_headings(read: Read) -> None:
    contents = [
        Paragraph("1 Tone . . . . . . . . . . 3\n2 Words . . . . . . . . . 17", 14),
        Paragraph(LINES * 2),
    ]
    document = read(pdf([contents]), "a.pdf")
    assert headings(document) == []
    assert document.text.startswith("1 Tone … 3\n2 Words … 17")


def test_a_title_page_keeps_the_words_that_are_every_pages_header(read: Read) -> None:
    pages = [
        [Paragraph("Handbook", 30), Paragraph("By us")],
        *([Paragraph(f"{word}. {LINES}")] for word in "abcdef"),
    ]
    document = read(pdf(pages, header="Handbook"), "a.pdf")
    assert document.text.count("Handbook") == 1


def test_a_page_in_larger_type_is_text_not_headings(read: Read) -> None:
    """Text taken for headings is in no passage, and so is never found."""
    document = read(pdf([[Paragraph(LINES * 8, 14)], LINES * 20]), "a.pdf")
    assert headings(document) == []


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("Slang of 2024", "Slang of 2024"),
        ("", "A Book of Slang"),
        ("Microsoft Word - x.doc", "A Book of Slang"),
    ],
)
def test_the_title_is_the_metadatas_unless_a_program_made_it_up(read: Read, said: str, title: str) -> None:
    pages = [[Paragraph("A Book of Slang", 22), Paragraph(LINES)]]
    assert read(pdf(pages, title=said), "scan 17.pdf").title == title


def test_without_any_title_it_is_called_what_the_user_calls_it(read: Read) -> None:
    assert read(pdf([LINES]), "scan 17.pdf").title == "scan 17.pdf"


def test_page_labels_are_those_printed_and_numbers_where_there_are_none(read: Read) -> None:
    labels = [Label(0, "ROMAN_LOWER"), Label(2, "ARABIC", prefix="A-")]
    document = read(pdf([LINES] * 4, labels=labels), "a.pdf")
    assert [(page.number, page.label) for page in document.pages] == [
        (1, "i"),
        (2, "ii"),
        (3, "A-1"),
        (4, "A-2"),
    ]
    assert [page.label for page in read(pdf([LINES] * 2), "b.pdf").pages] == ["1", "2"]


def test_a_glossary_keeps_its_lines(read: Read) -> None:
    glossary = "rizz: charm that one has\ncap: a lie that is told\nbet: yes, agreed"
    assert glossary in read(pdf([f"{LINES}\n\n{glossary}"]), "a.pdf").text


def test_pages_without_text_are_told_and_have_no_stretch(read: Read) -> None:
    document = read(pdf([LINES, "", LINES]), "a.pdf")
    assert "1 of 3 pages have no text (blank, or scanned)" in document.notes
    assert document.pages[1].start == document.pages[1].end


@pytest.mark.parametrize(
    ("content", "said", "hint"),
    [
        (pdf(["", ""]), "a.pdf has no text (scanned?)", "ocrmypdf"),
        (pdf([LINES], encrypted="secret"), "a.pdf is encrypted", "qpdf --decrypt"),
        (pdf([LINES] * 20)[:4000], "a.pdf is no whole PDF", "qpdf"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name_with_what_to_do(
    read: Read, content: bytes, said: str, hint: str
) -> None:
    with pytest.raises(InputFormat) as refused:
        read(content, "a.pdf")
    assert refused.value.message.startswith(said)
    assert hint in refused.value.hint
