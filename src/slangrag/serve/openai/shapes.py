"""Requests and answers of the OpenAI-compatible API. What is not named here is read over, as OpenAI does."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

LONGEST_TALK = 400
LONGEST_CONTENT = 200_000
Content = Annotated[str, StringConstraints(max_length=LONGEST_CONTENT)]


ModelName = Annotated[str, StringConstraints(min_length=1, max_length=200), Field(examples=["slangrag"])]


class _Request(BaseModel):
    model_config = ConfigDict(extra="ignore")


class Part(_Request):
    """A part of a message; only text is read."""

    type: str
    text: Content | None = None


class ChatMessage(_Request):
    """One message of a talk."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content | list[Part] | None = None


class StreamOptions(_Request):
    """include_usage: a last chunk says what the answer cost."""

    include_usage: bool = False


class ChatRequest(_Request):
    """A talk to be gone on with."""

    model: ModelName
    messages: Annotated[list[ChatMessage], Field(min_length=1, max_length=LONGEST_TALK)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    stop: (
        Annotated[str, StringConstraints(max_length=200)]
        | Annotated[list[Annotated[str, StringConstraints(max_length=200)]], Field(max_length=4)]
        | None
    ) = None
    n: int | None = 1
    tools: list[Any] | None = None
    tool_choice: Any = None
    response_format: dict[str, Any] | None = None
    logprobs: bool | None = None

    @property
    def stops(self) -> tuple[str, ...]:
        """The texts at which the answer ends."""
        given = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return tuple(one for one in given if one)

    @property
    def most_tokens(self) -> int | None:
        """How long the answer may be; None: as the server is set."""
        return self.max_completion_tokens if self.max_completion_tokens is not None else self.max_tokens


class EmbeddingsRequest(_Request):
    """Texts to embed. input_type: whether they are questions to the store, or documents like its entries."""

    model: ModelName
    input: (
        Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CONTENT)]
        | Annotated[
            list[Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CONTENT)]],
            Field(min_length=1, max_length=256),
        ]
    )
    encoding_format: Literal["float", "base64"] | None = "float"
    dimensions: int | None = None
    input_type: Literal["query", "document", "search_query", "search_document"] | None = "query"


class Model(TypedDict):
    """A model that may be named."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(TypedDict):
    """All of them."""

    object: Literal["list"]
    data: list[Model]


class UrlCitation(TypedDict):
    """Where `[n]` stands in the text (characters), and the page of the entry that it means."""

    start_index: int
    end_index: int
    url: str
    title: str


class Annotation(TypedDict):
    """One citation in the text."""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class AnswerMessage(TypedDict):
    """What was answered."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[Annotation]


class Choice(TypedDict):
    """The one answer."""

    index: int
    message: AnswerMessage
    finish_reason: Literal["stop", "length"]
    logprobs: None


class Usage(TypedDict):
    """Tokens of what was sent and of what came back, estimated; the definitions are not counted."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(TypedDict):
    """A whole answer."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    citations: list[str]


class Embedding(TypedDict):
    """One vector: numbers, or base64 of little-endian 32-bit floats."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingsUsage(TypedDict):
    """Tokens of the texts, estimated."""

    prompt_tokens: int
    total_tokens: int


class Embeddings(TypedDict):
    """The vectors, in the order of the texts."""

    object: Literal["list"]
    model: str
    data: list[Embedding]
    usage: EmbeddingsUsage
    dimensions: NotRequired[int]
