"""A real Chroma server (`chroma run`) in a process of its own, and a gate before it that wants a token."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

_PATIENCE: Final = 60.0


def free_port() -> int:
    """A port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ChromaRun:
    """One server over one directory; it can be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = Path(sys.executable).with_name("chroma")
        with (self._folder / "chroma.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "run", "--path", self._folder, "--host", "127.0.0.1", "--port", str(self._port)],
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=2)) as connection:
                try:
                    connection.request("GET", "/api/v2/heartbeat")
                    if connection.getresponse().status == 200:
                        return
                except OSError:
                    time.sleep(0.1)
        raise AssertionError((self._folder / "chroma.log").read_text(encoding="utf-8"))

    def stop(self) -> None:
        """Kill it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def chroma_run(folder: Path) -> Iterator[ChromaRun]:
    """A running server."""
    server = ChromaRun(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def gate(server: ChromaRun, header: str, value: str) -> Iterator[str]:
    """An address that passes on to the server what bears the header, and refuses the rest with 401.

    Chroma's own server has no tokens: they are asked for by what stands before it.
    """
    port = int(server.address.rpartition(":")[2])

    class Gate(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get(header) != value:
                self._answer(401, b'{"error":"Unauthorized","message":"no token"}')
                return
            kept = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "accept-encoding")}
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
                connection.request(self.command, self.path, body, kept)
                answer = connection.getresponse()
                self._answer(answer.status, answer.read())

        do_GET = do_POST = do_PUT = do_DELETE = _pass  # noqa: N815

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Gate)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
