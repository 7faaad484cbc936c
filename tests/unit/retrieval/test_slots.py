"""Which part of speech stands somewhere, by the words around it."""

from __future__ import annotations

import pytest

from slangrag.retrieval.slots import agreement, defines, fits_slot, slot


@pytest.mark.parametrize(
    ("before", "word", "after", "expected"),
    [
        ("That song is so ", "fire", ".", "a"),
        ("We sat around the ", "fire", " and sang.", "n"),
        ("They had to ", "fire", " the guard.", "v"),
        ("I ", "ship", " those two.", "v"),
        ("", "Bet", ", see you there.", "i"),
        ("He talks of ", "dough", " all day.", "n"),
        ("The ", "fire", " department came.", ""),
    ],
)
def test_the_neighbours_tell_the_slot(before: str, word: str, after: str, expected: str) -> None:
    assert slot(before + word + after, len(before), len(before) + len(word)) == expected


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ("To throw something.", "v"),
        ("A person who lies.", "n"),
        ("Extremely drunk.", "a"),
        ("Short for be right back.", "i"),
        ("drunk", "a"),
    ],
)
def test_how_a_definition_opens_tells_what_it_defines(definition: str, expected: str) -> None:
    assert defines(definition) == expected


def test_an_ordinary_word_out_of_its_place_is_told() -> None:
    assert fits_slot("fire", "a") == -1
    assert fits_slot("fire", "n") == 1
    assert fits_slot("fire", "") == 0
    assert agreement("v", "To throw something.") == 1
    assert agreement("n", "To throw something.") == -1
