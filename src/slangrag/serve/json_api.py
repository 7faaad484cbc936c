"""The JSON API: /api/..., with the documents of docs/cli.md and, for `ask`, a stream of events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any, Final

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.sse import format_sse_event

from slangrag import __version__
from slangrag.errors import SlangragError
from slangrag.serve import shapes
from slangrag.serve.answering import Queued, answered, answering, in_turn, unless_gone
from slangrag.serve.bridge import ClosingStream, in_lookup_thread, in_thread, with_pings
from slangrag.serve.faults import Fault, fault_of, internal, queue_full
from slangrag.serve.logs import logger
from slangrag.serve.queue import QueueFull
from slangrag.serve.replies import json_reply
from slangrag.service import documents
from slangrag.service.event_documents import EventDocuments, found
from slangrag.service.event_documents import answered as answer_document
from slangrag.service.placeless import placeless
from slangrag.text.rating import strong_words

if TYPE_CHECKING:
    from slangrag.serve.answering import Said
    from slangrag.serve.queue import GenerationQueue
    from slangrag.serve.serving import Serving

PING_SECONDS: Final = 15.0
EVENT_STREAM: Final = "text/event-stream"
PING: Final = b": ping\n\n"

_ERRORS: Final = {
    400: "What was asked cannot be answered as it is.",
    401: "The token is missing or wrong.",
    403: "A request of another page, or a change that the server does not allow.",
    408: "The request did not come to its end in time.",
    413: "The request is too long.",
    415: "The body is of a kind that is not read there.",
    421: "The request is for another host.",
    422: "A field is missing, or its value is out of range.",
    500: "A fault of the server.",
    502: "The engine failed.",
    503: "The queue is full (Retry-After says when to come back), or the store cannot be read.",
    504: "The engine gave no word in time.",
}
ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": shapes.ErrorDocument, "description": said} for status, said in _ERRORS.items()
}
NO_DOCUMENTS: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": shapes.ErrorDocument, "description": "Documents alone were asked, and there are none."}
}


def json_api(serving: Serving) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/api", responses=ERRORS, tags=["slangrag"])
    slang = serving.slang

    @router.get("/status", response_model=shapes.Status)
    async def status() -> Response:
        """The data, the model that answers, who waits for it."""
        now = await in_thread(slang.status)
        queue = serving.queue
        return json_reply(
            {
                "version": __version__,
                "store": {
                    "headwords": now.headwords,
                    "rows": now.rows,
                    "complete": now.complete,
                    "data_until": now.data_until,
                },
                "engine": now.engine,
                "model": now.model,
                "capable": now.capable,
                "gpu": now.gpu,
                "ready": True,
                "notes": [placeless(note) for note in now.notes],
                "queue": {"running": queue.running, "waiting": queue.waiting, "room": queue.room},
                "documents": now.documents,
                "only": slang.settings.only,
                "uploads": serving.uploads,
            }
        )

    @router.get("/headwords", response_model=shapes.Headwords)
    async def headwords(
        starting: Annotated[str, Query(min_length=1, max_length=200)],
        limit: Annotated[int, Query(ge=1, le=50)] = 8,
    ) -> Response:
        """Headwords that begin so, for a box that completes them."""
        return json_reply({"headwords": await in_lookup_thread(slang.headwords, starting, limit)})

    @router.get("/random", response_model=shapes.RandomWord)
    async def random_word() -> Response:
        """A headword of the store's choice."""
        return json_reply({"word": await in_lookup_thread(slang.random_word)})

    @router.get(
        "/entries/{entry_id:path}",
        response_model=shapes.Entry,
        responses={404: {"model": shapes.ErrorDocument, "description": "There is no such entry."}},
    )
    async def entry(entry_id: Annotated[str, Path(min_length=1, max_length=200)]) -> Response:
        """One definition by its id."""
        one = await in_lookup_thread(slang.entry, entry_id)
        if one is None:
            return Fault(404, "no_such_entry", "there is no entry of that id", "POST /api/search").response()
        return json_reply({**documents.entry(one), "strong": strong_words([one.word, one.definition])})

    @router.post("/define", response_model=shapes.Definition)
    async def define(asked: shapes.DefineRequest) -> Response:
        """What the data says about one word: no model, no vector."""
        told = await in_lookup_thread(slang.define, asked.word)
        texts = [text for one in told.entries for text in (one.word, one.definition)]
        return json_reply(
            {**documents.definition(told), "strong": strong_words([told.word, *texts, *told.suggestions])}
        )

    @router.post("/search", response_model=shapes.Retrieval, responses=NO_DOCUMENTS)
    async def search(asked: shapes.SearchRequest) -> Response:
        """The definitions and passages that a word, a message or a description finds, best first."""
        told = await in_thread(
            serving.varied(only=asked.only).search,
            asked.query,
            limit=asked.limit,
            mode=asked.mode,
            intent=asked.intent,
            explain=asked.explain,
            meanings=True,
        )
        return json_reply(_placeless_notes(found(told, explain=asked.explain)))

    @router.post("/translate", response_model=shapes.Translation)
    async def translate(asked: shapes.TranslateRequest, request: Request) -> Response:
        """A message in plain English (or in slang), and what its slang means."""
        call = in_turn(
            lambda: slang.translate(
                asked.text, to=asked.to, ask_model=asked.ask_model, substitute=asked.substitute
            ),
            serving.queue if asked.ask_model else None,
        )
        told = await unless_gone(request, call)
        texts = [text for term in told.terms for text in (term.span.text, term.sense.definition)]
        strong = strong_words([told.text, told.plain, *texts])
        return json_reply(_placeless_notes({**documents.translation(told), "strong": strong}))

    @router.post(
        "/ask",
        response_model=shapes.Answer,
        responses={200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}}, **NO_DOCUMENTS},
    )
    async def ask(asked: shapes.AskRequest, request: Request) -> Response:
        """A cited answer; as server-sent events where `Accept: text/event-stream` asks for them."""
        make = _asking(serving, asked)
        queue = None if asked.quoted else serving.queue
        if EVENT_STREAM in request.headers.get("accept", ""):
            return ClosingStream(with_pings(_events(make, queue), PING, PING_SECONDS), EVENT_STREAM)
        told = await unless_gone(request, answered(make, queue))
        return json_reply(_placeless_notes(answer_document(told)))

    return router


