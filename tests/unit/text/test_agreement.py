"""What nobody else says of a word stands behind what several say."""

from __future__ import annotations

from slangrag.text.agreement import agreed
from slangrag.text.defining import defining

SIMP = (
    "A man who does too much for a woman.",
    "Somebody who does everything for a woman that ignores him.",
    "My friend Dave.",
    "A man who pays for everything.",
    "Someone too fond of a woman.",
)


def test_a_name_that_only_one_says_does_not_agree() -> None:
    assert agreed("simp", SIMP) == [True, True, False, True, True]


def test_few_definitions_need_not_agree() -> None:
    assert agreed("simp", SIMP[:4]) == [True] * 4


def test_only_what_defines_counts_and_not_the_talk_around_it() -> None:
    chatty = "A shell. You find it where a man and a woman may walk along the beach."
    meanings = [defining("simp", definition).text for definition in (*SIMP, chatty)]
    assert agreed("simp", meanings)[-1] is False


def test_where_none_agrees_nothing_is_known() -> None:
    assert agreed("beef", ("A quarrel.", "Meat.", "To break wind.", "Muscle.", "A complaint.")) == [True] * 5
