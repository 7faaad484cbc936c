"""/local: for commands of the same user on this machine, over the Unix socket beside the store.

Private, and of one version with its callers: `service.wire` has the protocol, `service.remote` the other end.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from slangrag import __version__
from slangrag.answer.events import Note
from slangrag.errors import EngineBusy, SlangragError
from slangrag.serve.answering import Queued, answering, in_turn
from slangrag.serve.bridge import ClosingStream, in_thread, with_pings
from slangrag.serve.faults import Fault
from slangrag.serve.guard import local
from slangrag.serve.json_api import PING_SECONDS
from slangrag.serve.logs import logger
from slangrag.serve.queue import QueueFull
from slangrag.service import wire
from slangrag.service.equipment import PER_QUESTION
from slangrag.service.remote import SAME_SETTINGS, settings_told

if TYPE_CHECKING:
    from slangrag.serve.serving import Serving
    from slangrag.service.slang import Slang
    from slangrag.service.wire import Call

_METHODS: Final = frozenset({"ask", "search", "translate", "converse"})


def local_api(serving: Serving) -> APIRouter:
    """The route."""
    router = APIRouter(include_in_schema=False)

    @router.post("/local")
    async def called(request: Request) -> Response:
        """Answer one call, line by line."""
        if not local(request.scope):
            return Fault(404, "not_found", "there is nothing at that address").response()
        try:
            call = wire.load_call(await request.body())
        except ValueError:
            return _not_taken("the server is of another version")
        if (reason := _other(call, serving.slang)) is not None:
            return _not_taken(reason)
        if call.method == "hello":
            return Response(f"{serving.address}\n", media_type="text/plain")
        lines = with_pings(_reply(call, serving), wire.PING, PING_SECONDS)
        return ClosingStream(lines, "application/x-ndjson")

    return router


def _not_taken(reason: str) -> Response:
    return Response(reason, 409, media_type="text/plain")


def _other(call: Call, slang: Slang) -> str | None:
    """Why the caller is better answered by itself; None where it is not."""
    if call.version != __version__ or call.method not in {*_METHODS, "hello"}:
        return f"the server is of version {__version__}"
    own = settings_told(slang.settings)
    other = [name for name in SAME_SETTINGS if call.settings.get(name) != own[name]]
    return f"the server has other settings: {', '.join(other)}" if other else None


async def _reply(call: Call, serving: Serving) -> AsyncGenerator[bytes]:
    try:
        async with aclosing(_said(call, serving)) as lines:
            async for line in lines:
                yield line
        yield wire.END
    except QueueFull as full:
        busy = EngineBusy(
            f"{serving.queue.waiting} questions are waiting for the server's model",
            hint=f"try again in {full.retry_after} s, or add --no-server",
        )
        yield wire.dump_error(busy)
    except SlangragError as error:
        yield wire.dump_error(error)
    except Exception as error:  # noqa: BLE001  # the reply has begun: what is left is to say that it failed
        logger.exception("%s failed", call.method)
        yield wire.dump_error(SlangragError(f"the server failed: {error}", hint="add --no-server"))


async def _said(call: Call, serving: Serving) -> AsyncGenerator[bytes]:
    own = settings_told(serving.slang.settings)
    free = {*PER_QUESTION, "chat_model"}
    slang = serving.variants.get(
        {name: value for name, value in call.settings.items() if name in free and value != own[name]}
    )
    given: dict[str, Any] = dict(call.arguments)
    if call.method == "search":
        yield wire.dump(await in_thread(lambda: slang.search(**given)))
    elif call.method == "translate":
        queue = serving.queue if given.get("ask_model", True) else None
        yield wire.dump(await in_turn(lambda: slang.translate(**given), queue))
    else:
        asked = slang.ask if call.method == "ask" else slang.converse
        if call.conversation is not None:
            given["conversation"] = call.conversation
        queue = None if given.get("quoted") else serving.queue
        async with aclosing(answering(lambda: asked(**given), queue)) as events:
            async for event in events:
                shown = Note(f"{event.ahead} ahead in the line") if isinstance(event, Queued) else event
                yield wire.dump(shown)
