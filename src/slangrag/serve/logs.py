"""One line a request on stderr: what kind, how it went, how long. No questions unless asked for."""

from __future__ import annotations

import logging
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger: Final = logging.getLogger("slangrag.serve")


class RequestLog:
    """ASGI middleware. It logs the route's pattern, not the address, which may hold a word."""

    def __init__(self, app: ASGIApp, *, whole: bool = False) -> None:
        """whole: log addresses as they are."""
        self._app = app
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, then log it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            took = (time.perf_counter() - began) * 1000
            route = _address(scope) if self._whole else pattern(scope)
            logger.info("%s %s %s %.0f ms", scope["method"], route, status or "left", took)


def _address(scope: Scope) -> str:
    """The address as it was sent: percent-encoded, so that no line break of it gets into the log."""
    query = scope["query_string"]
    raw: bytes = scope["raw_path"] + (b"?" + query if query else b"")
    return raw.decode("latin-1")


def pattern(scope: Scope) -> str:
    """The route that a request took, as its pattern; "-" where it took none."""
    if scope["path"] == "/mcp":  # a plain route of Starlette's, which does not say that it was taken
        return "/mcp"
    return str(getattr(scope.get("route"), "path", "-"))
