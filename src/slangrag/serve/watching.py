"""What became of each request, told to whoever wants to know: the log, the counters."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Told = Callable[[Scope, int, float], None]
"""Gets the request's scope, its status (0: the client left before an answer began) and its seconds."""

NO_ROUTE: Final = "-"


class Watching:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, told: Sequence[Told]) -> None:
        self._app = app
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, then tell what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            for tell in self._told:
                tell(scope, status, time.perf_counter() - began)


def pattern(scope: Scope) -> str:
    """The route that a request took, as its pattern: an address may hold a word or a question."""
    if scope["path"] == "/mcp":  # a plain route of Starlette's, which does not say that it was taken
        return "/mcp"
    return str(getattr(scope.get("route"), "path", NO_ROUTE))
