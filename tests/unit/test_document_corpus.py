"""The documents of the evaluation are what they promise, and what is asked of them is written in them."""

from __future__ import annotations

import csv
import json
import re
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.documents.corpus import (
    FOOTER_SPACE,
    HEADER_SPACE,
    SOURCES,
    one_line,
    pages,
    source_text,
    visible_text,
    write_corpus,
)

from slangrag.text.forms import fold

PDFS = {"style_guide": 40, "hollowdeep_manual": 10}
DOCUMENTS = {
    "style_guide",
    "patient_heron",
    "lamp_notices",
    "hollowdeep_glossary",
    "hollowdeep_manual",
    "newsroom_minutes",
    "ward_jargon",
    "warehouse_radio_code",
    "school_guide",
    "courier_speech",
}


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SOURCES / name).read_text(encoding="utf-8").splitlines()]


QUESTIONS = lines("questions.jsonl")
DECLINED = lines("declined.jsonl")
DICTIONARY = lines("dictionary.jsonl")
each_question = pytest.mark.parametrize(
    "question", [pytest.param(question, id=question["query"][:40]) for question in QUESTIONS]
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_corpus(tmp_path_factory.mktemp("documents"))


@pytest.fixture(scope="module")
def printed(built: dict[str, Path]) -> dict[str, list[tuple[str, str]]]:
    """Label and text of each page of the PDFs, without running header and page number."""
    pdfium = pytest.importorskip("pypdfium2")
    read = {}
    for key in PDFS:
        with pdfium.PdfDocument(built[key]) as document:
            read[key] = [
                (
                    document.get_page_label(number),
                    one_line(
                        [
                            page.get_textpage().get_text_bounded(
                                bottom=FOOTER_SPACE - 5, top=page.get_height() - HEADER_SPACE + 5
                            )
                        ]
                    ),
                )
                for number, page in enumerate(document)
            ]
    return read


@pytest.fixture(scope="module")
def headwords(root: Path) -> set[str]:
    with (root / "data" / "sample_slang.csv").open(encoding="utf-8", newline="") as rows:
        return {fold(row["word"]) for row in csv.DictReader(rows)}


def begins_on(quote: str, labelled: list[tuple[str, str]]) -> list[str]:
    """Labels of the pages on which the quote begins, wherever it ends."""
    whole = one_line(text for _, text in labelled)
    labels, start = [], 0
    for label, text in labelled:
        labels += [label for at in range(len(text)) if whole.startswith(quote, start + at)]
        start += len(text) + 1
    return labels


def test_all_ten_are_built_and_a_second_build_has_the_same_bytes(
    built: dict[str, Path], tmp_path: Path
) -> None:
    again = write_corpus(tmp_path)
    assert set(built) == DOCUMENTS
    assert {key: path.read_bytes() for key, path in built.items()} == {
        key: path.read_bytes() for key, path in again.items()
    }


@pytest.mark.parametrize(("key", "count"), PDFS.items())
def test_a_pdf_has_its_pages_with_their_labels_and_texts(
    printed: dict[str, list[tuple[str, str]]], key: str, count: int
) -> None:
    assert len(printed[key]) == count
    bullets_dropped = [(label, one_line([text.replace("•", "")])) for label, text in printed[key]]
    assert bullets_dropped == [(page.label, page.text) for page in pages(key)]


def test_the_style_guide_is_of_a_real_ones_length_and_runs_over_its_pages() -> None:
    guide = pages("style_guide")
    assert [page.label for page in guide[:5]] == ["i", "ii", "iii", "iv", "1"]
    assert all(250 <= len(page.text.split()) <= 350 for page in guide[4:])
    broken_off = [page.label for page in guide[3:] if not page.text.endswith((".", '"'))]
    assert len(broken_off) >= 3


def test_there_are_200_notices_and_no_two_say_the_same(built: dict[str, Path]) -> None:
    notices = ET.parse(built["lamp_notices"]).getroot()
    for part in ("headline", "body"):
        assert len({notice.findtext(part) for notice in notices}) == len(notices) == 200


def test_the_glossary_has_sixty_words() -> None:
    text = (SOURCES / "hollowdeep_glossary.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^\*\*[^*]+\*\*: ", text, flags=re.MULTILINE)) == 60


