"""What a client's messages ask: the last question, the turns before it, or a task that is no question.

System messages are the client's own business: they are never looked up and never reach the model, whose
instructions are what keeps an answer to its sources.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from slangrag.serve.faults import Fault
from slangrag.serve.openai.shapes import ChatMessage
from slangrag.serve.shapes import LONGEST

_TASK: Final = re.compile(r"^\s*#{2,3}\s*Task:", re.IGNORECASE)
"""How Open WebUI begins its prompts for titles, tags and follow-up questions."""


@dataclass(frozen=True, slots=True)
class Talk:
    """question: the last thing the user said. turns: (question, answer) before it.

    task: the question is a front end's own (a title for the talk, say) and is not to be looked up.
    """

    question: str
    turns: tuple[tuple[str, str], ...] = ()
    task: bool = False


class Unreadable(Exception):
    """The messages are not what can be answered."""

    def __init__(self, message: str, param: str = "messages") -> None:
        super().__init__(message)
        self.fault = Fault(400, "invalid_request", message, param=param)


def read_talk(messages: Sequence[ChatMessage]) -> Talk:
    """The talk that `messages` are. Raises Unreadable."""
    said = [(one.role, _text(one)) for one in messages if one.role in {"user", "assistant"}]
    said = [(role, text) for role, text in said if text]
    if not said or said[-1][0] != "user":
        raise Unreadable("the last message with text must be the user's")
    question = said[-1][1]
    if _TASK.match(question):
        return Talk(question, task=True)
    if len(question) > LONGEST:
        raise Unreadable(f"the question is longer than {LONGEST} characters: ask about one passage at a time")
    turns: list[tuple[str, str]] = []
    asked: str | None = None
    for role, text in said[:-1]:
        if role == "user":
            asked = text
        elif asked is not None:
            turns.append((asked, text))
            asked = None
    return Talk(question, tuple(turns))


def _text(message: ChatMessage) -> str:
    if message.content is None:
        return ""
    if isinstance(message.content, str):
        return message.content.strip()
    other = next((part.type for part in message.content if part.type not in {"text", "input_text"}), None)
    if other is not None and message.role == "user":
        raise Unreadable(f"a part of type {other!r} cannot be read: only text can")
    return "\n".join(part.text or "" for part in message.content).strip()
