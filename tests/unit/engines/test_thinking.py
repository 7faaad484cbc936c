"""Thinking never leaks into an answer, however the stream is cut into pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slangrag.engines.thinking import Beginning, ThinkingFilter, beginning_by_name

BEGINNINGS: list[Beginning] = ["answer", "unknown", "thought"]


def sifted(pieces: list[str], beginning: Beginning = "answer") -> tuple[str, int, bool]:
    """What is shown of a stream, the length of what is not, and whether thinking was among the first."""
    sieve = ThinkingFilter(beginning)
    text = "".join([sieve.feed(piece) for piece in pieces]) + sieve.finish()
    return text, sieve.swallowed, sieve.leaked


def shown(pieces: list[str], beginning: Beginning = "answer") -> str:
    return sifted(pieces, beginning)[0]


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


@pytest.mark.parametrize("beginning", ["unknown", "thought"])
@pytest.mark.parametrize(
    ("stream", "answer"),
    [
        ("Hm, rizz?</think>\n\nRizz is charm.", "Rizz is charm."),
        ("<think>Hm, rizz?</think>Charm.", "Charm."),
        ("Hm.</think>The tag </think> stays.", "The tag </think> stays."),
        ("Hm.</think>", ""),
        ("", ""),
    ],
)
def test_what_stands_before_a_closing_tag_alone_is_thinking(
    stream: str, answer: str, beginning: Beginning
) -> None:
    assert shown([stream], beginning) == answer
    assert shown(list(stream), beginning) == answer


def test_a_model_that_may_think_and_does_not_keeps_its_whole_answer() -> None:
    for answer in ("Rizz is charm.", "<thin ice> is slang", "The tag <think> ends with </think>.", "<thi"):
        assert shown(list(answer), "unknown") == answer


def test_thinking_that_the_prompt_opened_and_nothing_closed_is_no_answer() -> None:
    assert sifted(list("hm, hm"), "thought") == ("", 6, False)


def test_an_ordinary_answer_is_never_held_back() -> None:
    sieve = ThinkingFilter()
    assert [sieve.feed(piece) for piece in ("Rizz", " <", "3 charm")] == ["Rizz", " <", "3 charm"]


@pytest.mark.parametrize(
    ("stream", "leaked"),
    [
        ("Hm, rizz?</think>Charm.", True),
        ("</think>", True),
        ("Hm.</think>The tag <think>.", True),
        ("Charm.", False),
        ("The tag <think> ends with </think>.", False),
        ("<think>Hm.</think>The tag </think> ends it.", False),
    ],
)
def test_thinking_that_was_shown_before_it_could_be_known_is_owned_up_to(stream: str, leaked: bool) -> None:
    assert sifted([stream])[2] is leaked
    assert sifted(list(stream))[2] is leaked


@given(
    st.lists(st.sampled_from(["<", "think", ">", "</", "a", " ", "<think>", "</think>", "\n"]), max_size=12),
    st.sampled_from(BEGINNINGS),
)
def test_the_cuts_between_pieces_change_nothing(pieces: list[str], beginning: Beginning) -> None:
    whole = "".join(pieces)
    assert sifted(pieces, beginning) == sifted([whole], beginning) == sifted(list(whole), beginning)


@pytest.mark.parametrize(
    ("model", "beginning"),
    [
        ("deepseek-r1:7b", "unknown"),
        ("hf.co/unsloth/DeepSeek-R1-Distill-Qwen-7B-GGUF:Q4_K_M", "unknown"),
        ("qwq", "unknown"),
        ("qwen3:30b-a3b-thinking-2507-q4_K_M", "unknown"),
        ("phi4-mini-reasoning", "unknown"),
        ("llama3.1", "answer"),
        ("qwen3:8b", "answer"),
        ("command-r:35b", "answer"),
        ("smollm2:135m", "answer"),
        ("gpt-4o-mini", "answer"),
    ],
)
def test_only_models_named_for_their_thinking_are_waited_for(model: str, beginning: Beginning) -> None:
    assert beginning_by_name(model) == beginning


def test_swallowed_thinking_is_counted_so_that_an_empty_answer_can_be_explained() -> None:
    sieve = ThinkingFilter()
    assert sieve.feed("<think>0123456789") == ""
    assert sieve.finish() == ""
    assert sieve.swallowed == 10
