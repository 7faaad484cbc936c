"""What an answer costs, as `models compare` tells it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from slangrag.engines.measured import MeasuredChat
from slangrag.engines.protocols import ChatIdentity, ChatModel, ChatOptions, ChatUsage, Message

ASK = [Message("user", "four words are here")]


@dataclass
class Slow:
    """Says `pieces`, one every `seconds` after `reading`; tells its counts at the end, as engines do."""

    pieces: Sequence[str]
    seconds: float = 0.02
    reading: float = 0.05
    identity: ChatIdentity = field(default_factory=lambda: ChatIdentity("test", "slow"))

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def stream(
        self, messages: Sequence[Message], options: ChatOptions, usage: ChatUsage | None = None
    ) -> Iterator[str]:
        time.sleep(self.reading)
        for piece in self.pieces:
            yield piece
            time.sleep(self.seconds)
        if usage is not None:
            usage.prompt_tokens, usage.answer_tokens, usage.load_ms = 40, len(self.pieces), 20.0


def test_what_the_engine_counted_is_added_up_over_all_calls() -> None:
    chat = MeasuredChat(Slow(["a ", "b ", "c "]))
    assert isinstance(chat, ChatModel)
    for _ in range(2):
        assert "".join(chat.stream(ASK, ChatOptions())) == "a b c "
    cost = chat.cost
    assert (cost.calls, cost.prompt_tokens, cost.answer_tokens, cost.load_ms) == (2, 80, 6, 40.0)
    assert cost.counted
    assert cost.tokens_per_second is not None
    assert 10 < cost.tokens_per_second < 50, "while it wrote: reading the prompt is no part of it"


def test_an_answer_left_half_way_is_estimated_and_said_to_be() -> None:
    """A small model is stopped after its sentence, when no engine has told its counts yet."""
    chat = MeasuredChat(Slow(["a ", "b ", "c "]))
    stream = chat.stream(ASK, ChatOptions())
    next(stream), next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert (chat.cost.prompt_tokens, chat.cost.answer_tokens, chat.cost.counted) == (4, 2, False)


def test_an_answer_in_one_piece_is_as_fast_as_its_whole_call() -> None:
    """Beams give nothing before their end: a rate from the first piece on would be in the thousands."""
    chat = MeasuredChat(Slow(["a b c d"], seconds=0.0, reading=0.1))
    list(chat.stream(ASK, ChatOptions()))
    assert chat.cost.tokens_per_second is not None
    assert chat.cost.tokens_per_second < 15


def test_a_model_that_says_nothing_has_no_rate() -> None:
    chat = MeasuredChat(Slow([]))
    list(chat.stream(ASK, ChatOptions()))
    assert chat.cost.tokens_per_second is None
