"""/mcp of the server: the official client over streamable HTTP, behind the same guard, in the same line."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from tests.integration.serve.conftest import Script
from tests.serving import Served, served, within

from slangrag.serve.guard import Access
from slangrag.service.slang import Slang

pytestmark = pytest.mark.weights


def call(url: str, tool: str, arguments: dict[str, Any]) -> Any:
    async def scene() -> Any:
        async with Client(streamable_http_client(f"{url}/mcp")) as client:
            return await client.call_tool(tool, arguments)

    return anyio.run(scene)


def test_the_tools_answer(server: Served) -> None:
    defined = call(server.url, "define", {"word": "rizz"})
    assert defined.structured_content["known"] == "yes"
    asked = call(server.url, "ask", {"question": "what does rizz mean"})
    assert asked.structured_content["sentences"][0]["support"] == "supported"


def test_they_wait_in_the_servers_own_line(server: Served, script: Script) -> None:
    script.let_go.clear()

    async def scene() -> list[bool]:
        busy: list[bool] = []

        async def ask() -> None:
            async with Client(streamable_http_client(f"{server.url}/mcp")) as client:
                told = await client.call_tool("ask", {"question": "what does rizz mean"})
                busy.append(bool(told.is_error))

        async with anyio.create_task_group() as group:
            for _ in range(4):  # one generates, two wait
                group.start_soon(ask)
            while not busy:
                await anyio.sleep(0.05)
            script.let_go.set()
        return busy

    assert sorted(anyio.run(scene)) == [False, False, False, True]
    assert within(5, lambda: server.serving.queue.running == 0)


def test_the_guard_stands_before_it(slang: Slang) -> None:
    hello = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    with served(slang, access=Access(token="a-token-of-some-length")) as running:
        assert httpx.post(f"{running.url}/mcp", json=hello, trust_env=False).status_code == 401
        foreign = {"Origin": "http://evil.example", "Authorization": "Bearer a-token-of-some-length"}
        assert (
            httpx.post(f"{running.url}/mcp", json=hello, headers=foreign, trust_env=False).status_code == 403
        )
