"""Ollama's protocol over the standard library: one JSON request, a JSON or NDJSON reply.

Why chat and embedding go through here and not through the `ollama` package:
- its import alone costs 0.4 to 0.5 s of CPU (http.client: 0.05), which a question would pay before its
  first word;
- its chat() cannot send `truncate` and `shift`, without which the server cuts prompts in silence, and
  it takes a stream that ends without `done` for a whole one;
- its embed() spends 230 microseconds of CPU on a vector of 768 numbers, most of it in the standard
  library's JSON parser; here it is 70 (see embed.py), and a GPU server makes 4,000 vectors a second.
Everything else (list, show, ps, pull) goes through the package.

Each request has its own connection, closed at its end: closing a stream cancels the generation.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from slangrag.engines.cancelling import closed_on_cancel
from slangrag.engines.ollama import faults
from slangrag.engines.ollama.faults import Purpose
from slangrag.engines.ollama.host import Host
from slangrag.errors import EngineError

Loads = Callable[[bytes], Any]

LONGEST_LINE: Final = 16 * 2**20
"""Bytes of one NDJSON line (or error body) beyond which a reply is not Ollama's."""


@dataclass(frozen=True, slots=True)
class Wire:
    """Requests to one host. Timeouts in seconds; `read_timeout` bounds each wait, not the whole reply."""

    host: Host
    connect_timeout: float = 5.0
    read_timeout: float = 120.0

    def get(self, path: str, *, timeout: float | None = None) -> dict[str, Any]:
        """The JSON object at `path`. `timeout` replaces both limits. Raises the EngineErrors of faults.py."""
        with self._reply("GET", path, None, purpose="ask", limit=timeout) as response:
            return self._parse(self._read(response))

    def post(
        self, path: str, body: dict[str, Any], *, purpose: Purpose, loads: Loads = json.loads
    ) -> dict[str, Any]:
        """The JSON object that answers `body`, read by `loads` (which raises ValueError for what is none).

        Raises the EngineErrors of faults.py.
        """
        with self._reply("POST", path, body, purpose=purpose) as response:
            return self._parse(self._read(response), loads)

    def stream(
        self, path: str, body: dict[str, Any], *, purpose: Purpose
    ) -> Generator[dict[str, Any], None, None]:
        """Each line of the NDJSON reply to `body`, as it comes; an `error` line is raised.

        Ends where the reply ends: whether that was the true end, the caller sees by `done`.
        """
        with self._reply("POST", path, body, purpose=purpose) as response:
            while line := self._line(response):
                part = self._parse(line)
                if "error" in part:
                    text = line.decode("utf-8", "replace")
                    raise self._fault(faults.MID_STREAM, text, body, purpose)
                yield part

    @contextmanager
    def _reply(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        *,
        purpose: Purpose,
        limit: float | None = None,
    ) -> Iterator[http.client.HTTPResponse]:
        """A reply of status 200, its body still to be read; any other status is raised."""
        connection, target = self._connection(path, self.connect_timeout if limit is None else limit)
        try:
            self._connect(connection, self.read_timeout if limit is None else limit)
            with closed_on_cancel(partial(connection.sock.shutdown, socket.SHUT_RDWR)):
                response = self._exchange(connection, method, target, body)
                try:
                    if response.status != 200:
                        text = self._read(response).decode("utf-8", "replace")
                        text = text or response.headers.get("Location") or ""
                        raise self._fault(response.status, text, body or {}, purpose)
                    yield response
                finally:
                    response.close()
        finally:
            connection.close()

    def _fault(self, status: int, text: str, body: dict[str, Any], purpose: Purpose) -> EngineError:
        model = str(body.get("model", ""))
        return faults.reply_fault(status, text, model=model, purpose=purpose, address=self.host.url)

    def _connect(self, connection: http.client.HTTPConnection, read_limit: float) -> None:
        try:
            connection.connect()
        except TimeoutError as error:
            raise faults.unreachable(self.host.url, "no connection within the time limit") from error
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise faults.unreachable(self.host.url, error) from error
        connection.sock.settimeout(read_limit)

    def _exchange(
        self, connection: http.client.HTTPConnection, method: str, target: str, body: dict[str, Any] | None
    ) -> http.client.HTTPResponse:
        """Send the request and read the status line and the headers."""
        headers = {"Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if key := os.environ.get("OLLAMA_API_KEY"):
            headers["Authorization"] = f"Bearer {key}"
        payload = None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, target, payload, headers)
            return connection.getresponse()
        except http.client.RemoteDisconnected as error:
            raise faults.broken_off(self.host.url, error) from error
        except http.client.BadStatusLine as error:
            raise faults.not_ollama(self.host.url, f"no HTTP: {str(error)[:60]!r}") from error
        except TimeoutError as error:
            raise faults.silent(self.host.url, self.read_timeout) from error
        except (OSError, http.client.HTTPException) as error:
            raise faults.broken_off(self.host.url, str(error) or type(error).__name__) from error

    def _connection(self, path: str, timeout: float) -> tuple[http.client.HTTPConnection, str]:
        """An unopened connection and the request target. Proxies are ignored on loopback, else obeyed."""
        host, target = self.host, self.host.path + path
        proxy = None if host.loopback else _proxy(host)
        if proxy is None:
            if host.scheme == "https":
                context = ssl.create_default_context()
                return http.client.HTTPSConnection(
                    host.name, host.port, timeout=timeout, context=context
                ), target
            return http.client.HTTPConnection(host.name, host.port, timeout=timeout), target
        if host.scheme == "https":
            tunnel = http.client.HTTPSConnection(
                proxy[0], proxy[1], timeout=timeout, context=ssl.create_default_context()
            )
            tunnel.set_tunnel(host.name, host.port)
            return tunnel, target
        return http.client.HTTPConnection(*proxy, timeout=timeout), f"{host.scheme}://{host.netloc}{target}"

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        with self._reading():
            return response.read()

    def _line(self, response: http.client.HTTPResponse) -> bytes:
        """The next line that holds anything; b"" at the end."""
        with self._reading():
            while line := response.readline(LONGEST_LINE):
                if line.strip():
                    return line
        return b""

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise faults.silent(self.host.url, self.read_timeout) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            # ValueError: a chunk whose length is no number.
            raise faults.broken_off(self.host.url, str(error) or type(error).__name__) from error

    def _parse(self, text: bytes, loads: Loads = json.loads) -> dict[str, Any]:
        try:
            parsed = loads(text)
        except ValueError as error:
            raise faults.not_ollama(self.host.url, error) from error
        if not isinstance(parsed, dict):
            raise faults.not_ollama(self.host.url, "no JSON object")
        return parsed


def _proxy(host: Host) -> tuple[str, int] | None:
    """The proxy that the environment names for `host`, unless it is exempt by NO_PROXY."""
    from urllib.parse import urlsplit
    from urllib.request import getproxies, proxy_bypass

    proxies = getproxies()
    named = proxies.get(host.scheme) or proxies.get("all")
    if not named or proxy_bypass(host.netloc):
        return None
    parts = urlsplit(named if "://" in named else f"http://{named}")
    return (parts.hostname, parts.port or 80) if parts.hostname else None
