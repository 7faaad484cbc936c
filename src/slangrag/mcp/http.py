"""MCP over streamable HTTP, as a part of somebody else's server.

    door = mcp_door(slang, slot=queue.place)
    app.router.routes.append(Route("/mcp", endpoint=door.app))     # Starlette or FastAPI
    ...
    async with door.running():                                     # in the app's lifespan, once
        yield

A `Route`, not a `Mount`: a mount at /mcp answers /mcp with a redirect to /mcp/, which drops a POST's body in
some clients. `running` is entered once and not again: a second server needs a second door.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import anyio
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings

from slangrag.mcp.server import make_server

if TYPE_CHECKING:
    from slangrag.mcp.server import Slot
    from slangrag.service.slang import Slang

LOOPBACK_HOSTS: Final = ("127.0.0.1:*", "localhost:*", "[::1]:*")
LOOPBACK_ORIGINS: Final = ("http://127.0.0.1:*", "http://localhost:*", "http://[::1]:*")

_LARGEST_BODY: Final = 64 * 1024
_MOST_SESSIONS: Final = 200
_IDLE_SECONDS: Final = 30 * 60.0


@dataclass(frozen=True, slots=True)
class McpDoor:
    """app answers GET, POST and DELETE at the path that its host gives it, while `running()` is entered."""

    app: StreamableHTTPASGIApp
    running: Callable[[], AbstractAsyncContextManager[None]]


def mcp_door(
    slang: Slang,
    *,
    slot: Slot | None = None,
    hosts: Sequence[str] | None = LOOPBACK_HOSTS,
    origins: Sequence[str] = LOOPBACK_ORIGINS,
) -> McpDoor:
    """The MCP server over `slang`, to be mounted. It never closes `slang`.

    slot opens a place at the model ("one at a time" where none is given); it may raise EngineBusy. hosts
    and origins are the Host and Origin headers that are let in, each as it is sent or with ":*" for any port;
    others are answered 421 and 403. A server behind a proxy needs the proxy's name among them (python-sdk
    issue 1798). hosts=None checks neither: for a host whose own guard stands before it. What a client is told
    names no place on the machine.
    """
    if slot is None:
        place = anyio.Lock()

        def slot() -> AbstractAsyncContextManager[object]:
            return place

    manager = StreamableHTTPSessionManager(
        make_server(slang, slot=slot, afar=True),
        security_settings=TransportSecuritySettings(
            enable_dns_rebinding_protection=hosts is not None,
            allowed_hosts=list(hosts or ()),
            allowed_origins=list(origins),
        ),
        session_idle_timeout=_IDLE_SECONDS,
        max_request_body_size=_LARGEST_BODY,
        max_sessions=_MOST_SESSIONS,
    )
    return McpDoor(StreamableHTTPASGIApp(manager), manager.run)
