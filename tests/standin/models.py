"""The stand-in's models: names and facts as Ollama tells them, and the callables that answer.

The fallbacks are no language models. `hashed_vectors` puts texts that share words and word parts near
each other; `quoting_chat` quotes the first numbered definition of its prompt and cites it.
"""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.standin.wording import NEW, too_long

if TYPE_CHECKING:
    from slangrag.engines.protocols import ChatModel, Embedder

Embed = Callable[[Sequence[str]], Sequence[Sequence[float]]]
Chat = Callable[[Sequence[dict[str, str]], dict[str, Any]], Iterable[str]]

PIECE = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class StandInModel:
    """A model as /api/tags and /api/show tell it. `embed` or `chat` is None where it cannot."""

    name: str
    family: str
    parameter_size: str
    parameter_count: int
    quantization: str
    context_length: int
    embedding_length: int
    capabilities: tuple[str, ...]
    size: int = 46_220_532
    embed: Embed | None = field(default=None, compare=False)
    chat: Chat | None = field(default=None, compare=False)
    thoughts: tuple[str, ...] = ()
    facts: dict[str, str] = field(default_factory=dict, compare=False)
    """More of what /api/show says of its file's head."""

    @property
    def full_name(self) -> str:
        """With its tag."""
        return self.name if ":" in self.name else f"{self.name}:latest"

    @property
    def digest(self) -> str:
        """64 hexadecimal digits that stand for the manifest's checksum."""
        return hashlib.sha256(self.full_name.encode()).hexdigest()


def hashed_vectors(dimension: int) -> Embed:
    """A fallback: each word, and each three letters of it, adds to a dimension of its own by hash."""

    def embed(texts: Sequence[str]) -> list[list[float]]:
        rows = np.full((len(texts), dimension), 1e-3)
        for row, text in enumerate(texts):
            for word in PIECE.findall(text.lower()):
                padded = f"^{word}$"
                parts = [padded, *(padded[i : i + 3] for i in range(len(padded) - 2))]
                for part in parts:
                    code = zlib.crc32(part.encode("utf-8", "replace"))
                    rows[row, code % dimension] += 1.0 if code & 0x8000_0000 else -1.0
        unit: list[list[float]] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).tolist()
        return unit

    return embed


class PooledVectors:
    """A fallback for benchmarks: a pool of ready vectors, written as JSON once, chosen by the text's hash.

    Costs the server next to nothing, so that its `Shape` alone says how fast it is.
    """

    def __init__(self, dimension: int, pool: int = 512) -> None:
        rows = np.random.default_rng(0).standard_normal((pool, dimension))
        self._rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        self._json = ["[" + ",".join(f"{value:.8g}" for value in row) + "]" for row in self._rows]

    def _place(self, text: str) -> int:
        return zlib.crc32(text.encode("utf-8", "replace")) % len(self._json)

    def __call__(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors as numbers."""
        return [self._rows[self._place(text)].tolist() for text in texts]

    def rows_json(self, texts: Sequence[str]) -> str:
        """The vectors as they stand in a reply."""
        return "[" + ",".join(self._json[self._place(text)] for text in texts) + "]"


def quoting_chat(messages: Sequence[dict[str, str]], options: dict[str, Any]) -> Iterable[str]:
    """A fallback: quotes the first "[1] ..." or "1. ..." of the prompt and cites it; else says what it is."""
    prompt = "\n".join(message.get("content") or "" for message in messages)
    numbered = re.search(r"^\s*(?:\[1\]|1[.)])\s*(.+)$", prompt, re.MULTILINE)
    if numbered:
        sentence = re.split(r"(?<=[.!?])\s", numbered.group(1).strip())[0].rstrip(".!?")
        answer = f"{sentence} [1]."
    else:
        answer = (
            "I am the stand-in's fallback and hold no language model, so this is all that I can say about "
            "what was asked; it only has to be long enough for a test to cut it somewhere in the middle."
        )
    return re.findall(r"\s*\S+", answer)


def embedding_model(
    name: str = "all-minilm",
    *,
    dimension: int = 384,
    context_length: int = 512,
    embed: Embed | None = None,
    family: str = "bert",
) -> StandInModel:
    """A model that embeds; by `hashed_vectors` unless `embed` is given."""
    return StandInModel(
        name, family, "22.57M", 22_565_376, "F16", context_length, dimension, ("embedding",),
        embed=embed or hashed_vectors(dimension),
    )  # fmt: skip


def chat_model(
    name: str = "smollm2:135m",
    *,
    context_length: int = 8192,
    chat: Chat | None = None,
    parameter_size: str = "",
    thoughts: tuple[str, ...] = (),
) -> StandInModel:
    """A model that chats; by `quoting_chat` unless `chat` is given.

    With `thoughts` it is a thinking model: it streams them before its answer, in a field of their
    own, unless it is told not to think (which a model named gpt-oss does not heed).
    """
    capabilities = ("completion", "thinking") if thoughts else ("completion",)
    billions = parameter_size or ("8.0B" if name.startswith("llama3.1") else "134.52M")
    return StandInModel(
        name, "llama", billions, 134_515_008, "Q4_1", context_length, 576, capabilities,
        size=98_362_745, chat=chat or quoting_chat, thoughts=thoughts,
    )  # fmt: skip


CATALOGUE: dict[str, StandInModel] = {
    model.full_name: model
    for model in (
        embedding_model("nomic-embed-text", dimension=768, context_length=2048, family="nomic-bert"),
        embedding_model("all-minilm"),
        embedding_model("mxbai-embed-large", dimension=1024),
        chat_model("llama3.1", context_length=131_072, parameter_size="8.0B"),
        chat_model("smollm2:135m"),
    )
}
"""What /api/pull can fetch."""


def from_engines(
    embedder: Embedder | None = None,
    chat: ChatModel | None = None,
    *,
    embed_name: str = "nomic-embed-text",
    chat_name: str = "llama3.1",
) -> list[StandInModel]:
    """Models under Ollama's names whose answers come from real engines of this project.

    A piece of the engine's stream counts as a token, so that an answer that the engine itself cut at
    its limit may be reported as ended ("stop").
    """
    from slangrag.engines.protocols import ChatOptions, Message
    from slangrag.errors import ContextOverflow

    models: list[StandInModel] = []
    if embedder is not None:
        model = embedding_model(embed_name, dimension=embedder.identity.dimension)
        models.append(replace(model, embed=lambda texts: embedder.embed_documents(texts).tolist()))
    if chat is not None:
        one_at_a_time = threading.Lock()

        def answer(messages: Sequence[dict[str, str]], options: dict[str, Any]) -> Iterable[str]:
            turns = [Message(turn["role"], turn["content"]) for turn in messages]  # type: ignore[arg-type]
            wanted = ChatOptions(
                num_ctx=options.get("num_ctx", 4096),
                max_tokens=options.get("num_predict", 400),
                temperature=options.get("temperature", 0.8),
                seed=options.get("seed"),
                stop=tuple(options.get("stop", ())),
            )
            try:
                with one_at_a_time:
                    yield from chat.stream(turns, wanted)
            except ContextOverflow:
                raise too_long(wanted.num_ctx + 1, wanted.num_ctx, NEW) from None

        models.append(chat_model(chat_name, chat=answer))
    return models
