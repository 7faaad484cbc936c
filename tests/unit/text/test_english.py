"""Which words are ordinary English, and how a word is used that no table has."""

from __future__ import annotations

import pytest

from slangrag.text.english import is_ordinary, is_small, uses


@pytest.mark.parametrize(
    ("word", "use"),
    [
        ("cringeous", "a"), ("yeetful", "a"), ("simpive", "a"), ("yeetable", "a"), ("rizzible", "a"),
        ("dripless", "a"), ("simpish", "a"), ("memetic", "a"), ("yeetical", "a"), ("simpal", "a"),
        ("yeetent", "a"), ("yeetant", "a"),
        ("sussness", "n"), ("yeetation", "n"), ("yeetsion", "n"), ("stanment", "n"), ("sussity", "n"),
        ("stanship", "n"), ("simpism", "n"), ("yeetance", "n"), ("yeetence", "n"), ("stannery", "n"),
        ("simphood", "n"),
        ("yeeted", "d"), ("yeeting", "g"), ("susly", "r"), ("low-yeeted", "a"), ("mega-simpism", "n"),
        ("yeet", ""), ("zed", ""),
    ],
)  # fmt: skip
def test_an_unknown_word_is_read_by_its_ending(word: str, use: str) -> None:
    assert uses(word) == use


def test_a_known_word_is_read_by_the_table() -> None:
    assert uses("Table,")[:1] == "n"
    assert "v" in uses("run")


@pytest.mark.parametrize("word", ["the", "It’s", "yes", "monday", "seven", "gonna", "them", "okay."])
def test_small_words_only_hold_sentences_together(word: str) -> None:
    assert is_small(word)
    assert is_ordinary(word)


@pytest.mark.parametrize("word", ["table", "run", "dad's"])
def test_an_ordinary_word_is_not_small(word: str) -> None:
    assert is_ordinary(word)
    assert not is_small(word)


@pytest.mark.parametrize("word", ["yeet", "rizz", "xqzzyv"])
def test_slang_is_not_ordinary(word: str) -> None:
    assert not is_ordinary(word)
