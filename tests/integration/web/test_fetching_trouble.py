"""A page that comes in another way than one hopes: redirects, sizes, time, statuses, encodings."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from tests.integration.web.test_fetching import SMALL, client, got
from tests.website import PUBLIC, Names, Reply, Website, html, redirect

from slangrag.errors import InputError, InputFormat, InputMissing, InputUnreadable
from slangrag.sources.web.addresses import Access
from slangrag.sources.web.faults import (
    PageEncoding,
    PageMissing,
    PageRefused,
    PageStatus,
    PageTooLarge,
    PageType,
    PageUnreachable,
)
from slangrag.sources.web.fetching import WebClient, fetch
from slangrag.sources.web.types import Limits, NotModified, Validators


def test_redirects_are_followed_relative_ones_too(site: Website) -> None:
    site.pages |= {
        "/a": redirect("b?x=ü", 302),
        "/b?x=%C3%BC": redirect("//example.org/c#part", 308),
        "/c": "<p>here</p>",
    }
    with client(site) as web:
        page = got(web.fetch("http://example.org/a"))
    assert (page.asked, page.url) == ("http://example.org/a", "http://example.org/c")


def test_redirects_in_a_circle_end_at_once_and_without_end_soon(site: Website) -> None:
    site.pages |= {"/a": redirect("/b"), "/b": redirect("/a")}

    def further(request: BaseHTTPRequestHandler) -> None:
        redirect(f"/x{len(site.asked)}").write(request)

    site.pages |= {f"/x{number}": further for number in range(40)}
    with client(site) as web:
        with pytest.raises(PageRefused, match="circle"):
            web.fetch("http://example.org/a")
        assert site.asked == ["/a", "/b"]
        with pytest.raises(PageRefused, match="more than 8 redirects"):
            web.fetch("http://example.org/x0")
    assert len(site.asked) == 2 + 9


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(b"<p>rizz</p>" * 500)),
        ("deflate", zlib.compress(b"<p>rizz</p>" * 500)),
        ("", b"<p>rizz</p>" * 500),
    ],
)
def test_a_compressed_page_comes_out_whole(site: Website, encoding: str, body: bytes) -> None:
    site.pages["/"] = Reply(body, headers={"Content-Encoding": encoding} if encoding else {})
    with client(site) as web:
        assert got(web.fetch("http://example.org/")).body == b"<p>rizz</p>" * 500


def _endless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    while True:
        request.wfile.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")


def _endless_and_empty(request: BaseHTTPRequestHandler) -> None:
    """gzip of nothing, for ever: it never unpacks to a byte."""
    request.send_response(200)
    request.send_header("Content-Type", "text/html")
    request.send_header("Content-Encoding", "gzip")
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()
    member = gzip.compress(b"") * 200
    while True:
        request.wfile.write(b"%x\r\n" % len(member) + member + b"\r\n")


TOO_LARGE = {
    "said in the headers": Reply(b"x" * 60_000),
    "a gzip bomb": Reply(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}),
    "a body without end": _endless,
    "a body without end that unpacks to nothing": _endless_and_empty,
}


@pytest.mark.parametrize("answer", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_page_that_is_too_large_is_left_at_the_limit(site: Website, answer: Any) -> None:
    site.pages["/"] = answer
    with client(site) as web, pytest.raises(PageTooLarge, match="larger than 50 kB") as told:
        web.fetch("http://example.org/")
    assert "http://example.org/" in told.value.message


def test_a_page_of_just_the_limit_is_taken(site: Website) -> None:
    site.pages["/"] = Reply(b"x" * 50_000)
    with client(site) as web:
        assert len(got(web.fetch("http://example.org/")).body) == 50_000


def _drip(pieces: Iterator[bytes], stop: threading.Event) -> Any:
    def answer(request: BaseHTTPRequestHandler) -> None:
        for piece in pieces:
            request.wfile.write(piece)
            request.wfile.flush()
            if stop.wait(0.05):
                return

    return answer


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([HEAD, *[b"x"] * 1000], id="its body"),
        pytest.param([b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n"] * 1000], id="its headers"),
        pytest.param([b"HTTP/1.1 100 Continue\r\n\r\n"] * 1000, id="promises"),
    ],
)
def test_a_server_that_drips_is_left_when_the_time_for_the_page_is_over(
    site: Website, pieces: list[bytes]
) -> None:
    """Each wait is short, so no timeout of a wait ever ends it."""
    stop = threading.Event()
    site.pages["/"] = _drip(iter(pieces), stop)
    limits = Limits(read_seconds=5, whole_seconds=0.6)
    began = time.monotonic()
    with (
        client(site, limits=limits) as web,
        pytest.raises(PageUnreachable, match=r"not all there after 0\.6 s"),
    ):
        web.fetch("http://example.org/")
    assert time.monotonic() - began < 5
    stop.set()


def test_silence_of_a_server_and_of_a_resolver_ends_and_is_told(site: Website) -> None:
    stop = threading.Event()

    def silent(request: BaseHTTPRequestHandler) -> None:
        stop.wait(20)

    site.pages["/"] = silent
    with client(site, limits=Limits(read_seconds=0.3)) as web, pytest.raises(PageUnreachable, match="silent"):
        web.fetch("http://example.org/")
    began = time.monotonic()
    limits = Limits(read_seconds=15, whole_seconds=0.3)
    with (
        client(site, limits=limits) as web,
        pytest.raises(PageUnreachable, match=r"not all there after 0\.3 s"),
    ):
        web.fetch("http://example.org/")
    assert time.monotonic() - began < 10
    stop.set()

    never = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        never.wait(20)
        return [PUBLIC]

    web = WebClient(Access(), Limits(connect_seconds=0.3), resolve=resolve, dial=Names(site))
    with web, pytest.raises(PageUnreachable, match=r"no connection within 0\.3 s"):
        web.fetch("http://example.org/")
    never.set()


BROKEN = {
    "closed at once": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
    "broken off": HEAD.replace(b"100000", b"1000") + b"<p>half",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: x\r\n\r\n",
    "a chunk that is none": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "headers without end": b"HTTP/1.1 200 OK\r\n" + b"A: " + b"b" * 300_000,
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_server_that_speaks_no_http_to_its_end_is_told(answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        with WebClient(Access.asked(url, private=True), SMALL) as web, pytest.raises(PageUnreachable) as told:
            web.fetch(url)
        thread.join(10)
    assert url in told.value.message


def test_nobody_listening_and_no_such_host_are_told(site: Website) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
    with pytest.raises(PageUnreachable, match="refused"):
        fetch(url, access=Access.asked(url, private=True))
    with pytest.raises(PageUnreachable, match="no such host"):
        fetch("http://" + "a" * 70 + ".example/")


STATUSES = [
    (404, PageMissing, InputMissing),
    (410, PageMissing, InputMissing),
    (401, PageStatus, InputUnreadable),
    (403, PageStatus, InputUnreadable),
    (429, PageStatus, InputUnreadable),
    (500, PageStatus, InputUnreadable),
    (204, PageStatus, InputUnreadable),
    (301, PageStatus, InputUnreadable),  # without a Location
    (304, PageStatus, InputUnreadable),  # to a question that was not asked
]


@pytest.mark.parametrize(("status", "kind", "general"), STATUSES)
def test_a_status_that_is_no_page_names_the_page_and_the_status(
    site: Website, status: int, kind: type[InputError], general: type[InputError]
) -> None:
    headers = {"Content-Length": "0"}
    site.pages["/p"] = Reply("", status=status, headers=headers)
    with client(site) as web, pytest.raises(kind, match=rf"http://example\.org/p: .*\({status}\)") as told:
        web.fetch("http://example.org/p")
    assert isinstance(told.value, general)
    assert told.value.hint


@pytest.mark.parametrize(
    ("type_", "path", "body", "taken"),
    [
        ("text/html", "/a", "<p>x</p>", "text/html"),
        ("application/xhtml+xml", "/a", "<html/>", "application/xhtml+xml"),
        ("application/rss+xml", "/a", "<rss/>", "application/rss+xml"),
        ("text/plain", "/README.md", "# x", "text/markdown"),
        ("text/plain", "/README", "# x", "text/plain"),
        ("application/octet-stream", "/a", b"%PDF-1.7\n", "application/pdf"),
        ("application/octet-stream", "/a.md", "# x", "text/markdown"),
        (
            "application/zip",
            "/a",
            b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/epub+zip",
            "application/epub+zip",
        ),
        ("", "/a", "<!DOCTYPE html><p>x", "text/html"),
        ("", "/a", '<?xml version="1.0"?><tei/>', "application/xml"),
        ("", "/a", "just words", "text/plain"),
        ("", "/a", b"\x00\x01\x02", ""),
        ("", "/a", b"\xff\xd8\xff\xe0JFIF", ""),
        ("application/zip", "/a", b"PK\x03\x04 something", ""),
        ("image/png", "/a", b"\x89PNG", ""),
        ("application/json", "/a", "{}", ""),
        ("image/svg+xml", "/a", "<svg/>", ""),
        ("video/mp4", "/a", b"x" * 90_000, ""),
    ],
)
def test_only_what_can_be_read_is_taken_and_a_server_that_says_nothing_is_helped(
    site: Website, type_: str, path: str, body: str | bytes, taken: str
) -> None:
    site.pages[path] = Reply(body, type_)
    with client(site) as web:
        if taken:
            assert got(web.fetch(f"http://example.org{path}")).media_type == taken
        else:
            with pytest.raises(PageType, match="cannot be read") as told:
                web.fetch(f"http://example.org{path}")
            assert isinstance(told.value, InputFormat)


def test_an_encoding_that_was_not_asked_for_is_told(site: Website) -> None:
    site.pages["/"] = Reply(b"x", headers={"Content-Encoding": "br"})
    with client(site) as web, pytest.raises(PageEncoding, match="'br'"):
        web.fetch("http://example.org/")


def test_a_page_that_did_not_change_is_not_sent_again(site: Website) -> None:
    modified = "Mon, 05 Jan 2026 10:00:00 GMT"
    site.pages["/"] = Reply("<p>x</p>", headers={"ETag": '"v1"', "Last-Modified": modified})
    validators = Validators('"v1"', modified)
    with client(site) as web:
        answer = web.fetch("http://example.org/", validators=validators)
        assert isinstance(answer, NotModified)
        assert (answer.url, answer.validators) == ("http://example.org/", validators)
        assert site.told[-1]["If-Modified-Since"] == modified
        site.pages["/"] = Reply("<p>y</p>", headers={"ETag": '"v2"'})
        assert got(web.fetch("http://example.org/", validators=validators)).body == b"<p>y</p>"


def test_a_connection_is_used_again_for_the_next_page_of_the_host(site: Website) -> None:
    site.pages |= {"/a": html("/b"), "/b": html("/a")}
    names = Names(site)
    with client(site, names) as web:
        web.fetch("http://example.org/a")
        web.fetch("http://example.org/b")
    assert names.dialled == [(PUBLIC, 80)]
