"""A site gone through over real connections: what is taken, what is left out and why, and that it ends."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest
from tests.website import Names, Reply, Website, html, redirect

from slangrag.sources.web.crawling import Crawl
from slangrag.sources.web.types import Crawled

Begin = Callable[..., Crawl]
HOME = "http://example.org/"


def run(pages: Crawl) -> list[Crawled]:
    """Go through with it, every page stored at once; the bodies are not looked at."""
    told = []
    with pages:
        for page in pages:
            pages.done(page)
            told.append(replace(page, page=None))
    return told


def outcomes(told: list[Crawled]) -> list[str]:
    """Each outcome as "taken /a" or "skipped robots /b"."""
    return [
        " ".join(filter(None, (one.outcome, one.reason, one.url.removeprefix(HOME[:-1])))) for one in told
    ]


def test_a_site_is_gone_through_breadth_first_and_each_page_once(site: Website, begin: Begin) -> None:
    site.pages |= {
        "/": html("/a", "b/", "/a#part", "/a/", "/a?", "/"),
        "/a": html("/", "/deep?x=1&y=2", "/b"),
        "/b/": html("c", "//example.org/a", "/deep?x=1&amp;y=2"),
        "/b/c": html("../a"),
        "/deep?x=1&y=2": html(),
    }
    assert outcomes(run(begin())) == ["taken /", "taken /a", "taken /b/", "taken /deep?x=1&y=2", "taken /b/c"]
    assert site.asked == ["/robots.txt", "/", "/a", "/b/", "/deep?x=1&y=2", "/b/c"]


def test_a_taken_page_is_handed_over_with_its_bytes(site: Website, begin: Begin) -> None:
    site.pages["/"] = Reply("<p>rizz</p>", headers={"ETag": '"v1"'})
    with begin() as pages:
        (only,) = pages
    assert only.page is not None
    assert (only.page.body, only.page.media_type, only.page.etag) == (b"<p>rizz</p>", "text/html", '"v1"')
    assert only.detail == "text/html, 11 B"


def test_depth_and_most_pages_bound_a_crawl(site: Website, begin: Begin) -> None:
    site.pages |= {"/": html("/1"), "/1": html("/2"), "/2": html("/3"), "/3": html()}
    assert outcomes(run(begin(depth=1, journal=None))) == ["taken /", "taken /1"]
    assert outcomes(run(begin(depth=0, journal=None))) == ["taken /"]
    pages = begin(most_pages=2, journal=None)
    assert outcomes(run(pages)) == ["taken /", "taken /1"]
    assert (pages.asked, pages.left) == (2, 1)


def test_allow_and_deny_say_which_pages_belong(site: Website, begin: Begin) -> None:
    links = ("/guide/a", "/guide/old/b", "/about", "http://other.example/guide/", "/guide/a?print=1")
    site.pages |= {"/": html(*links), "/guide/a": html()}
    told = run(begin(allow=("/guide/",), deny=("/guide/old/", "*?print=")))
    assert outcomes(told) == [
        "taken /",
        "skipped deny /guide/old/b",
        "skipped outside /about",
        "skipped outside http://other.example/guide/",
        "skipped deny /guide/a?print=1",
        "taken /guide/a",
    ]
    assert told[1].detail == "/guide/old/"
    assert site.asked == ["/robots.txt", "/", "/guide/a"]


def test_select_and_drop_decide_what_of_a_page_is_handed_over_and_no_link_is_lost(
    site: Website, begin: Begin
) -> None:
    site.pages |= {
        "/": "<nav><a href=/a>a</a></nav><main>rizz<i>ad</i></main>",
        "/a": "<p>no main element</p>",
    }
    with begin(select=("main",), drop=("i",)) as pages:
        taken, skipped = pages
    assert taken.page is not None
    assert b"<main>rizz</main>" in taken.page.body
    assert b"nav" not in taken.page.body
    assert (skipped.outcome, skipped.reason) == ("skipped", "select")


def test_robots_txt_is_obeyed_under_our_own_name(site: Website, begin: Begin) -> None:
    site.pages |= {
        "/robots.txt": Reply(
            "User-agent: *\nDisallow: /\n\nUser-agent: slangrag\nDisallow: /private/\n"
            "Allow: /private/open\nDisallow: /*.cgi$\n",
            "text/plain",
        ),
        "/": html("/private/a", "/private/open", "/b.cgi", "/b.cgi?x"),
        "/private/open": html(),
        "/b.cgi?x": html(),
    }
    assert outcomes(run(begin())) == [
        "taken /",
        "skipped robots /private/a",
        "taken /private/open",
        "skipped robots /b.cgi",
        "taken /b.cgi?x",
    ]
    assert "/private/a" not in site.asked


@pytest.mark.parametrize(
    ("answer", "open_"),
    [
        (Reply("", status=404), True),
        (Reply("", status=403), True),
        (Reply("", status=410), True),
        (Reply("", status=429), False),
        (Reply("", status=500), False),
        (Reply("", status=503), False),
        (redirect("/rules.txt"), False),
        (redirect("http://10.0.0.1/robots.txt"), False),
        (redirect("/robots.txt"), False),
        (Reply("# " + "x" * 600_000 + "\nUser-agent: *\nDisallow: /", "text/plain"), True),
        (Reply("User-agent: *\nDisallow: /\n# " + "x" * 600_000, "text/plain"), False),
        (Reply("<html>nothing here</html>"), True),
        (Reply(b"\xff\xfe\x00\x01", "application/octet-stream"), True),
    ],
)
def test_a_robots_txt_that_is_not_there_opens_a_site_and_one_that_cannot_be_had_closes_it(
    site: Website, begin: Begin, answer: Reply, open_: bool
) -> None:
    """RFC 9309, 2.3.1; a file is read to 500 KiB."""
    site.pages |= {
        "/robots.txt": answer,
        "/rules.txt": Reply("User-agent: *\nDisallow: /", "text/plain"),
        "/": html(),
    }
    names = Names(site, {"10.0.0.1": [["10.0.0.1"]]})
    (only,) = run(begin(names=names))
    assert (only.outcome == "taken") == open_, only
    assert ("/" in site.asked) == open_


def test_a_host_that_is_not_there_is_told_with_its_reason(site: Website, begin: Begin) -> None:
    names = Names(site, {"inside.example": [["10.0.0.1"]]})
    (only,) = run(begin("http://inside.example/", names=names))
    assert only.reason == "error"
    assert "10.0.0.1" in only.detail
    assert names.dialled == []


def test_the_pause_is_the_longest_of_what_plan_and_robots_txt_ask_for(site: Website, begin: Begin) -> None:
    site.pages |= {"/": html("/a"), "/a": html()}
    rules = "User-agent: *\nCrawl-delay: {}\n"
    clock, waits = [0.0], []

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    options = {
        "sleep": sleep,
        "now": lambda: clock[0],
        "waiting": lambda host, seconds: waits.append((host, seconds)),
    }
    for asked, delay, expected in [("7", 2.0, 7.0), ("1", 2.0, 2.0), ("none", 0.5, 0.5)]:
        site.pages["/robots.txt"] = Reply(rules.format(asked), "text/plain")
        waits.clear()
        assert len(run(begin(delay=delay, options=options, journal=None))) == 2
        # Before the first page two seconds are kept from robots.txt as well.
        assert waits == [("example.org", expected)] * 2
    site.pages["/robots.txt"] = Reply(rules.format("86400"), "text/plain")
    (only,) = run(begin(options=options, journal=None))
    assert (only.reason, only.detail) == ("robots", "its robots.txt asks for 86400 s between two pages")


def test_a_server_that_is_busy_is_asked_again_when_it_says(site: Website, begin: Begin) -> None:
    waits: list[float] = []

    def busy_once(request: BaseHTTPRequestHandler) -> None:
        site.pages["/"] = html()
        Reply("", status=503, headers={"Retry-After": "30"}).write(request)

    site.pages["/"] = busy_once
    assert outcomes(run(begin(options={"sleep": waits.append}))) == ["taken /"]
    assert waits == [30.0]


def test_a_host_that_fails_again_and_again_is_left_in_peace_and_gone_on_with_in_the_next_run(
    site: Website, begin: Begin
) -> None:
    broken = Reply("", status=500)
    site.pages |= {"/": html(*(f"/{n}" for n in range(20)))} | {f"/{n}": broken for n in range(20)}
    told = run(begin())
    assert [one.reason for one in told] == [""] + ["error"] * 20
    assert len(site.asked) == 2 + 5
    site.pages |= {f"/{n}": html() for n in range(20)}
    pages = begin()
    assert pages.resumed
    assert [one.outcome for one in run(pages)] == ["taken"] * 20
    assert site.times("/") == 1
    assert not begin().resumed


def test_a_host_that_stays_down_does_not_keep_a_crawl_from_beginning_anew(
    site: Website, begin: Begin
) -> None:
    site.pages |= {"/": html("/a"), "/a": Reply("", status=429, headers={"Retry-After": "9999"})}
    site.pages["/"] = html("/a", "/b")
    assert [one.reason for one in run(begin())] == ["", "error", "error"]
    pages = begin()
    assert pages.resumed
    assert [one.reason for one in run(pages)] == ["error", "error"]
    pages = begin()
    assert not pages.resumed
    pages.__exit__(None, None, None)


def test_pages_that_ask_not_to_be_kept_or_followed_are_heard(site: Website, begin: Begin) -> None:
    site.pages |= {
        "/": html("/hidden", "/end", "/file.txt"),
        "/hidden": html("/behind", head='<meta name="robots" content="noindex">'),
        "/end": html("/never", head='<meta name="robots" content="nofollow">'),
        "/file.txt": Reply("x", "text/plain", headers={"X-Robots-Tag": "noindex"}),
        "/behind": html(),
        "/never": html(),
    }
    assert outcomes(run(begin())) == [
        "taken /",
        "skipped noindex /hidden",
        "taken /end",
        "skipped noindex /file.txt",
        "taken /behind",
    ]


def test_only_what_can_be_read_is_taken_and_pictures_are_not_even_asked_for(
    site: Website, begin: Begin
) -> None:
    site.pages |= {
        "/": html("/a.png", "/b.pdf", "/c", "/d.zip", "/e.md", "/large"),
        "/b.pdf": Reply(b"%PDF-1.7", "application/pdf"),
        "/c": Reply("{}", "application/json"),
        "/e.md": Reply("# e", "text/plain"),
        "/large": Reply(gzip.compress(bytes(5_000_000)), headers={"Content-Encoding": "gzip"}),
    }
    assert outcomes(run(begin(max_bytes=10_000))) == [
        "taken /",
        "skipped type /a.png",
        "skipped type /d.zip",
        "taken /b.pdf",
        "skipped type /c",
        "taken /e.md",
        "skipped too large /large",
    ]
    assert {"/a.png", "/d.zip"}.isdisjoint(site.asked)


def _calendar(site: Website) -> Callable[[BaseHTTPRequestHandler], None]:
    """Each month links the next one."""

    def month(request: BaseHTTPRequestHandler) -> None:
        number = int(request.path.partition("=")[2])
        site.pages[f"/calendar?month={number + 1}"] = month
        Reply(html(f"/calendar?month={number + 1}", f"/calendar?month={number - 1}")).write(request)

    return month


def test_a_calendar_without_end_ends_by_depth_and_by_most_pages(site: Website, begin: Begin) -> None:
    site.pages |= {"/": html("/calendar?month=1"), "/calendar?month=1": _calendar(site)}
    assert len([one for one in run(begin(depth=6, journal=None)) if one.outcome == "taken"]) == 7
    pages = begin(depth=1000, most_pages=30, journal=None)
    assert len(run(pages)) == 30
    assert pages.asked == 30


def test_paths_that_grow_without_end_are_traps(site: Website, begin: Begin) -> None:
    def deeper(request: BaseHTTPRequestHandler) -> None:
        Reply(html("more/")).write(request)

    site.pages |= {"/" + "more/" * n: deeper for n in range(50)}
    told = run(begin(depth=100))
    assert outcomes(told)[-2:] == ["taken /more/more/", "skipped trap /more/more/more/"]


def test_sessions_and_tracking_make_no_new_pages(site: Website, begin: Begin) -> None:
    visits = iter(range(10**6))

    def page(request: BaseHTTPRequestHandler) -> None:
        session = f"{next(visits):032x}"
        links = (f"/?PHPSESSID={session}", f"/a;jsessionid={session}?p=1", "/a?p=1&utm_source=x")
        Reply(html(*links)).write(request)

    site.pages |= {"/": page, "/a?p=1": page}
    assert outcomes(run(begin())) == ["taken /", "taken /a?p=1"]


def test_a_redirect_is_a_link_that_plan_and_robots_txt_are_asked_about(site: Website, begin: Begin) -> None:
    site.pages |= {
        "/robots.txt": Reply("User-agent: *\nDisallow: /closed", "text/plain"),
        "/": html("/moved", "/away", "/inside", "/slash", "/to-closed", "/circle", "/itself"),
        "/moved": redirect("/new#x"),
        "/new": html(),
        "/away": redirect("http://other.example/"),
        "/inside": redirect("http://127.0.0.1/"),
        "/slash": redirect("/slash/"),
        "/slash/": html(),
        "/to-closed": redirect("/closed", 302),
        "/circle": redirect("/circle2"),
        "/circle2": redirect("/circle"),
        "/itself": redirect("/itself"),
    }
    names = Names(site)
    assert outcomes(run(begin(names=names))) == [
        "taken /",
        "skipped redirect /moved",
        "taken /new",
        "skipped redirect /away",
        "skipped redirect /inside",
        "skipped redirect /slash",
        "taken /slash/",
        "skipped redirect /to-closed",
        "skipped robots /closed",
        "skipped redirect /circle",
        "skipped redirect /circle2",
        "skipped redirect /itself",
    ]
    assert set(names.looked_up) == {"example.org"}


def test_a_page_that_is_linked_in_one_form_and_sent_to_in_another_comes_once(
    site: Website, begin: Begin
) -> None:
    site.pages |= {"/": html("/moved", "/a"), "/moved": redirect("/a/"), "/a": html(), "/a/": html()}
    assert outcomes(run(begin())) == ["taken /", "skipped redirect /moved", "taken /a/"]


def test_redirects_without_end_end(site: Website, begin: Begin) -> None:
    site.pages |= {"/": redirect("/0")} | {f"/{n}": redirect(f"/{n + 1}") for n in range(100)}
    told = run(begin())
    assert len(told) == 9
    assert "too many" in told[-1].detail


def test_a_page_that_names_another_as_its_own_is_taken_under_that_name(site: Website, begin: Begin) -> None:
    def named(canonical: str) -> str:
        return html(head=f'<link rel="canonical" href="{canonical}">')

    site.pages |= {
        "/": html("/a?sort=1", "/a?sort=2", "/home", "/own/", "/x", "/away"),
        "/a?sort=1": named("/a"),
        "/a?sort=2": named("/a"),
        "/a": named("/a"),
        "/home": named("/"),
        "/own/": named("https://example.org/own"),
        "/x": named("/y"),
        "/y": named("/x"),
        "/away": named("http://other.example/"),
    }
    told = run(begin())
    assert outcomes(told) == [
        "taken /",
        "skipped canonical /a?sort=1",
        "taken /a",
        "skipped canonical /a?sort=2",
        "taken /home",  # a template that names the front page everywhere is a mistake
        "taken /own/",
        "skipped canonical /x",
        "taken /y",  # two that name each other: one of them is kept
        "taken /away",
    ]
    assert told[1].detail == "the same as http://example.org/a"
