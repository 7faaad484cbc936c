"""One question, asked of a server to the end of its answer."""

from __future__ import annotations

from slangrag.engines.ollama import OllamaChat, OllamaServer
from slangrag.engines.protocols import ChatOptions, ChatUsage, Message

QUESTION = [Message("user", "What does yeet mean?")]


def ask(server: OllamaServer, usage: ChatUsage | None = None) -> str:
    return "".join(OllamaChat(server).stream(QUESTION, ChatOptions(), usage))
