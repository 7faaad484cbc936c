"""Clients that keep a connection and say nothing, or not enough, are cut."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

import pytest
from tests.serving import Served

from slangrag.serve import guard, running

pytestmark = pytest.mark.weights

HEAD = (
    b"POST /api/define HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 20\r\n\r\n"
)


def opened(server: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), timeout=10)


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: 127.0"])
def test_a_head_that_does_not_come(server: Served, monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    monkeypatch.setattr(running, "HEADER_SECONDS", 0.5)
    with opened(server) as slow:
        slow.sendall(sent)
        began = time.monotonic()
        assert slow.recv(100) == b""
        assert time.monotonic() - began < 5


def test_a_second_request_has_no_more_time_than_the_first(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "HEADER_SECONDS", 0.5)
    with opened(server) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert slow.recv(4000).startswith(b"HTTP/1.1 200")
        slow.sendall(b"GET /hea")
        while said := slow.recv(4000):
            assert b"HTTP/1.1" not in said


def test_a_body_that_does_not_come(server: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.5)
    with opened(server) as slow:
        slow.sendall(HEAD + b'{"word"')
        assert slow.recv(4000).startswith(b"HTTP/1.1 408")
