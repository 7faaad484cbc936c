"""How the tests hold the server: as a process over its pipes, and behind uvicorn on loopback."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from mcp.client.stdio import StdioServerParameters
from mcp_types import CallToolResult, TextContent
from starlette.applications import Starlette
from starlette.routing import Route
from tests.standin import Recorded, StandIn

from slangrag import Slang
from slangrag.mcp.http import mcp_door
from slangrag.mcp.server import ERROR_KEY


def command(store: Path, server: StandIn, *, python: tuple[str, ...] = ("-m", "slangrag")) -> list[str]:
    """The command line of a server over `store` that asks `server`'s models."""
    return [sys.executable, *python, "mcp", "--store", str(store), "--engine", "ollama"]


def environment(server: StandIn) -> dict[str, str]:
    """Its environment: this one's, and where Ollama is. Python buffers what it prints, as for users."""
    mine = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return {**mine, "OLLAMA_HOST": server.url}


def over_pipes(store: Path, server: StandIn, **changes: Any) -> StdioServerParameters:
    """What the official client starts."""
    program, *arguments = command(store, server, **changes)
    return StdioServerParameters(command=program, args=arguments, env=environment(server))


@asynccontextmanager
async def served(slang: Slang, **given: Any) -> AsyncIterator[str]:
    """The URL of `/mcp` in a Starlette app behind uvicorn, in this event loop."""
    door = mcp_door(slang, **given)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with door.running():
            yield

    app = Starlette(routes=[Route("/mcp", endpoint=door.app)], lifespan=lifespan)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        running = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        finally:
            server.should_exit = True
            await running


def said(result: CallToolResult) -> str:
    """The text of a result."""
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def failure(result: CallToolResult) -> dict[str, str]:
    """Code, message and hint of a call that failed; structured content would be held against the schema."""
    assert result.is_error
    assert result.structured_content is None
    assert result.meta is not None
    told: dict[str, str] = result.meta[ERROR_KEY]
    return told


async def asked(server: StandIn, count: int = 1) -> list[Recorded]:
    """The requests to the chat model, once there are `count`."""
    return await _until(lambda: [one for one in server.requests if one.path == "/api/chat"], count)


async def left(server: StandIn, count: int = 1) -> list[Recorded]:
    """Those that the caller left before the answer was whole, once there are `count`."""
    return await _until(lambda: [one for one in server.requests if one.cancelled], count)


async def _until(look: Any, count: int) -> list[Recorded]:
    for _ in range(500):
        if len(found := look()) >= count:
            return list(found)
        await asyncio.sleep(0.02)
    raise AssertionError(f"{count} expected, {look()} came")