def _asking(serving: Serving, asked: shapes.AskRequest) -> Callable[[], Iterator[Said]]:
    slang = serving.varied(only=asked.only)
    if not asked.turns:
        return lambda: slang.ask(asked.question, quoted=asked.quoted, generate=asked.generate)
    turns = [(turn.question, turn.answer) for turn in asked.turns]
    return lambda: slang.converse(asked.question, slang.retold(turns), quoted=asked.quoted)


async def _events(make: Callable[[], Iterator[Said]], queue: GenerationQueue | None) -> AsyncGenerator[bytes]:
    """The events of an answer on the wire; the last is `finished` or `error`, never both.

    An engine that dies half-way is told of after the answer that stands so far: that is no end.
    """
    shown = EventDocuments()
    finished = b""
    try:
        async with aclosing(answering(make, queue)) as events:
            async for event in events:
                if isinstance(event, Queued):
                    yield _event("queued", {"ahead": event.ahead})
                elif (document := shown.document(event)) is not None:
                    told = _event(document[0], _placeless_notes(document[1]))
                    if document[0] == "finished":
                        finished = told
                    else:
                        yield told
        if finished:
            yield finished
    except QueueFull as full:
        yield _event("error", queue_full(full.retry_after).document())
    except SlangragError as error:
        logger.warning("ask: %s", error.message)
        yield _event("error", fault_of(error).document())
    except Exception:  # noqa: BLE001  # the answer has begun: what is left is to say that it failed
        logger.exception("ask failed")
        yield _event("error", internal().document())


def _event(name: str, document: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=orjson.dumps(document).decode())


def _placeless_notes(document: dict[str, Any]) -> dict[str, Any]:
    if "notes" in document:
        return {**document, "notes": [placeless(note) for note in document["notes"]]}
    return document
