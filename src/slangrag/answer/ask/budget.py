"""The context budget: what fits into the model's context, whole, and what is left out and counted.

Counts with the model's own `count_tokens`. Nothing is ever cut in the middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from slangrag.answer.ask.prompts import capable_messages, numbered
from slangrag.engines.protocols import ChatModel, ChatOptions, Message
from slangrag.errors import ContextOverflow
from slangrag.retrieval.types import AnsweredAs, Hit

MESSAGE_OVERHEAD: Final = 8
"""Tokens that a chat template spends on one message, from above."""

_HISTORY_SHARE: Final = 0.35


@dataclass(frozen=True, slots=True)
class Fitted:
    """What goes into the prompt. dropped counts hits, forgotten counts messages of the history."""

    hits: tuple[Hit, ...]
    dropped: int
    history: tuple[Message, ...] = ()
    forgotten: int = 0


def cost(chat: ChatModel, messages: Sequence[Message]) -> int:
    """Tokens of `messages` in a prompt, from above."""
    return sum(chat.count_tokens(message.content) + MESSAGE_OVERHEAD for message in messages)


def fit(
    chat: ChatModel,
    options: ChatOptions,
    query: str,
    intent: AnsweredAs,
    hits: Sequence[Hit],
    *,
    system: str | None = None,
    history: Sequence[Message] = (),
) -> Fitted:
    """Choose the best hits and the latest history that fit num_ctx with max_tokens left for the answer.

    Hits are dropped from the lowest rank; history from its oldest message, and holds at most a third of
    the context. Raises ContextOverflow when the question alone does not fit.
    """
    room = (
        options.num_ctx - options.max_tokens - cost(chat, capable_messages(query, intent, (), system=system))
    )
    if room < 0:
        raise ContextOverflow(
            f"the question does not fit into {options.num_ctx} tokens with its answer",
            hint="shorten the question, or raise SLANGRAG_NUM_CTX",
        )
    first = chat.count_tokens(numbered(1, hits[0])) + 1 if hits else 0
    kept_history = latest(chat, history, min(int(options.num_ctx * _HISTORY_SHARE), max(0, room - first)))
    room -= cost(chat, kept_history)
    kept: list[Hit] = []
    for n, hit in enumerate(hits, start=1):
        room -= chat.count_tokens(numbered(n, hit)) + 1
        if room < 0:
            break
        kept.append(hit)
    return Fitted(tuple(kept), len(hits) - len(kept), kept_history, len(history) - len(kept_history))


def latest(chat: ChatModel, history: Sequence[Message], room: int) -> tuple[Message, ...]:
    """The longest tail of `history` that costs at most `room` tokens and begins with the user's turn."""
    kept: list[Message] = []
    for message in reversed(history):
        room -= cost(chat, [message])
        if room < 0:
            break
        kept.append(message)
    while kept and kept[-1].role != "user":
        kept.pop()
    return tuple(reversed(kept))
