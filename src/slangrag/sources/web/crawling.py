"""A site gone through as its plan says: breadth first, one request at a time, and each outcome told.

What is remembered is what the caller says is safe: a page is written to the journal when the caller is
`done` with it, so a kill between storing and remembering costs one request, never a page.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from slangrag.errors import EngineMissing, InputError
from slangrag.sources.web import media, urls
from slangrag.sources.web.addresses import Access
from slangrag.sources.web.faults import PageMissing, PageTooLarge, PageType, shown
from slangrag.sources.web.fetching import WebClient
from slangrag.sources.web.frontier import Frontier, Stop
from slangrag.sources.web.hosts import Hosts
from slangrag.sources.web.hypertext import Hypertext
from slangrag.sources.web.journal import Journal, Known, Visit
from slangrag.sources.web.plan import CrawlPlan
from slangrag.sources.web.robots import orders
from slangrag.sources.web.scope import Scope
from slangrag.sources.web.types import Crawled, Fetched, Limits, NotModified, Reason, Redirected
from slangrag.sources.web.urls import Pattern
from slangrag.text.sizes import size

_HOPS: Final = 8
"""Redirects and canonical links that are followed in a row."""
_SEEN_PER_PAGE: Final = 50
"""URLs that are kept in mind for each page that may be asked for: more of them cannot be visited."""
_METHOD: Final = 1
"""Raised when pages are handed over differently, so that pages that did not change are read again."""


class Crawl:
    """A crawl under way: iterate over it once, and say of each page that it is safe.

        with crawl(plan, journal) as pages:
            for page in pages:
                if page.outcome == "taken":
                    store(page)
                elif page.outcome == "gone":
                    remove(page.url)
                pages.done(page)

    A page that is `taken` or `gone` and was not `done` comes again in the next run. `done` may come later
    than the next page, for those who store in batches; for other outcomes it does nothing.
    """

    def __init__(
        self,
        plan: CrawlPlan,
        journal: Journal,
        client: WebClient,
        *,
        dry_run: bool = False,
        anew: bool = False,
        has: Callable[[str], bool] | None = None,
        waiting: Callable[[str, float], None] | None = None,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._plan = plan
        self._journal = journal
        self._client = client
        self._dry_run = dry_run
        self._anew = anew
        self._has = has or (lambda _url: True)
        self._digest = _digest(plan)
        self._scope = Scope(plan)
        self._known = dict(journal.known)
        self._frontier = Frontier(self._known, plan.depth, _SEEN_PER_PAGE * plan.most_pages)
        self._hosts = Hosts(client, plan.delay, waiting=waiting, sleep=sleep, now=now)
        self._pending: dict[str, Visit] = {}
        self._asked = 0
        self._through = False
        self._advanced = False
        self._left_out = False
        asked = sum(visit.asked for visit in journal.visits)
        self._resumed = bool(journal.visits) and asked < plan.most_pages

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)
        self._journal.close()

    def __iter__(self) -> Iterator[Crawled]:
        if not self._resumed:
            self._journal.begin()
        self._asked = sum(visit.asked for visit in self._journal.visits)
        self._frontier.set_out(self._plan.start, self._journal.visits)
        while self._asked < self._plan.most_pages and (stop := self._frontier.next()) is not None:
            yield from self._visit(stop)
        self._through = True
        self._end()

    def done(self, page: Crawled) -> None:
        """The caller has stored (`taken`) or removed (`gone`) the page: the journal says so, synced."""
        visit = self._pending.pop(page.url, None)
        if visit is not None:
            self._journal.note(visit)
            self._end()

    def keep(self, page: Crawled) -> None:
        """The caller keeps what it has of a page that is `gone`: the next crawl asks for it again."""
        visit = self._pending.pop(page.url, None)
        if visit is not None:
            self._journal.note(replace(visit, outcome="skipped"))
            self._end()

    @property
    def resumed(self) -> bool:
        """Whether this run goes on with one that was cut off."""
        return self._resumed

    @property
    def asked(self) -> int:
        """Pages that were asked for, those of the run that this one goes on with included."""
        return self._asked

    @property
    def left(self) -> int:
        """URLs known and not visited: above 0 at the end where `most_pages` ended it."""
        return self._frontier.left

    def _end(self) -> None:
        """Write that the crawl went through, if it did: else the next run goes on with it.

        Where a host gave up, the next run goes on with what it left; one that gets nowhere with it ends.
        """
        if self._through and not self._pending and not self.left and not (self._left_out and self._advanced):
            self._journal.end()

    def _visit(self, stop: Stop) -> Iterator[Crawled]:
        if unwanted := self._scope.unwanted(stop.url):
            yield self._not_taken(stop, *unwanted, asked=False)
            return
        if given_up := self._hosts.given_up(stop.url):
            self._left_out = True
            yield Crawled(stop.url, "skipped", stop.depth, "error", given_up)
            return
        if forbidden := self._hosts.forbidden(stop.url):
            yield self._kept(stop, "robots", forbidden, asked=False)
            return
        known = self._known.get(stop.url)
        current = known is not None and known.plan == self._digest and not self._anew and self._has(stop.url)
        self._asked += 1
        try:
            answer = self._hosts.ask(stop.url, known.validators if known is not None and current else None)
        except PageMissing as error:
            yield self._not_taken(stop, "missing", error.message)
        except PageType as error:
            yield self._not_taken(stop, "type", error.message)
        except PageTooLarge as error:
            yield self._kept(stop, "too large", error.message)
        except InputError as error:
            # Not written to the journal: a run that goes on with this one tries again.
            yield Crawled(stop.url, "skipped", stop.depth, "error", error.message)
        else:
            self._advanced = True
            match answer:
                case Redirected():
                    yield self._redirected(stop, answer)
                case NotModified():
                    yield from self._unchanged(stop)
                case Fetched():
                    yield from self._fetched(stop, answer)

    def _redirected(self, stop: Stop, answer: Redirected) -> Crawled:
        target = urls.normal(answer.location)
        unwanted = self._scope.unwanted(target) if target else ("outside", "no page of the web")
        onward = ""
        if unwanted:
            said = f"to {shown(answer.location)}, which is left out ({unwanted[0]})"
        elif stop.hops >= _HOPS:
            said = f"to {target}, one redirect too many"
        else:
            said, onward = f"to {target}", target
            self._frontier.send(Stop(target, stop.depth, stop.hops + 1))
        # A page that is elsewhere for now (a login, a notice of maintenance) comes back.
        leave = self._not_taken if answer.permanent else self._kept
        return leave(stop, "redirect", said, onward=onward)

    def _unchanged(self, stop: Stop) -> Iterator[Crawled]:
        known = self._known[stop.url]
        self._frontier.take(stop.url)
        _, refused = self._new(known.links, stop.depth)
        self._journal.note(Visit(stop.url, stop.depth, stop.hops, "unchanged", page=known))
        yield Crawled(stop.url, "unchanged", stop.depth)
        yield from refused

    def _fetched(self, stop: Stop, page: Fetched) -> Iterator[Crawled]:
        document = Hypertext(page) if media.kind_of(page.media_type) == "html" else None
        said = document.orders if document else orders(page.robots, ())
        fresh, refused = self._new(document.links() if document else (), stop.depth)
        canonical = document.canonical() if document else ""
        if "noindex" in said:
            yield self._not_taken(stop, "noindex", "the page asks not to be kept", links=fresh)
        elif canonical and stop.hops < _HOPS and self._stands_for(canonical, stop.url):
            self._frontier.send(Stop(canonical, stop.depth, stop.hops + 1))
            yield self._not_taken(
                stop, "canonical", f"the same as {canonical}", links=fresh, onward=canonical
            )
        elif (part := self._part(page, document)) is None:
            yield self._not_taken(stop, "select", "none of its selectors finds anything", links=fresh)
        else:
            yield self._taken_page(stop, part, fresh)
        yield from refused

    def _part(self, page: Fetched, document: Hypertext | None) -> Fetched | None:
        """The page as it is handed over; None where `select` finds nothing."""
        if document is None or not (self._plan.select or self._plan.drop):
            return page
        body = document.selected(self._plan.select, self._plan.drop)
        return None if body is None else replace(page, body=body, media_type="text/html", charset="utf-8")

    def _taken_page(self, stop: Stop, page: Fetched, links: tuple[str, ...]) -> Crawled:
        self._frontier.take(stop.url)
        known = Known(stop.url, self._digest, page.etag, page.last_modified, links)
        self._pending[stop.url] = Visit(stop.url, stop.depth, stop.hops, "taken", page=known)
        said = f"{page.media_type}, {size(len(page.body))}"
        return Crawled(stop.url, "taken", stop.depth, detail=said, page=None if self._dry_run else page)

    def _not_taken(
        self,
        stop: Stop,
        reason: Reason,
        detail: str,
        *,
        asked: bool = True,
        links: tuple[str, ...] = (),
        onward: str = "",
    ) -> Crawled:
        """There is nothing to be taken: gone, if an earlier crawl took something."""
        if stop.url not in self._known:
            return self._kept(stop, reason, detail, asked=asked, links=links, onward=onward)
        self._pending[stop.url] = Visit(
            stop.url, stop.depth, stop.hops, "gone", reason, asked, links=links, onward=onward
        )
        return Crawled(stop.url, "gone", stop.depth, reason, detail)

    def _kept(
        self,
        stop: Stop,
        reason: Reason,
        detail: str,
        *,
        asked: bool = True,
        links: tuple[str, ...] = (),
        onward: str = "",
    ) -> Crawled:
        """Nothing is taken, and what an earlier crawl took stays."""
        visit = Visit(stop.url, stop.depth, stop.hops, "skipped", reason, asked, links=links, onward=onward)
        self._journal.note(visit)
        return Crawled(stop.url, "skipped", stop.depth, reason, detail)

    def _new(self, links: Iterable[str], depth: int) -> tuple[tuple[str, ...], list[Crawled]]:
        """New links of a page: those that are queued now, and those that are left out, told once."""
        fresh, refused = [], []
        for link in links:
            if not self._frontier.is_new(link, depth + 1):
                continue
            if unwanted := self._scope.unwanted(link):
                self._frontier.pass_over(link)
                # What an earlier plan took is told as gone, at the end.
                if not self._frontier.is_known(link):
                    refused.append(Crawled(link, "skipped", depth + 1, *unwanted))
            else:
                self._frontier.link(link, depth + 1)
                fresh.append(link)
        return tuple(fresh), refused

    def _stands_for(self, canonical: str, url: str) -> bool:
        """Whether a page that calls itself `canonical` is to be taken under that name and not under `url`."""
        if urls.same(canonical) == urls.same(url) or self._scope.unwanted(canonical):
            return False
        # Every page naming the front page is a well-known mistake in a site's template.
        if urls.is_front(canonical) and not urls.is_front(url):
            return False
        return self._frontier.is_taken(canonical) or not self._frontier.is_visited(canonical)


def crawl(
    plan: CrawlPlan,
    journal: Path | None,
    *,
    dry_run: bool = False,
    anew: bool = False,
    has: Callable[[str], bool] | None = None,
    waiting: Callable[[str, float], None] | None = None,
    sleep: Callable[[float], object] = time.sleep,
) -> Crawl:
    """A crawl that begins, or goes on where the journal says (None: nothing is remembered).

    dry_run: pages are fetched, since their links are in them, but none is handed over, and no journal is
    read or written. anew: no server is asked whether a page changed, each is taken again. has: whether
    the caller still has what was taken of a URL; of what it lost, no server is asked either. waiting is told
    the host and the seconds before each pause, for a progress line; sleep may end early where the crawl is
    to be left (`StopFlag.wait`). One process at a time may have a journal: the store's lock sees to that.

    Raises EngineMissing without the extra `documents`; InputUnreadable and InputFormat for the journal.
    """
    for name in ("protego", "lxml", "cssselect"):
        if find_spec(name) is None:
            raise EngineMissing(f"a crawl needs {name}", hint="pip install 'slangrag[documents]'")
    whole = (one.replace("*", "") for one in plan.allow if Pattern(one).whole)
    client = WebClient(
        Access.asked(*plan.start, *whole, private=plan.private), Limits(max_bytes=plan.max_bytes)
    )
    memory = Journal(None if dry_run else journal)
    return Crawl(plan, memory, client, dry_run=dry_run, anew=anew, has=has, waiting=waiting, sleep=sleep)


def _digest(plan: CrawlPlan) -> str:
    """What decides which links are followed and what of a page is handed over."""
    said = [_METHOD, plan.start, plan.allow, plan.deny, plan.select, plan.drop]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]
