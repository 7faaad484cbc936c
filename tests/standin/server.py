"""The server itself: connections, routes, redirects, who may call, the request log, and faults at the wire.

What each endpoint answers is in endpoints.py.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlsplit

from tests.standin.endpoints import ROUTES, Endpoints
from tests.standin.faults import BUSY, Fault
from tests.standin.models import CATALOGUE, StandInModel
from tests.standin.wording import NEW, Reply, go_json, refuse

_LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "0.0.0.0", "::1")
_LOCAL_ENDINGS: Final = (".localhost", ".local", ".internal")
_LONGEST_WITH_LENGTH: Final = 2048
"""Go's net/http announces the length of a body up to here, and sends a longer one in chunks."""


@dataclass(slots=True)
class Recorded:
    """One request as it came. cancelled: the caller went away before the reply was whole."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes
    started: float
    status: int = 0
    finished: float = 0.0
    cancelled: bool = False

    @property
    def body(self) -> Any:
        """The JSON of the request; None where it has none."""
        try:
            return json.loads(self.raw)
        except ValueError:
            return None


@dataclass(slots=True)
class Shape:
    """How slow the stand-in is, in milliseconds: a GPU server is about 6 a call and 0.25 a row.

    Embedding calls wait for one another, as they do on a server that runs them one at a time.
    """

    call_ms: float = 0.0
    row_ms: float = 0.0
    token_ms: float = 0.0
    load_ms: float = 0.0
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def embedding(self, rows: int) -> None:
        """Take the time that `rows` rows take."""
        seconds = (self.call_ms + self.row_ms * rows) / 1000
        if seconds:
            with self.turn:
                time.sleep(seconds)


class StandIn:
    """An Ollama stand-in on a free loopback port, running from `__enter__` to `__exit__`.

    models: what is pulled. version: "0.32.15" or "0.13.5". registry: what can be pulled (None: the
    registry cannot be reached). max_queue: requests to models at the same time beyond which it is
    busy. vram: whether /api/ps says that models are on the GPU. log: a file that gets one JSON line a
    request, with its body.
    """

    def __init__(
        self,
        models: Iterable[StandInModel] = (),
        *,
        version: str = NEW,
        faults: Iterable[Fault] = (),
        shape: Shape | None = None,
        registry: dict[str, StandInModel] | None = None,
        offline: bool = False,
        max_queue: int = 0,
        vram: bool = True,
        log: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.version = version
        self.shape = shape or Shape()
        self.requests: list[Recorded] = []
        self.max_queue = max_queue
        self.endpoints = Endpoints(self, models, CATALOGUE if registry is None else registry, offline, vram)
        self._log = log
        self._faults: list[tuple[Fault, int]] = [(fault, 0) for fault in faults]
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._active = 0
        self.stopping = threading.Event()
        self._server = _Listener((host, port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """What OLLAMA_HOST should be."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop listening, let hanging faults go, and wait for every connection to end."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fail(self, *faults: Fault) -> None:
        """From now on, fail in these ways too."""
        with self._lock:
            self._faults += [(fault, 0) for fault in faults]

    def heal(self) -> None:
        """No more faults; the counting of requests starts anew."""
        with self._lock:
            self._faults.clear()
            self._counts.clear()

    def calls(self, path: str) -> list[Recorded]:
        """The requests to `path` so far."""
        return [request for request in self.requests if request.path == path]

    def next_fault(self, path: str, body: str) -> Fault | None:
        """Count this request, and give the fault that strikes it."""
        with self._lock:
            self._counts[path] += 1
            for place, (fault, used) in enumerate(self._faults):
                spent = fault.times and used >= fault.times
                if not spent and fault.strikes(path, self._counts[path], body):
                    self._faults[place] = (fault, used + 1)
                    return fault
        return None

    def record(self, request: Recorded) -> None:
        """Keep a request that is done, and write it to the log file."""
        with self._lock:
            if self._log is not None:
                line = {"t": request.started, "method": request.method, "path": request.path,
                        "status": request.status, "body": request.body}  # fmt: skip
                with self._log.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")

    def enter_queue(self) -> None:
        """Raise the 503 where too many requests to models are under way already."""
        with self._lock:
            if self.max_queue and self._active >= self.max_queue:
                raise refuse(503, BUSY)
            self._active += 1

    def leave_queue(self) -> None:
        """The request that entered is done."""
        with self._lock:
            self._active -= 1


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], standin: StandIn) -> None:
        self.standin = standin
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no error of ours; anything else is, and is shown."""
        import sys

        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Gone(ConnectionError):
    """The fault says that the connection ends here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 120

    def log_message(self, format: str, *args: Any) -> None:
        """Tests read the request log instead."""

    def send_response(self, code: int, message: str | None = None) -> None:
        """As Ollama: a date, and no Server header."""
        self.record.status = code
        self.send_response_only(code, message)
        self.send_header("Date", self.date_time_string())

    def do_GET(self) -> None:
        standin = self.server.standin
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.record = Recorded(self.command, self._raw_path(), dict(self.headers.items()), raw, time.time())
        standin.requests.append(self.record)
        self._chunked = False
        try:
            self._answer(standin, raw)
            self.wfile.flush()
        except (_Gone, BrokenPipeError, ConnectionResetError) as gone:
            self.record.cancelled = not isinstance(gone, _Gone)
            self.close_connection = True
        finally:
            self.record.finished = time.time()
            standin.record(self.record)

    def _raw_path(self) -> str:
        """The path as it was sent; `self.path` has lost a double slash at its head."""
        return self.requestline.split()[1].partition("?")[0]

    do_POST = do_HEAD = do_DELETE = do_OPTIONS = do_PUT = do_GET  # noqa: N815 - the names of the base class

    def _answer(self, standin: StandIn, raw: bytes) -> None:
        self.origin = self.headers.get("Origin", "")
        path = self.record.path
        if not _may_call(self.headers.get("Host", "")) or (self.origin and not _may_call_from(self.origin)):
            self.origin = ""
            return self._send(403, b"", "")
        if path != "/" and (path.endswith("/") or "//" in path):
            return self._redirect(path)
        if self.command == "OPTIONS":
            return self._send(204, b"", "")
        methods = ROUTES.get(path)
        if methods is None:
            return self._send(404, b"404 page not found", "text/plain")
        if self.command not in methods:
            allowed = ", ".join(methods)
            return self._send(405, b"405 method not allowed", "text/plain", [("Allow", allowed)])
        fault = standin.next_fault(path, raw.decode("utf-8", "replace"))
        if fault is not None and self._strike(fault):
            return None
        try:
            reply = getattr(standin.endpoints, methods[self.command])(raw, fault)
        except Reply as early:
            return self._send(early.status, go_json(early.body).encode(), early.kind)
        if isinstance(reply, str):
            kind = "text/plain; charset=utf-8" if path == "/" else "application/json; charset=utf-8"
            return self._send(200, reply.encode(), kind, fault=fault)
        return self._stream(reply, fault)

    def _strike(self, fault: Fault) -> bool:
        """Fail before the endpoint is asked; False where the fault is for the endpoint or the stream."""
        match fault.kind:
            case "error":
                self._send(
                    fault.status,
                    go_json({"error": fault.message}).encode(),
                    "application/json; charset=utf-8",
                )
            case "busy":
                self._send(503, go_json({"error": BUSY}).encode(), "application/json; charset=utf-8")
            case "html":
                self._send(fault.status, b"<html>bad gateway</html>\n", "text/html")
            case "forbidden":
                self._send(403, b"", "")
            case "close":
                raise _Gone
            case "reset":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
                self.wfile.flush()
                self._reset()
            case "hang":
                self.server.standin.stopping.wait(fault.seconds)
                raise _Gone
            case "slow":
                self.server.standin.stopping.wait(fault.seconds)
                return False
            case _:
                return False
        return True

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise _Gone

    def _redirect(self, path: str) -> None:
        clean = "/" + "/".join(part for part in path.split("/") if part)
        status = 307 if "//" in path or self.command != "GET" else 301
        reason = {301: "Moved Permanently", 307: "Temporary Redirect"}[status]
        page = f'<a href="{clean}">{reason}</a>.\n\n'.encode() if self.command == "GET" else b""
        self._send(status, page, "text/html; charset=utf-8" if page else "", [("Location", clean)])

    def _headers(self, status: int, kind: str, extra: Iterable[tuple[str, str]] = ()) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        for name, value in extra:
            self.send_header(name, value)
        if self.origin:
            self.send_header("Access-Control-Allow-Origin", self.origin)
            self.send_header("Vary", "Origin")

    def _send(
        self,
        status: int,
        body: bytes,
        kind: str,
        extra: Iterable[tuple[str, str]] = (),
        *,
        fault: Fault | None = None,
    ) -> None:
        chunked = len(body) > _LONGEST_WITH_LENGTH
        self._headers(status, kind, extra)
        if status != 204:
            name = "Transfer-Encoding" if chunked else "Content-Length"
            self.send_header(name, "chunked" if chunked else str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if fault is not None and fault.kind == "truncated":
            self.wfile.write(
                b"%x\r\n%b" % (len(body), body[: len(body) // 2]) if chunked else body[: len(body) // 2]
            )
            self.wfile.flush()
            raise _Gone
        self.wfile.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if chunked else body)

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def _stream(self, lines: Iterator[dict[str, Any]], fault: Fault | None) -> None:
        """Send NDJSON; an error before the first line sets the status, as with Ollama."""
        try:
            first = next(lines)
        except Reply as early:
            self._headers(early.status, "application/json", [("Transfer-Encoding", "chunked")])
            self.end_headers()
            self._chunk(go_json(early.body))
            self.wfile.write(b"0\r\n\r\n")
            return
        self._headers(200, "application/x-ndjson", [("Transfer-Encoding", "chunked")])
        self.end_headers()
        try:
            for count, line in enumerate(_chain(first, lines)):
                if fault is not None and count == fault.after:
                    self._strike_stream(fault)
                    if fault.kind in ("mid_stream_error", "no_done"):
                        break
                self._chunk(go_json(line) + "\n")
        except Reply as late:
            self._chunk(go_json(late.body) + "\n")
        finally:
            close = getattr(lines, "close", None)
            if close is not None:
                close()
        self.wfile.write(b"0\r\n\r\n")
        return

    def _strike_stream(self, fault: Fault) -> None:
        match fault.kind:
            case "mid_stream_error":
                self._chunk(go_json({"error": fault.message}) + "\n")
            case "killed" | "truncated":
                raise _Gone
            case "stall":
                self.server.standin.stopping.wait(fault.seconds)
                raise _Gone
            case _:
                pass


def _chain(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _bare(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") <= 1 else host


def _may_call(host: str) -> bool:
    """Whether Ollama's allowedHostsMiddleware lets a Host header through on a loopback server."""
    name = _bare(host.lower())
    private = name.startswith(("127.", "10.", "192.168."))
    return not name or name in _LOCAL_NAMES or private or name.endswith(_LOCAL_ENDINGS)


def _may_call_from(origin: str) -> bool:
    """Whether Ollama's default origins hold `origin`."""
    parts = urlsplit(origin)
    if parts.scheme in ("app", "file", "tauri", "vscode-webview", "vscode-file"):
        return True
    return parts.scheme in ("http", "https") and parts.hostname in ("localhost", "127.0.0.1", "0.0.0.0")
