"""What may stand where a word stands, by the words around it."""

from __future__ import annotations

import pytest

from slangrag.text.english import is_ordinary, is_plain
from slangrag.text.places import ordinary_there, place


@pytest.mark.parametrize(
    ("before", "after", "role"),
    [
        ("That song is so ", ".", "predicate"),
        ("We sat around the ", " and sang.", "noun"),
        ("They had to ", " the guard.", "verb"),
        ("He ", " those two.", "finite"),
        ("We are ", ".", "progressive"),
        ("What a ", " car!", "attribute"),
    ],
)
def test_the_neighbours_tell_what_may_stand_there(before: str, after: str, role: str) -> None:
    assert role in place(before, after).roles


def test_an_ordinary_word_out_of_its_place_is_told() -> None:
    assert not ordinary_there("fire", place("That song is so ", "."))
    assert ordinary_there("fire", place("We sat around the ", " and sang."))


@pytest.mark.parametrize("word", ["crib", "salty", "tattoos", "tyre"])
def test_a_word_of_a_small_dictionary_is_plain_though_not_everybodys(word: str) -> None:
    assert is_plain(word)
    assert not is_ordinary(word)


@pytest.mark.parametrize("word", ["homie", "brekkie", "rizz", "smh"])
def test_slang_is_not_plain(word: str) -> None:
    assert not is_plain(word)
