"""The server's process: uvicorn over the sockets, cut off from slow clients, drained at its end."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from slangrag.serve.logs import logger

HEADER_SECONDS: Final = 15.0
"""How long the head of a request may take to come. uvicorn itself waits for ever."""

_MOST_CONNECTIONS: Final = 512


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that does not wait for ever for a request's head."""

    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        super().connection_made(transport)
        self._arm()

    def data_received(self, data: bytes) -> None:
        """Bytes have come; once they are a request's head, the wait is over."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._disarm()

    def on_response_complete(self) -> None:
        """An answer is sent; another request may come."""
        self._arm()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has left."""
        self._disarm()
        super().connection_lost(exc)

    def _arm(self) -> None:
        self._disarm()
        self._patience = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _disarm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class Server(uvicorn.Server):
    """uvicorn that says when it is ready; at a signal its streams come to their end first."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The first signal drains, a second SIGINT cuts; none is raised again at the end.

        SIGUSR1 is what Slurm sends a while before a job's time limit.
        """
        ending = [signal.SIGINT, signal.SIGTERM, *([signal.SIGUSR1] if hasattr(signal, "SIGUSR1") else [])]
        before = {signum: signal.signal(signum, self.handle_exit) for signum in ending}
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)


def run(
    app: ASGIApp, sockets: Sequence[socket.socket], *, drain_seconds: int, ready: Callable[[], Any]
) -> None:
    """Serve until a signal; then no new request is taken, and those under way have `drain_seconds`."""
    _log_to_stderr()
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=drain_seconds,
        limit_concurrency=_MOST_CONNECTIONS,
        h11_max_incomplete_event_size=64 * 1024,
    )
    Server(config, ready).run(sockets=list(sockets))


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
