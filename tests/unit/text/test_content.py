"""What a text says, as far as words can tell: content words, what is denied, numbers, names."""

from __future__ import annotations

import pytest

from slangrag.text.content import read, stem, undone


def said(text: str) -> list[str]:
    """The content words, those under a negation with "not" before them."""
    return [("not " if term.denied else "") + term.word for term in read(text).terms]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Salty means upset.", ["salty", "upset"]),  # "means" is what a claim is wrapped in
        ("It is the one that they were all upset about.", ["upset"]),  # only function words around
        ("Not upset.", ["not upset"]),
        ("It never lies.", ["not lies"]),
        ("He doesn't lie.", ["not lie"]),
        ("Calm rather than upset.", ["calm", "not upset"]),
        ("Joyful instead of upset.", ["joyful", "not upset"]),
        ("Not upset, calm.", ["not upset", "calm"]),  # a clause ends what is denied
        ("Not upset but calm.", ["not upset", "calm"]),
        ("Not a fan of any of the very loud songs.", ["not fan", "not loud", "not songs"]),
        ("Not red green blue white pink grey.",  # four words of content, not the rest of the text
         ["not red", "not green", "not blue", "not white", "pink", "grey"]),
        ("l33t café naïve", ["l", "café", "naïve"]),
    ],
)  # fmt: skip
def test_content_words_and_what_is_denied(text: str, words: list[str]) -> None:
    assert said(text) == words


def test_the_headword_itself_is_no_claim() -> None:
    assert [term.word for term in read("Rizz's charm; a rizz lord.", without=("rizz",)).terms] == [
        "charm",
        "lord",
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Born in 1999, aged 23.", {"1999", "23"}),
        ("About 1,000 people", {"1000"}),
        ("two of them", {"2"}),
        ("three wheels", {"3"}),
        ("4 wheels and four doors", {"4"}),
        ("The 2nd try", {"2"}),
    ],
)
def test_numbers_are_the_same_in_words_and_in_digits(text: str, numbers: set[str]) -> None:
    assert read(text).numbers == numbers


COUNTED = """
two 2, three 3, four 4, five 5, six 6, seven 7, eight 8, nine 9, ten 10, eleven 11, twelve 12, twenty 20,
thirty 30, fifty 50, hundred 100, thousand 1000, million 1000000
"""


@pytest.mark.parametrize("pair", COUNTED.split(","))
def test_a_number_word_is_read_as_its_number(pair: str) -> None:
    word, number = pair.split()
    assert read(f"{word} wheels") == read(f"{number} wheels")


def test_names_are_capitals_inside_a_sentence() -> None:
    assert read("Coined by Drake. Then everybody in London said it.").names == {stem("drake"), stem("london")}


@pytest.mark.parametrize(
    ("one", "other"),
    [("gossiping", "gossip"), ("mad", "furious"), ("money", "cash"), ("Dad's", "dad"), ("stylish", "trendy")],
)
def test_inflections_and_synonyms_meet_in_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("word", "affirms"),
    [("untrue", "true"), ("nonstop", "stop"), ("non-stop", "stop"), ("dislike", "like"), ("under", None)],
)
def test_a_word_may_deny_another(word: str, affirms: str | None) -> None:
    assert undone(word) == (stem(affirms) if affirms else None)