def test_the_word_document_and_the_book_hold_their_sources_text(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built["school_guide"]) as archive:
        body = ET.fromstring(archive.read("word/document.xml"))
        assert one_line(body.itertext()).startswith("What Are They Typing? A guide for parents")
        assert one_line(text for part in body.iter() if (text := part.text)) == source_text("school_guide")
    with zipfile.ZipFile(built["courier_speech"]) as archive:
        assert archive.namelist()[0] == "mimetype"
        bodies = [ET.fromstring(archive.read(f"OEBPS/chapter{n}.xhtml"))[1] for n in (1, 2, 3)]
        assert one_line(text for body in bodies for text in body.itertext()) == source_text("courier_speech")


@each_question
def test_a_quote_is_in_its_document_once_and_in_no_other(question: dict[str, Any]) -> None:
    quote = question["quote"]
    assert 30 <= len(quote) <= 120
    assert quote == one_line([quote])
    assert {key: source_text(key).count(quote) for key in DOCUMENTS} == {
        key: int(key == question["document"]) for key in DOCUMENTS
    }


@each_question
def test_a_quote_begins_on_the_page_that_is_named(
    question: dict[str, Any], printed: dict[str, list[tuple[str, str]]]
) -> None:
    key, page = question["document"], question["page"]
    if key not in PDFS:
        assert page is None
        return
    assert begins_on(question["quote"], [(page.label, page.text) for page in pages(key)]) == [page]
    assert begins_on(question["quote"], printed[key]) == [page]


def test_the_questions_are_spread_over_the_documents() -> None:
    of_documents = [question for question in QUESTIONS if question["kind"] == "documents"]
    on_guide = [question for question in of_documents if question["document"] == "style_guide"]
    crossing = [
        question
        for question in on_guide
        if all(question["quote"] not in page.text for page in pages("style_guide"))
    ]
    assert len(QUESTIONS) == 30
    assert {question["document"] for question in of_documents} == DOCUMENTS
    assert len({question["page"] for question in on_guide}) >= 10
    assert len(crossing) >= 3
    assert sum(question["document"] == "lamp_notices" for question in of_documents) == 3
    assert sum(question["kind"] == "both" for question in QUESTIONS) >= 4


def test_no_query_is_asked_twice() -> None:
    queries = [question["query"] for question in [*QUESTIONS, *DECLINED, *DICTIONARY]]
    assert len(queries) == len(set(queries)) == 52


def test_where_both_answer_the_dictionary_has_the_headword(headwords: set[str]) -> None:
    asked = [question for question in QUESTIONS if question["kind"] == "both"]
    assert all(fold(question["headword"]) in headwords for question in asked)
    assert all(fold(question["headword"]) in fold(question["query"]).split() for question in asked)


@pytest.mark.parametrize("question", DICTIONARY, ids=[question["headword"] for question in DICTIONARY])
def test_a_word_asked_of_the_dictionary_is_in_it_and_in_passing_in_a_document(
    question: dict[str, Any], headwords: set[str]
) -> None:
    word = re.compile(rf"\b{re.escape(question['headword'])}\b", re.IGNORECASE)
    assert fold(question["headword"]) in headwords
    assert word.search(question["query"])
    assert question["in_passing"]
    assert {key for key in DOCUMENTS if word.search(source_text(key))} == set(question["in_passing"])


@pytest.mark.parametrize("question", DECLINED, ids=[question["query"][:40] for question in DECLINED])
def test_a_declined_question_says_which_document_is_near_and_why_it_has_no_answer(
    question: dict[str, Any],
) -> None:
    assert question["kind"] == "neither"
    assert question["near"] is None or question["near"] in DOCUMENTS
    assert question["why"]


def test_what_surrounds_the_article_is_on_the_page_and_scripts_are_not_read() -> None:
    page = visible_text((SOURCES / "patient_heron.html").read_text(encoding="utf-8"))
    for surrounding in ("Accept all", "Advertisement", "Related", "Comments (3)", "All rights reserved"):
        assert surrounding in page
    assert "dataLayer" not in page
