"""A server of ours in a thread of the test, on a free loopback port: real sockets, real uvicorn."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from slangrag.serve.app import application
from slangrag.serve.guard import Access
from slangrag.serve.queue import GenerationQueue
from slangrag.serve.running import PatientProtocol
from slangrag.serve.serving import Serving
from slangrag.service.slang import Slang


@dataclass(frozen=True)
class Served:
    """A running server."""

    url: str
    serving: Serving

    def client(self, **options: Any) -> httpx.Client:
        """A client that knows the address."""
        return httpx.Client(base_url=self.url, timeout=30, trust_env=False, **options)


@contextmanager
def served(
    slang: Slang, *, room: int = 8, access: Access | None = None, port: int = 0, uploads: bool = False
) -> Iterator[Served]:
    """Serve `slang` while the block runs, on a free port unless one is given."""
    serving = Serving(slang, GenerationQueue(room), access or Access(), uploads=uploads)
    config = uvicorn.Config(
        application(serving),
        http=PatientProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", port)) as listening:
        port = listening.getsockname()[1]
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{port}"
        _wait(url)
        try:
            yield Served(url, serving)
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive(), "the server did not end"


def _wait(url: str) -> None:
    for _ in range(100):
        try:
            if httpx.get(f"{url}/healthz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            threading.Event().wait(0.05)
    raise AssertionError("the server did not begin")


def events_of(response: httpx.Response) -> Iterator[tuple[str, Any]]:
    """The server-sent events of a streamed response: name ("" for none) and data, comments left out."""
    name, data = "", []
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data.append(line.removeprefix("data: "))
        elif not line and data:
            text = "\n".join(data)
            yield name, text if text == "[DONE]" else json.loads(text)
            name, data = "", []


def within(seconds: float, true: Callable[[], object]) -> bool:
    """Whether it comes true within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(0.02)
    return False
