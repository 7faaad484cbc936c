"""A site, and a way to crawl it as example.org without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.website import Names, Website

from slangrag.sources.web.addresses import Access
from slangrag.sources.web.crawling import Crawl
from slangrag.sources.web.fetching import WebClient
from slangrag.sources.web.journal import Journal
from slangrag.sources.web.plan import CrawlPlan
from slangrag.sources.web.types import Limits


@pytest.fixture
def site() -> Iterator[Website]:
    with Website() as running:
        yield running


@pytest.fixture
def begin(site: Website, tmp_path: Path) -> Callable[..., Crawl]:
    """A crawl of http://example.org/, which is `site`; keys of a plan, and options of Crawl, by name."""

    def crawl_of(
        *start: str,
        journal: Path | None = tmp_path / "journal",
        names: Names | None = None,
        limits: Limits | None = None,
        options: dict[str, Any] | None = None,
        **keys: Any,
    ) -> Crawl:
        plan = CrawlPlan("guide", start or ("http://example.org/",), **{"delay": 0.0, **keys})
        names = names or Names(site)
        client = WebClient(
            Access.asked(*plan.start, private=plan.private),
            limits or Limits(max_bytes=plan.max_bytes, read_seconds=5),
            resolve=names.resolve,
            dial=names,
        )
        return Crawl(plan, Journal(journal), client, **(options or {}))

    return crawl_of
