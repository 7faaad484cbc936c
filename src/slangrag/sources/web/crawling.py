"""A site gone through as its plan says. (Signatures; to come.)"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from slangrag.sources.web.plan import CrawlPlan
from slangrag.sources.web.types import Crawled


class Crawl:
    """A crawl under way: iterate over it once, and tell it of each page that is safe.

        with crawl(plan, journal) as pages:
            for page in pages:
                if page.outcome == "taken": store(page); pages.done(page)
                elif page.outcome == "gone": remove(page.url); pages.done(page)

    What is not `done` (`taken` and `gone` only; other outcomes need no word) comes again in the next run.
    """

    def __enter__(self) -> Self:
        raise NotImplementedError

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError

    def __iter__(self) -> Iterator[Crawled]:
        raise NotImplementedError

    def done(self, page: Crawled) -> None:
        """The caller has stored (`taken`) or removed (`gone`) the page: the journal says so, synced."""
        raise NotImplementedError

    @property
    def resumed(self) -> bool:
        """Whether this run goes on with one that was cut off."""
        raise NotImplementedError

    @property
    def left(self) -> int:
        """URLs known and not visited: above 0 at the end where `most_pages` ended it."""
        raise NotImplementedError


def crawl(
    plan: CrawlPlan,
    journal: Path | None,
    *,
    dry_run: bool = False,
    waiting: Callable[[str, float], None] | None = None,
) -> Crawl:
    """Begin to crawl, or go on where the journal says (None: nothing is remembered).

    dry_run: pages are fetched, since their links are in them, but none is handed over and no journal is read
    or written. waiting is told the host and the seconds before each pause, for a progress line.
    """
    raise NotImplementedError
