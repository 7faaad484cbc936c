"""What a crawler reads in a page: a link that is missed is a page that nobody finds."""

from __future__ import annotations

import pytest

from slangrag.sources.web.hypertext import Hypertext, decoded
from slangrag.sources.web.types import Fetched


def page(body: str | bytes, *, charset: str = "utf-8", robots: str = "") -> Fetched:
    written = body.encode() if isinstance(body, str) else body
    url = "https://example.org/guide/a"
    return Fetched(url, url, "text/html", charset, written, "", "", "", robots)


def links(body: str, robots: str = "") -> list[str]:
    return Hypertext(page(body, robots=robots)).links()


def test_links_are_read_in_order_and_each_once() -> None:
    body = """
    <a href="b">b</a> <a href="/c#x">c</a> <a href="/c#y">c again</a> <a>no link</a> <a href="">itself</a>
    <map><area href="d"></map> <A HREF=' ../e?x=1&amp;y=2 '>e</A> <a href="mailto:x@example.org">mail</a>
    <a href="javascript:f()">js</a> <a href="//other.example/f">f</a> <a href="http://[">broken</a>
    <link href="/style.css" rel="stylesheet"><img src="/p.png"><!-- <a href="/hidden">no</a> -->
    """
    assert links(body) == [
        "https://example.org/guide/b",
        "https://example.org/c",
        "https://example.org/guide/a",
        "https://example.org/guide/d",
        "https://example.org/e?x=1&y=2",
        "https://other.example/f",
    ]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("/other/", "https://example.org/other/b"),
        ("https://cdn.example/x/y", "https://cdn.example/x/b"),
        ("javascript:x", "https://example.org/guide/b"),
    ],
)
def test_a_base_says_where_links_are_read_from(base: str, expected: str) -> None:
    assert links(f'<head><base href="{base}"></head><a href="b">b</a>') == [expected]


def test_a_page_and_a_link_can_ask_not_to_be_followed() -> None:
    assert links('<a rel="nofollow ugc" href="b">b</a><a rel="next" href="c">c</a>') == [
        "https://example.org/guide/c"
    ]
    assert links('<meta name="robots" content="index, NoFollow"><a href="b">b</a>') == []
    assert links('<a href="b">b</a>', robots="nofollow") == []


ORDERS = [
    ('<meta name="robots" content="noindex">', "", {"noindex"}),
    ('<meta name="ROBOTS" content="none">', "", {"noindex", "nofollow"}),
    ('<meta name="slangrag" content="noindex, nofollow">', "", {"noindex", "nofollow"}),
    ('<meta name="otherbot" content="noindex">', "", set()),
    ('<meta name="robots" content="index,follow">', "", set()),
    ("", "noindex, nofollow", {"noindex", "nofollow"}),
    ("", "otherbot: noindex, nofollow", set()),
    ("", "otherbot: noindex\nnofollow", {"nofollow"}),
    ("", "slangrag: noindex", {"noindex"}),
    ("", "unavailable_after: 25 Jun 2026 15:00:00 GMT, noindex", {"noindex"}),
]


@pytest.mark.parametrize(("body", "header", "expected"), ORDERS)
def test_what_a_page_asks_of_robots_is_heard_if_it_is_for_us(
    body: str, header: str, expected: set[str]
) -> None:
    assert Hypertext(page(f"<head>{body}</head><p>x", robots=header)).orders == expected


def test_a_canonical_link_is_read_from_where_it_stands() -> None:
    assert Hypertext(page('<link rel="canonical" href="/b#x">')).canonical() == "https://example.org/b"
    assert Hypertext(page('<link rel="canonical">')).canonical() == ""


BODY = """<!DOCTYPE html><html lang="en"><head><title>Guide</title><meta charset="latin-1"></head><body>
<nav>menu</nav><main><p>rizz</p><p class="ad">buy</p> tail<div><main>inner</main></div></main>
<article>more</article><footer>end</footer></body></html>"""


@pytest.mark.parametrize(
    ("select", "drop", "there", "not_there"),
    [
        (["main"], [], ["rizz", "buy", "inner", "<title>Guide"], ["menu", "more", "end"]),
        (["article", "main"], [".ad"], ["rizz", "tail", "more"], ["menu", "buy", "end"]),
        ([], ["nav", "footer, .ad"], ["rizz", "tail", "more"], ["menu", "buy", "end"]),
        (["body"], ["nav"], ["rizz", "end"], ["menu"]),
        (["html"], [], ["rizz", "menu"], []),
    ],
)
def test_what_is_selected_is_handed_over_without_what_is_dropped(
    select: list[str], drop: list[str], there: list[str], not_there: list[str]
) -> None:
    written = Hypertext(page(BODY)).selected(select, drop)
    assert written is not None
    text = written.decode()
    assert all(text.count(word) == 1 for word in there), text
    assert not any(word in text for word in not_there), text


def test_selected_text_keeps_the_documents_order_and_says_its_encoding() -> None:
    body = '<head><meta charset="windows-1252"></head><article>\x80 5</article><main>caf\xe9</main>'
    written = Hypertext(page(body.encode("latin-1"), charset="")).selected(["main", "article"], [])
    assert written is not None
    assert "<article>€ 5</article>" in written.decode()
    assert written.decode().index("€ 5") < written.decode().index("café")
    assert b'<meta charset="utf-8">' in written
    assert b"windows" not in written


def test_a_page_in_which_nothing_is_selected_is_none() -> None:
    assert Hypertext(page(BODY)).selected([".article"], []) is None
    assert Hypertext(page(BODY)).selected(["main"], ["main"]) is None


@pytest.mark.parametrize("body", ["", "   ", "<!-- -->", "\x00", "<", "<html", "<a href='b'" * 3000])
def test_a_page_that_is_empty_or_broken_has_nothing_in_it(body: str) -> None:
    document = Hypertext(page(body))
    assert document.links() == []
    assert document.canonical() == ""
    document.selected(["main"], ["nav"])


def test_a_page_with_a_nul_in_it_is_read_to_its_end() -> None:
    assert links("<p>a\x00b</p><a href='b'>b</a>") == ["https://example.org/guide/b"]


def test_a_page_nested_without_end_is_read() -> None:
    document = Hypertext(page("<div>" * 100_000 + '<a href="b">b</a>'))
    assert document.orders == frozenset()
    document.selected(["div"], ["nav"])


DECODED = [
    (b"\xef\xbb\xbfcaf\xc3\xa9", "latin-1"),
    ("\ufeffcafé".encode("utf-16-le"), ""),
    (b"caf\xe9", "iso-8859-1"),
    (b"caf\xc3\xa9", "utf8"),
    (b"caf\xc3\xa9", "nonsense"),
    (b"caf\xc3\xa9", "hex"),
    (b"caf\xc3\xa9", "punycode"),
    (b"caf\xe9", ""),
    (b"caf\xc3\xa9", ""),
]


@pytest.mark.parametrize(("body", "charset"), DECODED)
def test_a_page_is_read_in_its_encoding_whatever_it_says(body: bytes, charset: str) -> None:
    assert decoded(body, charset) == "café"
