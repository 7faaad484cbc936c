"""What a client's messages are read as."""

from __future__ import annotations

from typing import Any

import pytest

from slangrag.serve.openai.shapes import ChatMessage
from slangrag.serve.openai.talk import Unreadable, read_talk


def messages(*given: tuple[str, Any]) -> list[ChatMessage]:
    return [ChatMessage(role=role, content=content) for role, content in given]  # type: ignore[arg-type]


def test_the_last_line_is_the_question_and_what_was_before_are_turns() -> None:
    talk = read_talk(
        messages(
            ("system", "You are a pirate."),
            ("user", "what does rizz mean"),
            ("assistant", "Charm [1]."),
            ("user", "and salty?"),
        )
    )
    assert talk.question == "and salty?"
    assert talk.turns == (("what does rizz mean", "Charm [1]."),)
    assert "pirate" not in repr(talk)


def test_content_parts_are_joined() -> None:
    parts = [{"type": "text", "text": "what does"}, {"type": "text", "text": "rizz mean"}]
    assert read_talk(messages(("user", parts))).question == "what does\nrizz mean"


def test_a_question_nobody_answered_is_no_turn() -> None:
    talk = read_talk(messages(("user", "what does rizz mean"), ("user", "hello?")))
    assert (talk.question, talk.turns) == ("hello?", ())


@pytest.mark.parametrize("prompt", ["### Task:\nGenerate a title", "  ## task: tags"])
def test_a_front_ends_own_prompt_is_a_task(prompt: str) -> None:
    assert read_talk(messages(("user", prompt))).task


@pytest.mark.parametrize(
    "given",
    [
        [("assistant", "hello")],
        [("system", "be brief")],
        [("user", "   ")],
        [("user", [{"type": "image_url"}])],
        [("user", "x" * 4001)],
    ],
)
def test_what_cannot_be_answered_is_said(given: list[tuple[str, Any]]) -> None:
    with pytest.raises(Unreadable) as error:
        read_talk(messages(*given))
    assert error.value.fault.status == 400
