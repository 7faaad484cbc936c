"""One page has many URLs, and a crawl that takes each of them for a page of its own never ends."""

from __future__ import annotations

import pytest

from slangrag.sources.web.urls import Pattern, is_trap, joined, normal, same

HEX = "a3f5c9d2e8b7a1c4f6d8e2b9"

NORMAL = [
    ("HTTP://Example.ORG", "http://example.org/"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("https://example.org/a#part-2", "https://example.org/a"),
    ("https://example.org/a/../b/./c", "https://example.org/b/c"),
    ("https://example.org/a?b=2&a=1", "https://example.org/a?b=2&a=1"),
    ("https://example.org/a?", "https://example.org/a"),
    ("https://example.org/a b?q=x y", "https://example.org/a%20b?q=x%20y"),
    ("https://example.org/Grüße", "https://example.org/Gr%C3%BC%C3%9Fe"),
    ("https://münchen.example/", "https://xn--mnchen-3ya.example/"),
    (f"https://example.org/a?PHPSESSID={HEX}&p=2", "https://example.org/a?p=2"),
    (f"https://example.org/a;jsessionid={HEX}?p=2", "https://example.org/a?p=2"),
    (f"https://example.org/a?sid={HEX}", "https://example.org/a"),
    ("https://example.org/story?sid=12", "https://example.org/story?sid=12"),
    ("https://example.org/a?utm_source=mail&fbclid=x&p=1", "https://example.org/a?p=1"),
    ("mailto:someone@example.org", ""),
    ("javascript:void(0)", ""),
    ("ftp://example.org/a", ""),
    ("https://someone:secret@example.org/", ""),
    ("https:///a", ""),
    ("https://example.org:port/", ""),
    ("http://[::1/", ""),
]


@pytest.mark.parametrize(("written", "expected"), NORMAL)
def test_a_url_has_one_form(written: str, expected: str) -> None:
    assert normal(written) == expected
    assert normal(expected) == expected if expected else True


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("b", "https://example.org/guide/b"),
        (" /b\n", "https://example.org/b"),
        ("../b?q=1#x", "https://example.org/b?q=1"),
        ("//other.example/b", "https://other.example/b"),
        ("?page=2", "https://example.org/guide/a?page=2"),
        ("", "https://example.org/guide/a"),
        ("#top", "https://example.org/guide/a"),
        ("tel:+4912345", ""),
        ("http://[", ""),
    ],
)
def test_a_link_is_read_from_where_it_stands(link: str, expected: str) -> None:
    assert joined("https://example.org/guide/a", link) == expected


def test_a_slash_at_the_end_and_the_scheme_make_no_other_page_and_a_query_does() -> None:
    assert same("https://example.org/a/") == same("http://example.org/a")
    assert same("https://example.org/a?p=1") != same("https://example.org/a?p=2")
    assert same("https://example.org/") != same("https://example.org/a")


@pytest.mark.parametrize(
    ("url", "trap"),
    [
        ("https://example.org/a/b/a/b/a/b/", True),
        ("https://example.org/" + "x" * 2000, True),
        ("https://example.org/2011/11/11/11-things", False),
        ("https://example.org/en/guide/en/", False),
        ("https://example.org/", False),
    ],
)
def test_a_url_that_keeps_growing_is_a_trap(url: str, trap: bool) -> None:
    assert is_trap(url) == trap


PATTERNS = [
    ("/guide/", "https://example.org/guide/a?x=1", True),
    ("/guide/", "https://example.org/the/guide/", False),
    ("/guide/$", "https://example.org/guide/", True),
    ("/guide/$", "https://example.org/guide/a", False),
    ("*.pdf$", "https://example.org/a.pdf", True),
    ("*.pdf$", "https://example.org/a.pdf?download=1", False),
    ("*?action=", "https://example.org/w?action=edit", True),
    ("/a*b*c$", "https://example.org/a/b/x/c", True),
    ("/a*b*c$", "https://example.org/a/c", False),
    ("/ab*b$", "https://example.org/ab", False),
    ("/a*", "https://example.org/a", True),
    ("*", "https://example.org/", True),
    ("https://example.org/guide/", "http://example.org/guide/a", True),
    ("https://Example.org/Guide", "https://example.org/Guide", True),
    ("https://example.org/Guide", "https://example.org/guide", False),
    ("https://example.org/", "https://example.org.evil.example/", False),
    ("https://*.example.org/", "https://wiki.example.org/a", True),
    ("https://example.org:8080/", "http://example.org:8080/a", True),
    ("/grüße und", normal("https://example.org/grüße und/x"), True),
    ("https://münchen.example/", normal("https://münchen.example/x"), True),
]


@pytest.mark.parametrize(("pattern", "url", "matches"), PATTERNS)
def test_patterns_are_those_of_robots_txt(pattern: str, url: str, matches: bool) -> None:
    assert Pattern(pattern).matches(url) == matches


def test_a_pattern_with_many_stars_takes_no_time_on_a_long_url() -> None:
    """As a regular expression this one takes longer than the universe has."""
    assert not Pattern("/" + "*a" * 60 + "b$").matches("https://example.org/" + "a" * 1900)


@pytest.mark.parametrize("text", ["guide/", "example.org/guide", r"\.pdf$", "ftp://example.org/"])
def test_a_pattern_that_could_match_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="begins with"):
        Pattern(text)
