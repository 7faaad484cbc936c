"""A site of the web into a store, page by page: what came of each URL, and what the store made of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from slangrag.service.adding import Added, Adding, StopFlag, origin_of
from slangrag.sources.web.crawling import Crawl, crawl
from slangrag.sources.web.plan import CrawlPlan, read_plan
from slangrag.sources.web.types import Crawled
from slangrag.sources.web.urls import host
from slangrag.store.layout import StoreLayout

__all__ = ["CrawlPlan", "Crawled", "Visited", "crawl_into", "look_over", "read_plan"]

MANY_GONE: Final = 0.5
"""The share of a site's pages that may be gone at once; above it the site is taken to be out of order."""

_FEW: Final = 3
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Visited:
    """One URL: what came of it, and what became of the document; added is None where the store did nothing.

    removed: the page is gone, and its document with it; held: it is gone, and its document was kept because
    too many are.
    """

    page: Crawled
    added: Added | None = None
    removed: bool = False
    held: bool = False


def look_over(plan: CrawlPlan, *, waiting: Callable[[str, float], None] | None = None) -> Iterator[Crawled]:
    """What a crawl would take. Fetches the pages, since their links are in them, and keeps nothing."""
    with crawl(plan, None, dry_run=True, waiting=waiting) as pages:
        yield from pages


def crawl_into(
    adding: Adding,
    store: Path,
    plan: CrawlPlan,
    *,
    anew: bool = False,
    prune: bool = False,
    waiting: Callable[[str, float], None] | None = None,
    stop: StopFlag,
) -> Iterator[Visited]:
    """Go through a site, or on with it, and bring the store's documents up to it.

    anew reads all pages again, also those that did not change. Pages that are gone are removed at the end, if
    they are not more than half of the site; prune removes them whatever they are. Stopped, the next call goes
    on. Raises the StoreErrors, the EngineErrors, and what a stop raises.
    """
    place = StoreLayout(store).crawls
    place.mkdir(parents=True, exist_ok=True)
    gone: list[Crawled] = []
    there = 0
    with crawl(
        plan, place / journal_name(plan), anew=anew, has=adding.has, waiting=waiting, sleep=stop.wait
    ) as pages:
        for page in pages:
            if page.outcome == "gone":
                gone.append(page)
                continue
            there += page.outcome in ("taken", "unchanged")
            yield _visited(adding, pages, page)
            if stop.requested:
                raise stop.leave("the pages so far are added")
        removing = prune or len(gone) <= max(_FEW, MANY_GONE * (there + len(gone)))
        for page in gone:
            if removing:
                adding.forget(page.url)
                pages.done(page)
            else:
                pages.keep(page)
            yield Visited(page, removed=removing, held=not removing)


def _visited(adding: Adding, pages: Crawl, page: Crawled) -> Visited:
    if page.outcome != "taken" or (found := page.page) is None:
        return Visited(page)
    origin = origin_of(found.body, page.url, found.etag, found.last_modified)
    charset = f"; charset={found.charset}" if found.charset else ""
    added = adding.add_bytes(found.body, page.url, origin, f"{found.media_type}{charset}")
    pages.done(page)  # also one that cannot be read: the rest of the site must not wait for it
    return Visited(page, added)


def journal_name(plan: CrawlPlan) -> str:
    """The file that remembers a site: told from others of the same name by where it begins.

    Two sites in one journal would each take the other's pages for gone.
    """
    hosts = sorted({host(url) for url in plan.start})
    told_apart = hashlib.sha256("\n".join([plan.name, *hosts]).encode()).hexdigest()[:12]
    readable = re.sub(r"\W+", "-", plan.name, flags=re.ASCII).strip("-")[:_LONGEST_NAME]
    return f"{readable or 'site'}-{told_apart}.jsonl"


def named_plan(path: Path, *, private: bool) -> CrawlPlan:
    """The plan in a file; private opens private networks whatever it says. Raises what `read_plan` raises."""
    plan = read_plan(path)
    return replace(plan, private=True) if private else plan
