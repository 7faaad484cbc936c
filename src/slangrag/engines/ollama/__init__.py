"""The Ollama engine: embeddings and chat from an Ollama server.

server = connect(settings)            # opens nothing
if server.answers(timeout=0.5): ...
embedder = OllamaEmbedder(server)     # nomic-embed-text
chat = OllamaChat(server)             # llama3.1
"""

from __future__ import annotations

from slangrag.engines.ollama.chat import OllamaChat
from slangrag.engines.ollama.embed import OllamaEmbedder
from slangrag.engines.ollama.server import DEFAULT_CHAT_MODEL, DEFAULT_EMBED_MODEL, OllamaServer, connect

__all__ = [
    "DEFAULT_CHAT_MODEL",
    "DEFAULT_EMBED_MODEL",
    "OllamaChat",
    "OllamaEmbedder",
    "OllamaServer",
    "connect",
]
