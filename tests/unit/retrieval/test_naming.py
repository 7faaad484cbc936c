"""Questions that name their word."""

from __future__ import annotations

import pytest
from tests.unit.retrieval.conftest import MakeStore

from slangrag.retrieval.naming import define
from slangrag.retrieval.retrieve import retrieve
from slangrag.retrieval.slang_store import SlangStore


@pytest.fixture
def slang(make_store: MakeStore) -> SlangStore:
    return make_store(
        ("ghost", "To stop answering somebody's messages without a word of explanation.", 90, 10),
        ("Ghosting", "Vanishing from a chat for good.", 40, 4),
        ("bussin", "Really delicious.", 50, 5),
        ("on fleek", "Done to perfection, of eyebrows above all.", 30, 3),
        ("net flix", "A film service misspelt.", 3, 9),
        ("<3", "A heart lying on its side.", 9, 1),
        ("3", "The number of wishes in a fairy tale.", 2, 1),
        ("yeet", "To throw something far and with joy.", 80, 5),
        ("yote", "see [yeet]", 5, 1),
        ("salty", "Bitter about a small defeat.", 60, 6),
        ("salty", "bitter about a small DEFEAT!!", 6, 2),
        ("salty", "Full of salt, as the sea is.", 5, 30),
    )


@pytest.mark.parametrize(
    ("query", "word", "match"),
    [
        ("what does bussin mean", "bussin", "exact"),
        ("what does BUSSIN mean", "bussin", "exact"),
        ("what does bussinnnn mean", "bussin", "inflected"),
        ("what does ghosted mean", "ghost", "inflected"),
        ("what does #onfleek mean", "on fleek", "inflected"),
        ("what does netflix mean", "net flix", "inflected"),
        ("what does <3 mean", "<3", "exact"),
        ("what does 3 mean", "3", "exact"),
        ("what does it mean to ghost someone", "ghost", "exact"),
        ("what does salti mean", "salty", "fuzzy"),
        ("what does bussni mean", "bussin", "fuzzy"),
    ],
)
def test_a_headword_is_found_however_it_is_written(
    slang: SlangStore, query: str, word: str, match: str
) -> None:
    first = retrieve(query, slang).hits[0]
    assert (first.entry.word, first.match) == (word, match)


def test_a_typo_is_offered_the_nearest_headword_and_never_answered_as_if_found(slang: SlangStore) -> None:
    found = retrieve("what does yeeet mean", slang)
    assert found.hits[0].entry.word == "yeet"
    typo = retrieve("what does yete mean", slang)
    assert typo.known == "maybe"
    assert "yeet" in typo.suggestions
    assert define("yete", slang).entries == ()
    assert "yeet" in define("yete", slang).suggestions


def test_a_word_that_is_not_there_is_not_known(slang: SlangStore) -> None:
    found = retrieve("what does skibidi mean", slang)
    assert found.known == "no"
    assert not found.hits


def test_a_phrase_that_is_not_there_shows_the_headword_inside_it_and_says_maybe(slang: SlangStore) -> None:
    found = retrieve("what does salty goblin era mean", slang)
    assert found.known == "maybe"
    assert found.hits[0].entry.word == "salty"
    assert found.hits[0].span is not None
    assert found.hits[0].span.text == "salty"


def test_the_span_of_a_hit_is_where_the_question_has_the_word(slang: SlangStore) -> None:
    query = 'what does "bussin" mean in texting'
    span = retrieve(query, slang).hits[0].span
    assert span is not None
    assert query[span.start : span.end] == span.text
    assert "bussin" in span.text


def test_a_stub_is_followed_one_step(slang: SlangStore) -> None:
    assert [entry.word for entry in define("yote", slang).entries] == ["yote", "yeet"]


def test_near_duplicates_are_shown_once_and_the_better_liked_first(slang: SlangStore) -> None:
    entries = define("salty", slang).entries
    assert [entry.up_votes for entry in entries] == [60, 5]


def test_a_definition_asks_for_no_vector_and_says_nothing_of_lacking_one(slang: SlangStore) -> None:
    assert retrieve("what does yeet mean", slang).notes == ()


def test_the_parts_of_an_explained_score_add_up_to_it(slang: SlangStore) -> None:
    for query in (
        "what does ghosted mean",
        "what does yete mean",
        "he got salty and yeet my phone",
        "bussin",
    ):
        for hit in retrieve(query, slang, explain=True, limit=20).hits:
            assert sum(hit.signals.values()) == pytest.approx(hit.score)


