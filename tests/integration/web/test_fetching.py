"""One page over a real connection, from servers that mean well, that are broken and that lie."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpcore
import pytest
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
from slangrag.sources.web.fetching import USER_AGENT, WebClient, fetch
from slangrag.sources.web.types import Fetched, Limits, NotModified, Validators

SMALL = Limits(max_bytes=50_000, connect_seconds=5, read_seconds=5, whole_seconds=20)


def client(site: Website, names: Names | None = None, limits: Limits = SMALL, **access: Any) -> WebClient:
    """A client for whom example.org is the site."""
    names = names or Names(site)
    return WebClient(Access(**access), limits, resolve=names.resolve, dial=names)


def got(answer: object) -> Fetched:
    assert isinstance(answer, Fetched)
    return answer


def test_a_page_comes_with_what_its_server_said_of_it(site: Website) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Mon, 05 Jan 2026 10:00:00 GMT", "X-Robots-Tag": "noindex"}
    site.pages["/guide?x=1"] = Reply("<p>rizz</p>", 'text/HTML; Charset="ISO-8859-1"', headers=headers)
    with client(site) as web:
        page = got(web.fetch("http://example.org/guide?x=1#part"))
    assert (page.body, page.media_type, page.charset) == (b"<p>rizz</p>", "text/html", "iso-8859-1")
    assert (page.url, page.etag, page.last_modified) == (
        "http://example.org/guide?x=1",
        '"v1"',
        headers["Last-Modified"],
    )
    assert page.robots == "noindex"
    assert page.fetched_at.endswith("+00:00")


def test_a_request_says_who_asks_for_which_host_and_nothing_else(site: Website) -> None:
    site.pages["/"] = Reply("<p>hi</p>", headers={"Set-Cookie": "id=1"})
    with client(site) as web:
        web.fetch("http://example.org/")
        web.fetch("http://example.org/")
    for told in site.told:
        assert told["Host"] == "example.org"
        assert told["User-Agent"] == USER_AGENT
        assert told["Accept-Encoding"] == "gzip, deflate"
        assert set(told) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}


def test_a_proxy_of_the_environment_is_not_used(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would look the name up itself, and nobody could say which address the page came from."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/"] = "<p>hi</p>"
    with client(site) as web:
        assert got(web.fetch("http://example.org/")).body == b"<p>hi</p>"


def test_an_intranets_page_is_fetched_when_the_user_says_so(site: Website) -> None:
    site.pages["/"] = "<p>hi</p>"
    with pytest.raises(PageRefused, match="private network") as refused:
        fetch(f"{site.url}/")
    assert "--private" in refused.value.hint
    assert site.asked == []
    page = fetch(f"{site.url}/", access=Access.asked(site.url, private=True))
    assert got(page).body == b"<p>hi</p>"


REFUSED = {
    "a file": "file:///etc/passwd",
    "another scheme": "gopher://example.org/",
    "no host": "http:///etc",
    "nothing": "",
    "no URL": "http://[::1",
    "another port": "http://example.org:22/",
    "a password": "http://someone:secret@example.org/",
    "loopback as a number": "http://2130706433/",
    "loopback in hexadecimal": "http://0x7f.1/",
    "loopback in short": "http://127.1/",
    "loopback over IPv6": "http://[::1]/",
    "loopback, mapped": "http://[::ffff:127.0.0.1]/",
    "this machine's name": "http://localhost/",
    "unspecified": "http://0.0.0.0/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
}


@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED)
def test_a_url_that_leads_elsewhere_than_to_the_public_web_is_refused(url: str) -> None:
    """By the system's own resolver: it reads more spellings of 127.0.0.1 than any list of ours."""
    with WebClient() as web, pytest.raises(PageRefused) as refused:
        web.fetch(url)
    assert refused.value.hint
    assert "secret" not in refused.value.message


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/",
        "http://inside.example/",
        "http://example.org:6379/",
        "file:///etc/passwd",
        "http://a:b@example.org/",
        "//[::1]/",
        "http://[",
    ],
)
def test_a_redirect_is_checked_like_a_url_that_was_typed(site: Website, target: str) -> None:
    site.pages["/"] = redirect(target)
    literals = ("10.0.0.1", "127.0.0.1", "169.254.169.254", "::1")
    names = Names(site, {"inside.example": [["192.168.0.9"]], **{one: [[one]] for one in literals}})
    with client(site, names) as web, pytest.raises(PageRefused):
        web.fetch("http://example.org/")
    assert site.asked == ["/"]
    assert names.dialled == [(PUBLIC, 80)]


