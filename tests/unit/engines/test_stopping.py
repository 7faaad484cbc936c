"""Stop texts: an answer ends before them, wherever the pieces are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from slangrag.engines.stopping import StopTexts


def shown(pieces: list[str], stops: list[str]) -> str:
    stopping = StopTexts(stops)
    return "".join(map(stopping.feed, pieces)) + stopping.finish()


@pytest.mark.parametrize(
    ("pieces", "stops", "left"),
    [
        (["one\nInput: two"], ["\nInput:"], "one"),
        (["one\nIn", "put: two"], ["\nInput:"], "one"),
        (["one\n", "In", "side"], ["\nInput:"], "one\nInside"),
        (["a##", "#b###c"], ["###"], "a"),
        (["ab", "c"], ["bc", "b"], "a"),
        (["all of it\n"], [], "all of it\n"),
        (["held \n"], ["\nInput:"], "held \n"),
    ],
)
def test_what_comes_before_the_stop_is_shown_and_nothing_else(
    pieces: list[str], stops: list[str], left: str
) -> None:
    assert shown(pieces, stops) == left


@given(some.text("ab#", max_size=20), some.lists(some.integers(0, 20)), some.sampled_from(["#", "##", "a#b"]))
def test_where_the_pieces_are_cut_changes_nothing(text: str, cuts: list[int], stop: str) -> None:
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[begin:end] for begin, end in pairwise(places)]
    assert shown(pieces, [stop]) == text.partition(stop)[0]


def test_nothing_is_held_back_that_can_be_no_stop() -> None:
    stopping = StopTexts(["\nInput:"])
    assert stopping.feed("one two") == "one two"
    assert stopping.feed("\nInside") == "\nInside"
