"""A site gone through again, or on with: what is remembered, what a kill loses, what a dry run keeps."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from tests.integration.web.test_crawling import HOME, Begin, outcomes, run
from tests.website import Reply, Website, html, redirect

from slangrag.sources.web.crawling import crawl
from slangrag.sources.web.plan import CrawlPlan


def test_a_second_crawl_asks_whether_pages_changed_and_finds_what_is_new(site: Website, begin: Begin) -> None:
    def page(tag: str, *links: str) -> Reply:
        return Reply(html(*links), headers={"ETag": f'"{tag}"'})

    site.pages |= {"/": page("1", "/a", "/b"), "/a": page("1", "/c"), "/b": page("1"), "/c": page("1")}
    assert outcomes(run(begin())) == ["taken /", "taken /a", "taken /b", "taken /c"]
    site.pages |= {"/c": page("2", "/new"), "/new": page("1")}
    del site.pages["/b"]
    assert outcomes(run(begin())) == [
        "unchanged /",
        "unchanged /a",
        "gone missing /b",
        "taken /c",
        "taken /new",
    ]
    assert outcomes(run(begin())) == [
        "unchanged /",
        "unchanged /a",
        "skipped missing /b",
        "unchanged /c",
        "unchanged /new",
    ]
    assert set(outcomes(run(begin(options={"anew": True})))) == {
        "taken /",
        "taken /a",
        "skipped missing /b",
        "taken /c",
        "taken /new",
    }


def test_a_page_that_nothing_links_any_more_is_looked_after(site: Website, begin: Begin) -> None:
    """A page that is removed is seldom linked still: by links alone it would never be found gone."""
    site.pages |= {"/": html("/a", "/b"), "/a": html(), "/b": html()}
    run(begin())
    site.pages["/"] = html()
    del site.pages["/a"]
    assert outcomes(run(begin())) == ["taken /", "gone missing /a", "taken /b"]
    assert outcomes(run(begin())) == ["taken /", "taken /b"]


GONE = {
    "410": (Reply("", status=410), {}, "gone missing"),
    "moved for good": (redirect("/b"), {}, "gone redirect"),
    "away for now": (redirect("/b", 302), {}, "skipped redirect"),
    "asks not to be kept": (html(head='<meta name="robots" content="noindex">'), {}, "gone noindex"),
    "another's copy": (html(head='<link rel="canonical" href="/b">'), {}, "gone canonical"),
    "a picture now": (Reply("x", "image/png"), {}, "gone type"),
    "denied by the plan": (html(), {"deny": ("/a",)}, "gone deny"),
    "outside the plan": (html(), {"allow": ("/b",)}, "gone outside"),
    "nothing selected": (html(), {"select": (".none", "p")}, "gone select"),
    "broken for now": (Reply("", status=500), {}, "skipped error"),
    "closed to us": (Reply("", status=403), {}, "skipped error"),
    "too large": (Reply(b"x" * 30_000), {"max_bytes": 20_000}, "skipped too large"),
}


@pytest.mark.parametrize(("answer", "keys", "expected"), GONE.values(), ids=GONE)
def test_a_page_that_is_no_more_is_told_from_one_that_is_in_trouble(
    site: Website, begin: Begin, answer: Any, keys: dict[str, Any], expected: str
) -> None:
    """gone has the caller remove it; what is skipped stays as it was taken."""
    site.pages |= {"/": html("/a", "/b"), "/a": html("/b"), "/b": html("/")}
    run(begin())
    site.pages["/a"] = answer
    told = outcomes(run(begin(**keys)))
    assert [one for one in told if one.endswith(" /a")] == [f"{expected} /a"]


def test_another_plan_reads_pages_again_that_did_not_change(site: Website, begin: Begin) -> None:
    """What was stored was chosen by the old selectors."""
    site.pages["/"] = Reply("<main>x</main>", headers={"ETag": '"1"'})
    run(begin())
    assert outcomes(run(begin(select=("main",)))) == ["taken /"]
    assert outcomes(run(begin(select=("main",)))) == ["unchanged /"]


def test_a_dry_run_tells_what_it_would_take_hands_nothing_over_and_remembers_nothing(
    site: Website, tmp_path: Path
) -> None:
    site.pages |= {"/": html("/a"), "/a": html()}
    plan = CrawlPlan("guide", (f"{site.url}/",), delay=0.0, private=True)
    journal = tmp_path / "journal"
    with crawl(plan, journal, dry_run=True) as pages:
        told = list(pages)
    assert [(one.outcome, one.page) for one in told] == [("taken", None)] * 2
    assert not journal.exists()


def test_a_private_site_is_crawled_only_if_the_plan_says_so(site: Website) -> None:
    site.pages["/"] = html()
    plan = CrawlPlan("wiki", (f"{site.url}/",), delay=0.0)
    with crawl(plan, None) as pages:
        (only,) = pages
    assert only.reason == "error"
    assert "private = true" in only.detail
    assert site.asked == []
    with crawl(replace(plan, private=True), None) as pages:
        (only,) = pages
    assert only.outcome == "taken"


def _tree(site: Website) -> list[str]:
    """A site of 1 + 3 + 9 pages; the paths of all."""
    paths = ["/", *(f"/{a}" for a in "abc"), *(f"/{a}/{b}" for a in "abc" for b in "xyz")]
    site.pages["/"] = html("/a", "/b", "/c")
    for a in "abc":
        site.pages[f"/{a}"] = html(*(f"/{a}/{b}" for b in "xyz"), "/")
        site.pages |= {f"/{a}/{b}": html(f"/{a}", "/") for b in "xyz"}
    return paths


@pytest.mark.parametrize("stored", range(14))
def test_a_crawl_that_ends_anywhere_goes_on_there_and_loses_nothing(
    site: Website, begin: Begin, stored: int
) -> None:
    """One page more was handed over each time, and was not stored: it comes again."""
    paths = _tree(site)
    kept: list[str] = []
    with begin() as pages:
        for page in islice(pages, stored + 1):
            if len(kept) < stored:
                pages.done(page)
                kept.append(page.url)
    pages = begin()
    assert pages.resumed == (0 < stored < len(paths))
    kept += [one.url for one in run(pages) if one.outcome == "taken"]
    if stored < len(paths):
        assert kept == [HOME[:-1] + path for path in paths]
        assert sum(site.times(path) for path in paths) == len(paths) + 1
    assert not begin().resumed


def test_pages_may_be_stored_in_batches_and_out_of_order(site: Website, begin: Begin) -> None:
    paths = _tree(site)
    with begin() as pages:
        told = list(islice(pages, 6))
        for page in reversed(told[2:]):
            pages.done(page)
    with begin() as pages:
        again = list(pages)
        assert {one.url for one in told[2:]}.isdisjoint(one.url for one in again)
        assert {one.url for one in [*told, *again]} == {HOME[:-1] + path for path in paths}
        for page in again[1:]:
            pages.done(page)
        # The crawl went through, and is at its end when the last page is stored.
        assert begin().resumed
        pages.done(again[0])
    assert not begin().resumed


def test_a_crawl_that_reached_most_pages_goes_on_if_more_are_allowed_and_else_begins_anew(
    site: Website, begin: Begin
) -> None:
    paths = _tree(site)
    run(begin(most_pages=5))
    assert not begin(most_pages=5).resumed
    pages = begin(most_pages=50)
    assert pages.resumed
    assert len(run(pages)) == len(paths) - 5


KILLED = """
import os, sys
from pathlib import Path
from slangrag.sources.web.crawling import crawl
from slangrag.sources.web.plan import CrawlPlan

url, journal, stored, after = sys.argv[1:]
plan = CrawlPlan("guide", (url,), delay=0.0, private=True)
with crawl(plan, Path(journal)) as pages:
    for number, page in enumerate(pages):
        with open(stored, "a") as file:
            file.write(page.url + "\\n")
        if number == int(after):
            os._exit(9)
        pages.done(page)
"""


def test_a_crawl_that_is_killed_between_storing_and_remembering_stores_each_page(
    site: Website, tmp_path: Path
) -> None:
    paths = _tree(site)
    stored = tmp_path / "stored"
    for after in (3, 2, 4, 99):
        arguments = [site.url + "/", str(tmp_path / "journal"), str(stored), str(after)]
        ended = subprocess.run([sys.executable, "-c", KILLED, *arguments], timeout=60, check=False)
        assert ended.returncode == (0 if after == 99 else 9)
    urls = stored.read_text().split()
    assert set(urls) == {site.url + path for path in paths}
    assert len(urls) == len(paths) + 3  # each kill costs the page that it came upon
