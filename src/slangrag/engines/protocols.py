"""The two small protocols that every engine implements, and the plain data they speak.

Knows nothing of any engine, of stores or of retrieval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


_SLOT: Final = re.compile(r"\{word\}|\{definition\}")


@dataclass(frozen=True, slots=True)
class EmbedderIdentity:
    """Who makes the vectors: what a store remembers and checks at every open.

    engine: "ollama" or "embedded". model: its name there. digest: the server's or the weights'
    checksum, "" where none is given. dimension: length of one vector. document_template and
    query_template carry the model's own prefixes: "{word}" and "{definition}" in the first,
    "{text}" in the second.
    """

    engine: str
    model: str
    digest: str
    dimension: int
    document_template: str = "{word}: {definition}"
    query_template: str = "{text}"

    def render_document(self, word: str, definition: str) -> str:
        """The text that is embedded for an entry."""
        # One pass: a headword may itself contain the text "{definition}".
        parts = {"{word}": word, "{definition}": definition}
        return _SLOT.sub(lambda slot: parts[slot.group()], self.document_template)

    def render_text(self, text: str) -> str:
        """What is embedded for a text that is no entry: as a document without a headword."""
        # "none" is what EmbeddingGemma's card says for a document without a title.
        bare = self.document_template.replace("{word}: {definition}", "{definition}").replace(
            "{word}", "none"
        )
        return bare.replace("{definition}", text, 1)

    def render_query(self, text: str) -> str:
        """The text that is embedded for a question."""
        return self.query_template.replace("{text}", text, 1)


@runtime_checkable
class Embedder(Protocol):
    """Texts to unit vectors, float32, shape (len(texts), dimension)."""

    @property
    def identity(self) -> EmbedderIdentity:
        """Engine, model, digest, dimension, templates."""
        ...

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors for texts already rendered with `identity.render_document`.

        Raises TextRejected if a single text cannot be embedded (with several texts, the caller
        bisects), EngineBusy, EngineTimeout, EngineUnreachable, EngineReply.
        """
        ...

    def embed_query(self, text: str) -> Vectors:
        """One vector, shape (dimension,), for a bare question; the query template is applied here."""
        ...


@runtime_checkable
class CountsCuts(Protocol):
    """An embedder that cuts texts longer than its model reads, and counts them."""

    @property
    def truncated(self) -> int:
        """How many texts so far were embedded cut."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """How to generate. num_ctx and max_tokens are in tokens; grammar is GBNF, for engines that take one.

    schema is a JSON schema of the answer: Ollama and the embedded engine hold the model to it, others do not.
    opening is how the answer begins, for engines that take one: they give it out as its first words.
    """

    num_ctx: int = 4096
    max_tokens: int = 400
    temperature: float = 0.2
    seed: int | None = 0
    stop: tuple[str, ...] = ()
    grammar: str | None = None
    schema: Mapping[str, Any] | None = None
    opening: str = ""


@dataclass(frozen=True, slots=True)
class ChatIdentity:
    """Which model answers.

    capable is False for models so small that they must be led by examples and checked twice.
    accepts_grammar and accepts_opening say whether ChatOptions.grammar and its opening are obeyed. parameters
    is how many it has, None where nobody said.
    """

    engine: str
    model: str
    capable: bool = True
    accepts_grammar: bool = False
    parameters: float | None = None
    accepts_opening: bool = False


@dataclass(slots=True)
class ChatUsage:
    """What a finished stream cost, as the engine counted it; zero where it does not say."""

    prompt_tokens: int = 0
    answer_tokens: int = 0
    load_ms: float = 0.0
    first_token_ms: float = 0.0
    total_ms: float = 0.0
    notes: list[str] = field(default_factory=list)


@runtime_checkable
class ChatModel(Protocol):
    """Messages to a stream of text."""

    @property
    def identity(self) -> ChatIdentity:
        """Engine and model."""
        ...

    def stream(
        self, messages: Sequence[Message], options: ChatOptions, usage: ChatUsage | None = None
    ) -> Iterator[str]:
        """Yield text as it comes; return only when the engine said that it is done.

        `usage`, if given, is filled before the iterator ends. Closing the iterator cancels the
        generation. Raises EngineReply when the stream breaks off without its end,
        ContextOverflow when the prompt does not fit, and the other EngineErrors.
        """
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens in `text`: exact where the engine can say cheaply, else an estimate from above."""
        ...
