"""Normal forms by themselves: which spellings are one headword, and what a stem may cut off."""

from __future__ import annotations

import pytest

from slangrag.text.forms import fold, is_elongated, plain_words, stem


@pytest.mark.parametrize(
    ("one", "other"),
    [("ＬＯＬ", "lol"), ("Straße", "STRASSE"), ("ﬁne", "fine"), ("on\u00a0fleek", "on fleek"), ("İ", "i")],
)
def test_a_headword_is_found_whatever_letters_a_keyboard_made_of_it(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("rizz!", "rizz"),
        ("a.k.a.", "a k a"),
        ("w/e", "w/e"),
        ("/r/", "/r/"),
        ("<lol>", "<lol>"),
        ("no cap (fr)", "no cap fr"),
    ],
)
def test_signs_count_only_in_words_that_are_short_of_letters(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("inflected", "key"),
    [
        ("selfies", "selfy"),
        ("ties", "tie"),
        ("gas", "gas"),
        ("yes", "yes"),
        ("tvs", "tv"),
        ("boss", "boss"),
        ("virus", "virus"),
        ("86d", "86"),
        ("red", "red"),
        ("sing", "sing"),
        ("on fleeks", "on fleek"),
    ],
)
def test_a_stem_cuts_off_inflections_and_not_the_word_itself(inflected: str, key: str) -> None:
    assert stem(inflected) == stem(key)


def test_short_words_that_only_look_inflected_stay_apart() -> None:
    for one, other in [("gas", "ga"), ("yes", "ye"), ("sing", "s"), ("red", "r"), ("ties", "ty")]:
        assert stem(one) != stem(other)


def test_a_letter_is_drawn_out_from_the_third_on() -> None:
    assert [word for word in ("boo", "booo", "www", "10000", "bussinnn") if is_elongated(word)] == [
        "booo",
        "www",
        "bussinnn",
    ]


def test_the_words_of_a_message_leave_its_signs_behind() -> None:
    assert plain_words("That's <3, n'est-ce pas? CAFÉ_99") == [
        "thats",
        "3",
        "nest",
        "ce",
        "pas",
        "cafe",
        "99",
    ]
