"""MCP over stdin and stdout, with a stdout that nothing but the protocol reaches.

A print of some library's, a C library's write and a child's output go to stderr, from `guarded_stdout` to the
end of the process. The SDK's own guard begins later and gives the descriptor back at its end: what Python
still holds in its buffer then is written into the protocol.
"""

from __future__ import annotations

import io
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Final, NoReturn, TextIO

import anyio
from mcp.server.stdio import stdio_server

from slangrag.mcp.server import make_server

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer
    from mcp.server.lowlevel.server import Server

    from slangrag.service.slang import Slang

_GRACE_SECONDS: Final = 1.5
"""How long a model may still hold an ending process: clients kill after two seconds."""


def guarded_stdout() -> TextIO:
    """The stream that stdout was, for the protocol alone; file descriptor 1 is stderr from now on."""
    sys.stdout.flush()
    wire = os.dup(1)
    try:
        os.dup2(2, 1)
    except OSError:  # no stderr either
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return io.TextIOWrapper(io.BufferedWriter(_Pipe(wire, "wb")), encoding="utf-8", newline="\n")


class _Pipe(io.FileIO):
    """Where the client reads. Once it is gone there is nobody to answer: the process ends, as at its EOF."""

    def write(self, some: ReadableBuffer) -> int:
        """As a file's."""
        try:
            return super().write(some)
        except BrokenPipeError:
            _leave()


def serve(slang: Slang, wire: TextIO) -> None:
    """Answer one client until it closes stdin, or until SIGTERM or Ctrl-C. One model answers at a time."""
    place = anyio.Lock()
    anyio.run(_serve, make_server(slang, slot=lambda: place, afar=False), wire)


async def _serve(server: Server, wire: TextIO) -> None:
    async with (
        anyio.create_task_group() as tasks,
        stdio_server(stdout=anyio.wrap_file(wire)) as (incoming, outgoing),
    ):
        with anyio.CancelScope() as serving:
            if sys.platform != "win32":  # no signals in its event loop: Ctrl-C and a kill end it at once
                tasks.start_soon(_end_on_signal, serving)
            await server.run(incoming, outgoing, server.create_initialization_options())
        if serving.cancel_called:
            _leave()
        _leave_later()
        tasks.cancel_scope.cancel()


async def _end_on_signal(serving: anyio.CancelScope) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            _leave_later()
            serving.cancel()
            return


def _leave_later() -> None:
    """End the process soon, whatever a model that is silent makes its thread wait for."""
    timer = threading.Timer(_GRACE_SECONDS, _leave)
    timer.daemon = True
    timer.start()


def _leave() -> NoReturn:
    """End the process now: the thread that reads stdin waits for a line, and Python would wait for it."""
    sys.stderr.flush()
    os._exit(0)
