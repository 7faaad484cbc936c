"""A chat model with a clock and a counter: what its answers cost, also those not read to their end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from slangrag.engines.protocols import ChatUsage

if TYPE_CHECKING:
    from collections.abc import Generator

    from slangrag.engines.protocols import ChatIdentity, ChatModel, ChatOptions, Message


@dataclass(slots=True)
class Cost:
    """Of all calls together. Times in milliseconds; writing_ms is from a call's first piece to its end, or
    the whole call where the answer came in one piece.

    counted is False where a count is an estimate: the engine tells its own only at an answer's end.
    """

    calls: int = 0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    load_ms: float = 0.0
    writing_ms: float = 0.0
    counted: bool = True

    @property
    def tokens_per_second(self) -> float | None:
        """While it wrote. None without tokens."""
        if not self.answer_tokens or self.writing_ms <= 0:
            return None
        return self.answer_tokens / self.writing_ms * 1000


@dataclass(frozen=True, slots=True)
class MeasuredChat:
    """Implements ChatModel over another, and adds up what it costs."""

    chat: ChatModel
    cost: Cost = field(default_factory=Cost)

    @property
    def identity(self) -> ChatIdentity:
        """That of the model inside."""
        return self.chat.identity

    def count_tokens(self, text: str) -> int:
        """As the model inside does."""
        return self.chat.count_tokens(text)

    def stream(
        self, messages: Sequence[Message], options: ChatOptions, usage: ChatUsage | None = None
    ) -> Iterator[str]:
        """As the model inside does."""
        usage = ChatUsage() if usage is None else usage
        cost, said, pieces_come, first = self.cost, "", 0, 0.0
        began = time.perf_counter()
        try:
            with closing(cast("Generator[str]", self.chat.stream(messages, options, usage))) as pieces:
                for piece in pieces:
                    first = first or time.perf_counter()
                    said += piece
                    pieces_come += 1
                    yield piece
        finally:
            took = (time.perf_counter() - (first if pieces_come > 1 else began)) * 1000
            cost.calls += 1
            cost.writing_ms += took if pieces_come > 1 else max(0.0, took - usage.load_ms)
            cost.load_ms += usage.load_ms
            if said and not usage.answer_tokens:
                cost.counted = False
            cost.prompt_tokens += usage.prompt_tokens or sum(
                self.chat.count_tokens(message.content) for message in messages
            )
            cost.answer_tokens += usage.answer_tokens or self.chat.count_tokens(said)
