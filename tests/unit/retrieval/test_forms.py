"""Normal forms: what must meet, and what must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.retrieval.conftest import MakeStore

from slangrag.retrieval.senses import points_to
from slangrag.retrieval.spans import find
from slangrag.retrieval.typos import distance
from slangrag.sources.entry import Entry
from slangrag.sources.votes import wilson_lower_bound
from slangrag.text.forms import fold, is_inflection, joined, skeleton, squeezed, stem, without_ending


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("L + Ratio!", "l ratio"),
        ("ÉLAN", "elan"),
        ('"B"', "b"),
        ("don’t", "dont"),
        ("A-hole", "a hole"),
        ("GOAT?", "goat"),
    ],
)
def test_spellings_of_one_headword_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("<3", "3"), (":P", "p"), ("G+", "g"), ("/b/", "b"), ("c++", "c"), ("</3", "<3")]
)
def test_symbols_that_make_the_word_are_kept(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("word", ["ghosted", "ghosting", "ghostin", "ghosts", "ghost"])
def test_inflections_share_a_stem(word: str) -> None:
    assert stem(word) == "ghost"


def test_words_that_differ_by_an_e_alone_are_no_inflections() -> None:
    assert not is_inflection("nite", "nit")
    assert is_inflection("vibing", "vibe")


def test_looser_forms() -> None:
    assert joined("on fleek") == joined("onfleek")
    assert squeezed("bussinnnn") == squeezed("bussin")
    assert without_ending("Joseph'd") == "Joseph"
    assert without_ending("Joseph") is None
    assert skeleton("definitely") == skeleton("definately")


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [("rizz", "rizz", 0), ("rizz", "riz", 1), ("bussin", "bussni", 1), ("yeet", "yote", 2), ("ab", "ba", 1)],
)
def test_a_swap_of_neighbours_is_one_edit(a: str, b: str, edits: int) -> None:
    assert distance(a, b) == distance(b, a) == edits


def test_every_span_is_where_the_text_has_it(make_store: MakeStore) -> None:
    store = make_store(
        ("on fleek", "Perfect."), ("salty", "Bitter."), ("<3", "A heart."), ("ghost", "To vanish.")
    )
    text = "Her brows were ON-FLEEK, he got saltyyyy & ghosted her <3"
    found = {one.headword.word: one for one in find(text, store.headwords)}
    assert set(found) == {"on fleek", "salty", "<3", "ghost"}
    for one in found.values():
        assert text[one.span.start : one.span.end] == one.span.text
    assert found["on fleek"].match == "exact"
    assert found["ghost"].match == "inflected"


@pytest.mark.parametrize(
    ("definition", "target"),
    [
        ("see [rizz]", "rizz"),
        ("See also: no cap.", "no cap"),
        ("same as yeet", "yeet"),
        ("see the way he walks, that is drip and nothing else will ever be it", None),
        ("To see somebody in secret.", None),
    ],
)
def test_only_a_stub_points_elsewhere(definition: str, target: str | None) -> None:
    assert points_to(Entry("1", "word", definition)) == target


def test_a_few_votes_are_no_proof() -> None:
    assert wilson_lower_bound(0, 0) == 0
    assert wilson_lower_bound(2, 0) < wilson_lower_bound(80, 20)
