"""A word or two may be the headword or what is looked for: `search` shows both."""

from __future__ import annotations

import pytest
from tests.unit.retrieval.conftest import MakeStore

from slangrag.retrieval.retrieve import retrieve
from slangrag.retrieval.slang_store import SlangStore


@pytest.fixture
def store(make_store: MakeStore) -> SlangStore:
    return make_store(
        ("dough", "Money."),
        ("money", "What everybody wants and nobody has."),
        ("bling", "Jewellery that shows what money its owner has."),
        ("spew", "To vomit."),
        ("hurl", "To throw, or to vomit in slang."),
        ("6-7", "A number that children shout for no reason."),
        ("situationship", "A romance without a name."),
        ("jizz", "Semen."),
        ("n00b", "A beginner."),
    )


def words(store: SlangStore, query: str) -> list[str]:
    return [hit.entry.word for hit in retrieve(query, store, limit=6, meanings=True).hits]


def test_the_entries_of_a_headword_come_before_the_words_that_mean_it(store: SlangStore) -> None:
    assert words(store, "money")[:2] == ["money", "dough"]


def test_an_entry_that_is_defined_as_what_is_asked_comes_first(store: SlangStore) -> None:
    assert words(store, "to vomit")[0] == "spew"
    assert retrieve("to vomit", store, meanings=True).known == "maybe"


def test_a_question_for_one_word_is_not_answered_with_others(store: SlangStore) -> None:
    assert words(store, "what does money mean") == ["money"]
    assert [hit.entry.word for hit in retrieve("money", store).hits] == ["money"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("67", "6-7"), ("6 7", "6-7"), ("situashunship", "situationship"), ("noob", "n00b"), ("nOOb", "n00b")],
)
def test_a_near_miss_finds_its_word(store: SlangStore, typed: str, meant: str) -> None:
    found = retrieve(typed, store, meanings=True)
    assert meant in [hit.entry.word for hit in found.hits] or meant in found.suggestions


def test_an_innocent_word_that_the_data_lacks_is_not_offered_an_obscene_one(store: SlangStore) -> None:
    found = retrieve("what does rizz mean", store)
    assert "jizz" not in found.suggestions
    assert "jizz" not in words(store, "rizz")