def test_a_name_that_changes_its_mind_is_held_to_the_address_that_was_checked(site: Website) -> None:
    """DNS rebinding: public when it is checked, loopback when it is connected to."""
    site.pages["/"] = "<p>hi</p>"
    names = Names(site, {"rebinding.example": [[PUBLIC], ["127.0.0.1"]]})
    with client(site, names) as web:
        web.fetch("http://rebinding.example/")
    assert names.looked_up == ["rebinding.example"]
    assert names.dialled == [(PUBLIC, 80)]
    assert site.told[0]["Host"] == "rebinding.example"
    with client(site, names) as web, pytest.raises(PageRefused, match=r"127\.0\.0\.1"):
        web.fetch("http://rebinding.example/")
    assert names.dialled == [(PUBLIC, 80)]


def test_one_private_address_among_public_ones_closes_a_name(site: Website) -> None:
    names = Names(site, {"mixed.example": [[PUBLIC, "10.0.0.1"]]})
    with client(site, names) as web, pytest.raises(PageRefused, match=r"10\.0\.0\.1"):
        web.fetch("http://mixed.example/")
    assert names.dialled == []


def test_the_next_address_is_tried_where_the_first_does_not_answer(site: Website) -> None:
    site.pages["/"] = "<p>hi</p>"

    class FirstIsDown(Names):
        def connect_tcp(self, host: str, *args: Any, **options: Any) -> httpcore.NetworkStream:
            if host == PUBLIC:
                raise httpcore.ConnectError("down")
            return super().connect_tcp(host, *args, **options)

    names = FirstIsDown(site, {"two.example": [[PUBLIC, "93.184.215.15"]]})
    with client(site, names) as web:
        assert got(web.fetch("http://two.example/")).body == b"<p>hi</p>"
    assert names.dialled == [("93.184.215.15", 80)]


def test_tls_is_begun_with_the_name_on_the_address_that_was_checked() -> None:
    """The certificate is checked against the name, whatever address it is at."""
    asked: list[Any] = []

    class Listening(httpcore.NetworkStream):
        def start_tls(
            self,
            ssl_context: ssl.SSLContext,
            server_hostname: str | None = None,
            timeout: float | None = None,
        ) -> httpcore.NetworkStream:
            asked.append((server_hostname, ssl_context.check_hostname, ssl_context.verify_mode))
            raise httpcore.ConnectError("certificate verify failed")

        def close(self) -> None:
            pass

    class Network(Names):
        def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:
            asked.append((host, port))
            return Listening()

    names = Network(None)
    web = WebClient(resolve=names.resolve, dial=names)
    with web, pytest.raises(PageUnreachable, match="certificate verify failed"):
        web.fetch("https://example.org/")
    assert asked == [(PUBLIC, 443), ("example.org", True, ssl.CERT_REQUIRED)]


CERTIFICATE = Path(__file__).with_name("example.org.pem")
"""Self-signed, for example.org alone, good for a hundred years; its key is beside it and opens nothing."""


@pytest.mark.parametrize(
    ("host", "trusted", "fault"),
    [
        ("example.org", True, ""),
        ("other.example", True, "certificate"),
        ("example.org", False, "certificate"),
    ],
)
def test_a_certificate_is_checked_by_name_at_the_address_that_was_checked(
    host: str, trusted: bool, fault: str
) -> None:
    named: list[str | None] = []
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(CERTIFICATE)
    served.sni_callback = lambda _socket, name, _context: named.append(name)
    trust = ssl.create_default_context(cafile=CERTIFICATE) if trusted else ssl.create_default_context()
    with Website({"/": "<p>hi</p>"}, tls=served) as site:
        names = Names(site)
        web = WebClient(limits=SMALL, resolve=names.resolve, dial=names, tls=trust)
        with web:
            if fault:
                with pytest.raises(PageUnreachable, match=fault):
                    web.fetch(f"https://{host}/")
            else:
                assert got(web.fetch(f"https://{host}/")).body == b"<p>hi</p>"
    assert named == [host]
    assert names.dialled == [(PUBLIC, 443)]


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
