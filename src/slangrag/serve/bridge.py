"""Between the facade, which waits in threads, and clients that leave: pings, and streams that close.

Starlette leaves a synchronous generator open after its client has left: the model would go on for nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final, ParamSpec, TypeVar

import anyio
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from slangrag.service.cancelling import Cancel, ended_by

T = TypeVar("T")
P = ParamSpec("P")

WRITE_SECONDS: Final = 60.0
"""How long a client may take to read what was sent, before its stream is cut and its place given on."""

_lookups: Final = anyio.CapacityLimiter(8)


async def in_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `call` returns, found out in a worker thread. Cancelled, it ends the work there first."""
    return await ended_by(Cancel(), lambda: call(*args, **kwargs))


async def in_lookup_thread(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As `in_thread`, for what only reads the store: it never waits for threads that wait for an engine."""
    return await ended_by(Cancel(), lambda: call(*args, **kwargs), _lookups)


async def with_pings(parts: AsyncGenerator[bytes], ping: bytes, every: float) -> AsyncGenerator[bytes]:
    """`parts`, and a `ping` whenever none came for `every` seconds: proxies cut what is silent."""
    async with aclosing(parts):
        pending = asyncio.ensure_future(anext(parts))
        try:
            while True:
                done, _ = await asyncio.wait({pending}, timeout=every)
                if not done:
                    yield ping
                    continue
                try:
                    part = pending.result()
                except StopAsyncIteration:
                    return
                yield part
                pending = asyncio.ensure_future(anext(parts))
        finally:
            if not pending.done():
                pending.cancel()
                with anyio.CancelScope(shield=True):
                    await asyncio.wait({pending})


class ClosingStream(StreamingResponse):
    """A stream that closes its generator when the client leaves, and is cut when the client stops reading."""

    def __init__(self, parts: AsyncGenerator[bytes], media_type: str) -> None:
        super().__init__(
            parts,
            media_type=media_type,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        self._parts = parts

    async def stream_response(self, send: Send) -> None:
        """Send each part as it comes."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self._parts):
            async for part in self._parts:
                with anyio.fail_after(WRITE_SECONDS):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a client that left, or never reads, is no error of ours."""
        try:
            await super().__call__(scope, receive, send)
        except TimeoutError:
            return
