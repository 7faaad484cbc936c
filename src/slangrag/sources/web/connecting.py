"""Connections for httpcore: made to an address that was judged, and never past a deadline.

httpcore asks its network backend for a connection to a host's name. This one resolves the name, has every
address judged, and connects to one of them by number, so no second look-up can answer differently (DNS
rebinding). Above it httpcore goes on with the name: in the Host header, in TLS' SNI and in the certificate.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from ssl import SSLContext
from typing import Any

import httpcore
from httpcore import SOCKET_OPTION

from slangrag.sources.web.addresses import Access, Resolver, refusal, system_resolver


class Refusal(Exception):
    """A name leads to an address that is closed; the text is for the user."""


class Deadline:
    """The moment at which whatever is under way ends; begun anew for each page."""

    def __init__(self) -> None:
        self._end = 0.0

    def begin(self, seconds: float) -> None:
        """From now on, `seconds` are left."""
        self._end = time.monotonic() + seconds

    @property
    def over(self) -> bool:
        """Whether it has passed."""
        return time.monotonic() >= self._end

    def within(self, timeout: float | None) -> float:
        """`timeout`, or what is left if that is less. Raises httpcore.ReadTimeout where nothing is left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole page is over")
        return left if timeout is None else min(timeout, left)


class CheckedBackend(httpcore.NetworkBackend):
    """httpcore's way to the network, through `refusal`.

    dial makes the connection to an address; tests put their own there.
    """

    def __init__(
        self,
        access: Access,
        deadline: Deadline,
        *,
        resolve: Resolver = system_resolver,
        dial: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._access = access
        self._deadline = deadline
        self._resolve = resolve
        self._dial = dial or httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to `host`. Raises Refusal, or httpcore's ConnectError and ConnectTimeout."""
        addresses = self._addresses(host, port, self._deadline.within(timeout))
        for address in addresses:
            # One closed address closes the name: a public name beside a private address is how a page
            # reaches into a network that its author cannot see.
            if why := refusal(address, private=self._access.private):
                raise Refusal(f"{address}, {why}" if host == address else f"{host} is at {address}, {why}")
        fault: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                stream = self._dial.connect_tcp(
                    address, port, self._deadline.within(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                fault = error
            else:
                return _Timed(stream, self._deadline)
        raise fault

    def _addresses(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """What the resolver says within `seconds`: getaddrinfo has no time limit, hence the thread."""
        said: list[Sequence[str]] = []
        faults: list[Exception] = []

        def look_up() -> None:
            try:
                said.append(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                faults.append(error)

        thread = threading.Thread(target=look_up, name="look-up", daemon=True)
        thread.start()
        thread.join(seconds)
        if said:
            return said[0]
        if faults:
            raise httpcore.ConnectError(f"no such host: {host} ({faults[0]})") from faults[0]
        raise httpcore.ConnectTimeout(f"no answer on where {host} is")


class _Timed(httpcore.NetworkStream):
    """A connection each of whose waits also ends at the deadline: a server that drips is not waited for."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _Timed(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
