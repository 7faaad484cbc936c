"""/v1: the routes, and which models may be named."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from slangrag.serve.answering import unless_gone
from slangrag.serve.bridge import ClosingStream, in_thread, with_pings
from slangrag.serve.faults import Fault
from slangrag.serve.json_api import ERRORS, EVENT_STREAM, PING, PING_SECONDS
from slangrag.serve.openai import shapes
from slangrag.serve.openai.completions import (
    ANSWERS,
    TRANSLATES,
    Completion,
    pieces,
    settings_of,
    unsupported,
)
from slangrag.serve.openai.embeddings import embedded
from slangrag.serve.openai.talk import Unreadable, read_talk
from slangrag.serve.replies import json_reply
from slangrag.serve.shapes import ErrorDocument

if TYPE_CHECKING:
    from slangrag.serve.serving import Serving

_KNOWN_SECONDS: Final = 30.0


class Offered:
    """The models that may be named: the two of ours, and the engine's own, asked for anew now and then."""

    def __init__(self, serving: Serving) -> None:
        self._slang = serving.slang
        self._asked_at = float("-inf")
        self._engine: Sequence[str] = ()
        self.since = int(time.time())

    def ids(self) -> list[str]:
        """Their names."""
        if time.monotonic() - self._asked_at > _KNOWN_SECONDS:
            self._engine = self._slang.chat_models()
            self._asked_at = time.monotonic()
        return [ANSWERS, TRANSLATES, *self._engine]

    def facts(self, name: str) -> dict[str, Any]:
        """A model as /v1/models lists it."""
        return {"id": name, "object": "model", "created": self.since, "owned_by": "slangrag"}

    def missing(self, name: str) -> Fault:
        """There is none of that name."""
        return Fault(
            404, "model_not_found", f"there is no model {name!r}", "GET /v1/models lists them", param="model"
        )


def openai_api(serving: Serving) -> APIRouter:
    """The routes."""
    missing: dict[int | str, dict[str, Any]] = {
        404: {"model": ErrorDocument, "description": "There is no such model, or no such interface here."}
    }
    router = APIRouter(prefix="/v1", responses={**ERRORS, **missing}, tags=["OpenAI"])
    offered = Offered(serving)

    @router.get("/models", response_model=shapes.Models)
    async def models() -> Response:
        """The models that may be named."""
        ids = await in_thread(offered.ids)
        return json_reply({"object": "list", "data": [offered.facts(name) for name in ids]})

    @router.get("/models/{name:path}", response_model=shapes.Model)
    async def model(name: str) -> Response:
        """One of them."""
        if name not in await in_thread(offered.ids):
            return offered.missing(name).response()
        return json_reply(offered.facts(name))

    @router.post(
        "/chat/completions",
        response_model=shapes.ChatCompletion,
        responses={200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}}},
    )
    async def chat_completions(asked: shapes.ChatRequest, request: Request) -> Response:
        """An answer about slang, cited; streamed where `stream` asks for it."""
        if asked.model not in await in_thread(offered.ids):
            return offered.missing(asked.model).response()
        if (fault := unsupported(asked)) is not None:
            return fault.response()
        try:
            talk = read_talk(asked.messages)
        except Unreadable as unreadable:
            return unreadable.fault.response()
        slang = serving.variants.get(settings_of(asked))
        completion = Completion(asked, slang, _base(request))
        said = pieces(asked, talk, slang, serving)
        if asked.stream:
            return ClosingStream(with_pings(completion.stream(said), PING, PING_SECONDS), EVENT_STREAM)
        return json_reply(await unless_gone(request, completion.whole(said)))

    @router.post("/embeddings", response_model=shapes.Embeddings)
    async def embeddings(asked: shapes.EmbeddingsRequest) -> Response:
        """Vectors of the store's embedder; `input_type` says whether the texts are questions or documents."""
        told = await in_thread(embedded, asked, serving.slang)
        return told.response() if isinstance(told, Fault) else json_reply(told)

    @router.post("/responses", include_in_schema=False)
    async def responses() -> Response:
        """Not spoken here."""
        return Fault(
            404, "unsupported", "the Responses API is not spoken here", "POST /v1/chat/completions"
        ).response()

    return router


def _base(request: Request) -> str:
    """This server's address as the client has it."""
    return f"{request.url.scheme}://{request.headers.get('host', 'localhost')}"
