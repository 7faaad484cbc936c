"""One connection to the stand-in: routes, redirects, replies and streams at the wire, and the faults there.

Knows HTTP as Go's net/http and Ollama's router speak it; what is in a reply comes from endpoints.py.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from tests.standin.callers import may_call
from tests.standin.creating import BLOBS
from tests.standin.faults import BUSY, Fault
from tests.standin.traffic import Recorded
from tests.standin.wording import Reply, Stream, go_json

if TYPE_CHECKING:
    from tests.standin.server import StandIn

_LONGEST_WITH_LENGTH: Final = 2048
"""Go's net/http announces the length of a body up to here, and sends a longer one in chunks."""

_JSON: Final = "application/json; charset=utf-8"


class Listener(ThreadingHTTPServer):
    """The socket that a stand-in listens on; each connection gets a thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], standin: StandIn) -> None:
        self.standin = standin
        super().__init__(address, Connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no error of ours; anything else is, and is shown."""
        import sys

        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Gone(ConnectionError):
    """The fault says that the connection ends here."""


class Connection(BaseHTTPRequestHandler):
    """Answers the requests that come over one connection, one after another."""

    server: Listener
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
        if not may_call(self.headers.get("Host", ""), self.origin):
            self.origin = ""
            return self._send(403, b"", "")
        if path != "/" and (path.endswith("/") or "//" in path):
            return self._redirect(path)
        if self.command == "OPTIONS":
            return self._send(204, b"", "")
        methods = standin.creating.methods(path) if path.startswith(BLOBS) else standin.routes.get(path)
        if methods is None:
            return self._send(404, b"404 page not found", "text/plain")
        if self.command not in methods:
            allowed = ", ".join(methods)
            return self._send(405, b"405 method not allowed", "text/plain", [("Allow", allowed)])
        fault = standin.next_fault(path, raw.decode("utf-8", "replace"))
        if fault is not None and self._strike(fault):
            return None
        try:
            reply = methods[self.command](raw, fault)
        except Reply as early:
            body = b"" if early.body is None else go_json(early.body).encode()
            return self._send(early.status, body, early.kind)
        if isinstance(reply, str):
            kind = "text/plain; charset=utf-8" if path == "/" else _JSON
            return self._send(200, reply.encode(), kind, fault=fault)
        return self._stream(reply, fault)

    def _strike(self, fault: Fault) -> bool:
        """Fail before the endpoint is asked; False where the fault is for the endpoint or the stream."""
        match fault.kind:
            case "error":
                self._send(fault.status, go_json({"error": fault.message}).encode(), _JSON)
            case "busy":
                self._send(503, go_json({"error": BUSY}).encode(), _JSON)
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

    def _stream(self, lines: Stream, fault: Fault | None) -> None:
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
            for count, line in enumerate(chain([first], lines)):
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
