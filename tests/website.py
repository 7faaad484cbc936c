"""A web site of a test's own: real HTTP on a free loopback port, and names that lead there.

`Names` stands where the system's resolver and the network do: "example.org" has a public address that no
packet is sent to, since the connection to it is made to the site's port.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any, Self

import httpcore

PUBLIC = "93.184.215.14"
"""An address of the public internet, for a name that leads to the site."""


@dataclass(frozen=True)
class Reply:
    """What the site answers at a path."""

    body: str | bytes = ""
    type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def write(self, request: BaseHTTPRequestHandler) -> None:
        body = self.body.encode() if isinstance(self.body, str) else self.body
        if (tag := self.headers.get("ETag")) and request.headers.get("If-None-Match") == tag:
            request.send_response(304)
            request.end_headers()
            return
        request.send_response(self.status)
        if self.type:
            request.send_header("Content-Type", self.type)
        for name, value in {"Content-Length": str(len(body)), **self.headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)


def redirect(to: str, status: int = 301) -> Reply:
    """An answer that sends on to `to`."""
    return Reply(status=status, headers={"Location": to})


def html(*links: str, title: str = "", head: str = "", body: str = "") -> str:
    """A page with these links in it."""
    anchors = "".join(f'<p><a href="{link}">{link}</a></p>' for link in links)
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}{anchors}</body></html>"
    )


Answer = Reply | str | Callable[[BaseHTTPRequestHandler], None]


class Website:
    """The site, running from `__enter__` to `__exit__`. A path that is not in `pages` is answered with 404.

    `asked` has the path of each request in order, `told` its headers. With `tls` it speaks https.
    """

    def __init__(self, pages: Mapping[str, Answer] | None = None, *, tls: SSLContext | None = None) -> None:
        self.pages: dict[str, Answer] = dict(pages or {})
        self.asked: list[str] = []
        self.told: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._requests())
        self._server.daemon_threads = True
        if tls is not None:
            # The handshake waits for the thread of the connection: accepting one may not fail.
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def times(self, path: str) -> int:
        """How often `path` was asked for."""
        return self.asked.count(path)

    def _requests(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Request(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle(self) -> None:
                with suppress(OSError):  # the client has left, as it should
                    super().handle()

            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.told.append(dict(self.headers))
                answer = site.pages.get(self.path, Reply("no such page", status=404))
                if callable(answer):
                    answer(self)
                else:
                    (Reply(answer) if isinstance(answer, str) else answer).write(self)

            def log_message(self, *_: object) -> None:
                pass

        return Request


class Names(httpcore.NetworkBackend):
    """A resolver with these names, and a network on which every address is the port of `site`.

    A name's answers are given in turn, the last of them for ever. `looked_up` and `dialled` are in order.
    """

    def __init__(self, site: Website | None, names: Mapping[str, Iterable[list[str]]] | None = None) -> None:
        self._port = site.port if site else 1
        self._answers = {name: list(answers) for name, answers in (names or {}).items()}
        self._network = httpcore.SyncBackend()
        self.looked_up: list[str] = []
        self.dialled: list[tuple[str, int]] = []

    def resolve(self, host: str, port: int) -> list[str]:
        self.looked_up.append(host)
        answers = self._answers.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        self.dialled.append((host, port))
        return self._network.connect_tcp("127.0.0.1", self._port, timeout, local_address, socket_options)
