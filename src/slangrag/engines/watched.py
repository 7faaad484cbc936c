"""A chat model that somebody listens to, so that what it writes unseen can be counted, and ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Generator

    from slangrag.engines.protocols import ChatIdentity, ChatModel, ChatOptions, ChatUsage, Message


@dataclass(frozen=True, slots=True)
class WatchedChat:
    """Implements ChatModel over another: `heard` gets each piece, and what it raises closes the stream."""

    chat: ChatModel
    heard: Callable[[str], None]

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
        with closing(cast("Generator[str]", self.chat.stream(messages, options, usage))) as pieces:
            for piece in pieces:
                self.heard(piece)
                yield piece
