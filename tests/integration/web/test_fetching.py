"""One page over a real connection, from servers that mean well, that are broken and that lie."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import httpcore
import pytest
from tests.website import PUBLIC, Names, Reply, Website, redirect

from slangrag.sources.web.addresses import Access
from slangrag.sources.web.faults import (
    PageRefused,
    PageUnreachable,
)
from slangrag.sources.web.fetching import USER_AGENT, WebClient, fetch
from slangrag.sources.web.types import Fetched, Limits

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
