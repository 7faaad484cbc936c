"""Thinking never leaks into an answer, however the stream is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slangrag.engines.thinking import ThinkingFilter


def shown(pieces: list[str]) -> str:
    sieve = ThinkingFilter()
    return "".join([sieve.feed(piece) for piece in pieces]) + sieve.finish()


@pytest.mark.parametrize(
    ("stream", "answer"),
    [
        ("<think>Hm, rizz?</think>\n\nRizz is charm.", "Rizz is charm."),
        ("\n<think>\n</think>Charm.", "Charm."),
        ("Charm.", "Charm."),
        ("<thin ice> is slang", "<thin ice> is slang"),
        ("The tag <think> stays </think> inside.", "The tag <think> stays </think> inside."),
        ("<think>never ends", ""),
        ("<thi", "<thi"),
        ("", ""),
    ],
)
def test_only_a_block_at_the_head_of_the_answer_is_thinking(stream: str, answer: str) -> None:
    assert shown([stream]) == answer
    assert shown(list(stream)) == answer


@given(
    st.lists(st.sampled_from(["<", "think", ">", "</", "a", " ", "<think>", "</think>", "\n"]), max_size=12)
)
def test_the_cuts_between_pieces_change_nothing(pieces: list[str]) -> None:
    assert shown(pieces) == shown(["".join(pieces)])


def test_swallowed_thinking_is_counted_so_that_an_empty_answer_can_be_explained() -> None:
    sieve = ThinkingFilter()
    assert sieve.feed("<think>0123456789") == ""
    assert sieve.finish() == ""
    assert sieve.swallowed == 10