@pytest.fixture
def pointing(make_store: MakeStore) -> SlangStore:
    return make_store(
        ("noobs", "plural of [noob]", 9, 1),
        ("noob", "see [newbie]", 9, 1),
        ("newbie", "Somebody who has only just begun.", 9, 1),
        ("here", "see [there]", 3, 1),
        ("there", "see [here]", 3, 1),
        ("kecks", "Trousers, in the north.", 9, 1),
        ("strides", "another word for kecks", 9, 1),
        ("slacks", "another word for trousers", 9, 1),
        ("trousers", "What the rest of the world wears.", 9, 1),
        ("lost", "see [gone forever]", 3, 1),
        ("both", "See [nowhere], [kecks]", 3, 1),
        ("busy", "see [newbie]", 9, 1),
        *(
            ("busy", text, 9, 1)
            for text in (
                "Having much to do.",
                "A pattern of small dots.",
                "Taken, of a seat.",
                "A police officer.",
                "Engaged, of a telephone line.",
            )
        ),
    )


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("noobs", ["noobs", "noob", "newbie"]),
        ("here", ["here", "there"]),
        ("strides", ["strides", "kecks"]),
        ("slacks", ["slacks"]),
        ("lost", ["lost"]),
        ("both", ["both", "kecks"]),
    ],
)
def test_a_stub_is_followed_to_what_defines_and_a_circle_ends(
    pointing: SlangStore, word: str, words: list[str]
) -> None:
    assert [hit.entry.word for hit in retrieve(f"what does {word} mean", pointing).hits] == words
    assert [entry.word for entry in define(word, pointing).entries] == words


def test_what_a_stub_leads_to_is_there_however_many_entries_its_word_has(pointing: SlangStore) -> None:
    words = [hit.entry.word for hit in retrieve("what does busy mean", pointing, limit=7).hits]
    assert words == ["busy"] * 6 + ["newbie"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("what do yeet and salty mean", ["yeet", "salty"]),
        ("yeet vs ghosting", ["yeet", "ghosting"]),
        ("what does yeet/ghosting mean", ["yeet", "ghosting"]),
        ("what's the difference between a ghost and yeet", ["ghost", "yeet"]),
        ('what does "on fleek" and "bussin" mean', ["on fleek", "bussin"]),
        ("yeet, bussin, yote", ["yeet", "bussin", "yote"]),
        ("yeet bussin", ["yeet", "bussin"]),
    ],
)
def test_each_of_several_words_is_found(slang: SlangStore, query: str, words: list[str]) -> None:
    found = retrieve(query, slang)
    asked = [hit.entry.word.lower() for hit in found.hits if hit.span]
    assert list(dict.fromkeys(asked)) == words
    assert found.known == "yes"
    assert [query[s.start : s.end].lower() for s in dict.fromkeys(h.span for h in found.hits) if s] == words


@pytest.mark.parametrize("word", ["B/F", "GL/HF", "C&G"])
def test_a_sign_within_a_short_form_does_not_make_it_several_words(make_store: MakeStore, word: str) -> None:
    store = make_store(("b", "A letter.", 9, 1), ("GL", "Good luck.", 9, 1), ("c", "See.", 9, 1))
    assert retrieve(f"what does {word} mean", store).known != "yes"


def test_a_word_among_several_that_is_not_there_is_told(slang: SlangStore) -> None:
    found = retrieve("what do yeet and skibidi mean", slang)
    assert found.known == "maybe"
    assert "“skibidi” is not in the data" in found.notes


def test_a_phrase_with_and_that_is_a_headword_is_one_word(make_store: MakeStore) -> None:
    store = make_store(
        ("ups and downs", "Luck that comes and goes."), ("ups", "Parcels."), ("downs", "Hills.")
    )
    assert {hit.entry.word for hit in retrieve("what does ups and downs mean", store).hits} == {
        "ups and downs"
    }


def test_a_doubled_headword_is_found_by_its_half_when_it_is_all_there_is(make_store: MakeStore) -> None:
    alone = make_store(("bling bling", "Jewels worn to be seen."), ("salty", "Bitter."))
    found = retrieve("what does bling mean", alone)
    assert (found.hits[0].entry.word, found.known) == ("bling bling", "maybe")
