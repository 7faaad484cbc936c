"""The ten documents beside the sample: passages found, quoted and decided, with the real embedder.

Floors are what was measured (docs/retrieval.md), less one question.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from benchmarks.passages import cited_page, quoted, rank_of, undisturbed
from tests.documents.corpus import SOURCES, write_corpus

from slangrag import Slang
from slangrag.config import Settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.retrieval.passages.finding import find
from slangrag.retrieval.slang_store import SlangStore
from slangrag.retrieval.types import Retrieval
from slangrag.service.adding import adding
from slangrag.service.given_texts import GivenText
from slangrag.store.layout import StoreLayout
from slangrag.store.lexicon import open_lexicon

pytestmark = [pytest.mark.weights, pytest.mark.slow]


def questions(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SOURCES / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def store(
    sample_store: Path, small_models: Settings, embedder: EmbeddedEmbedder, tmp_path_factory: Any
) -> Path:
    """The sample with the ten documents beside it."""
    folder: Path = tmp_path_factory.mktemp("ten")
    built = folder / "built"
    built.mkdir()
    write_corpus(built)
    shutil.copytree(sample_store, folder / "store")
    with adding(replace(small_models, store=folder / "store"), embedder=embedder) as files:
        assert [one.outcome for one in files.add(str(built))] == ["added"] * 10
    return folder / "store"


@pytest.fixture(scope="module")
def slang(store: Path, small_models: Settings, embedder: EmbeddedEmbedder) -> Iterator[Slang]:
    with Slang(replace(small_models, store=store), embedder=embedder) as slang:
        yield slang


@pytest.fixture(scope="module")
def found(slang: Slang) -> list[tuple[dict[str, Any], Retrieval, Retrieval]]:
    """Each question, with what documents alone and what both find for it."""
    documents = slang.varied(only="documents")
    return [
        (one, documents.search(one["query"], limit=6), slang.search(one["query"], limit=6))
        for one in questions("questions.jsonl")
    ]


def test_the_passage_that_answers_is_found(found: list[tuple[dict[str, Any], Retrieval, Retrieval]]) -> None:
    alone = [rank_of(question, documents.hits) for question, documents, _ in found]
    both = [rank_of(question, whole.hits) for question, _, whole in found]
    assert len(found) == 30
    assert sum(rank == 1 for rank in alone) >= 23
    assert sum(0 < rank <= 5 for rank in alone) >= 27
    assert sum(rank == 1 for rank in both) >= 22
    assert sum(0 < rank <= 5 for rank in both) >= 25


def test_a_citation_names_its_page(found: list[tuple[dict[str, Any], Retrieval, Retrieval]]) -> None:
    paged = [(one, whole) for one, _, whole in found if one.get("page") and rank_of(one, whole.hits)]
    right = [one["page"] in cited_page(one, whole.hits).split("–") for one, whole in paged]
    assert len(right) >= 12
    assert sum(right) >= len(right) - 1


def test_what_is_quoted_of_the_right_passage_is_what_answers(
    slang: Slang, found: list[tuple[dict[str, Any], Retrieval, Retrieval]]
) -> None:
    judged = [quoted(one, documents.hits, slang._likeness) for one, documents, _ in found]
    assert sum(one is not None for one in judged) >= 27
    assert sum(one is True for one in judged) >= 26


def test_the_dictionary_keeps_its_own_questions(slang: Slang) -> None:
    counted = undisturbed(slang, SOURCES / "dictionary.jsonl", 300, show=False)
    assert counted["asked"] == 12
    assert counted.get("changed", 0) <= 1
    for question in questions("dictionary.jsonl"):
        first = slang.search(question["query"], limit=6).hits[0]
        assert first.kind == "entry", question


def test_a_word_of_both_is_answered_by_both(slang: Slang) -> None:
    hits = slang.search("what does ghost mean in hollowdeep", limit=6).hits
    assert hits[0].locator is not None
    assert hits[0].locator.title.startswith("Hollowdeep, a players")
    assert next(hit.entry.word for hit in hits if hit.kind == "entry") == "ghost"


def test_what_nobody_answers_is_not_claimed_of_words_codes_and_names_that_are_nowhere(slang: Slang) -> None:
    """The other five of these questions have all their words in a passage that does not answer them."""
    known = {one["query"]: slang.search(one["query"], limit=6).known for one in questions("declined.jsonl")}
    assert known["what does 'gremmick' mean in hollowdeep"] == "no"
    assert known["what does flimberwock mean"] == "no"
    assert known["what is code 44 on the warehouse radio"] == "maybe"
    assert known["what does marlow & finch say about posting on linkedin"] == "maybe"
    assert known["how many lamps does the city of lisbon have"] == "maybe"
    assert sum(one == "yes" for one in known.values()) <= 4


@pytest.mark.parametrize(
    ("query", "source", "quoted_text"),
    [
        ("velcro", "ward-jargon.html", "ready to go but has nowhere to go"),
        ("goose round", "ward-jargon.html", "ward round on Wednesdays"),
        ("is velcro rude", "ward-jargon.html", "not meant unkindly"),
        ("what is 77", "warehouse-radio-code.md", "Person hurt"),
        ("what does tbh stand for on the ward", "ward-jargon.html", "to be hoisted"),
    ],
)
def test_a_word_that_only_a_document_explains_is_quoted_from_there(
    slang: Slang, query: str, source: str, quoted_text: str
) -> None:
    first = slang.search(query, limit=6).hits[0]
    assert first.locator is not None
    assert first.locator.source.endswith(source)
    assert quoted_text in slang.answer(query, quoted=True).text


def test_without_an_embedder_the_words_of_a_question_find_its_passage(store: Path) -> None:
    with open_lexicon(StoreLayout(store).documents) as lexicon:
        passages = SlangStore(lexicon)
        hits = find("how many notices in a box of matches, dried at a stove", passages, 3)
        assert {hit.match for hit in hits} == {"lexical"}
        assert any("stove" in hit.entry.definition for hit in hits)
        assert any("meaning was not compared" in note for note in passages.lacks)


def test_one_short_document_is_found_though_it_is_the_only_one(
    sample_store: Path, small_models: Settings, embedder: EmbeddedEmbedder, tmp_path: Path
) -> None:
    """Of one passage nobody can tell how cosines scatter: it was compared with itself, and found nothing."""
    shutil.copytree(sample_store, tmp_path / "store")
    with Slang(replace(small_models, store=tmp_path / "store"), embedder=embedder) as slang:
        slang.add_texts([GivenText("Apologies go out within two hours.", "rules.txt")])
        assert slang.search("how quickly must an apology go out").intent == "documents"
        assert slang.search("what is the capital of france").intent != "documents"
        assert all(hit.kind == "entry" for hit in slang.search("what does rizz mean").hits)
