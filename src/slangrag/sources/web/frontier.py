"""What a crawl has seen and what it has yet to visit, breadth first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from slangrag.sources.web.journal import Known, Visit
from slangrag.sources.web.urls import same


@dataclass(frozen=True, slots=True)
class Stop:
    """A URL to be visited: so many links from a start, so many redirects and canonical links in a row."""

    url: str
    depth: int
    hops: int = 0


class Frontier:
    """The queue of a crawl. URLs of one page (`urls.same`) come up once, unless one is sent on to another.

    known: pages of earlier crawls, visited at the end where no link led to them, since a page that is gone is
    seldom linked. most: URLs that are kept in mind; what is seen beyond that could not be visited anyway.
    """

    def __init__(self, known: Mapping[str, Known], depth: int, most: int) -> None:
        self._known = known
        self._forms = {same(url): url for url in known}
        self._depth = depth
        self._most = most
        self._queue: deque[Stop] = deque()
        self._unlinked: deque[str] | None = None
        self._reached: set[str] = set()  # to the letter; the others by what URLs of one page have in common
        self._seen: set[str] = set()
        self._visited: set[str] = set()
        self._taken: set[str] = set()

    def set_out(self, starts: Iterable[str], visits: Iterable[Visit]) -> None:
        """Queue the starts, and what the `visits` of a crawl that was cut off had found and not visited."""
        visits = tuple(visits)
        for visit in visits:
            self._reached.add(visit.url)
            self._visited.add(same(visit.url))
            if visit.page is not None:
                self.take(visit.url)
        self._seen |= self._visited
        for start in starts:
            self.send(Stop(start, 0))
        for visit in visits:
            if visit.onward:
                self.send(Stop(visit.onward, visit.depth, visit.hops + 1))
            for link in visit.page.links if visit.page else visit.links:
                if self.is_new(link, visit.depth + 1):
                    self.link(link, visit.depth + 1)

    def is_new(self, url: str, depth: int) -> bool:
        """Whether a link to `url` leads to what was not seen, and not too deep."""
        return depth <= self._depth and same(url) not in self._seen

    def link(self, url: str, depth: int) -> None:
        """Queue what a link leads to."""
        self.pass_over(url)
        if len(self._seen) <= self._most:
            # A page that was taken as /a/ is asked for as that, although the link says /a.
            stop = Stop(self._forms.get(same(url), url), depth)
            self._queue.append(stop)
            self._reached.add(stop.url)

    def pass_over(self, url: str) -> None:
        """Count `url` as seen: another link to it is not new."""
        self._seen.add(same(url))

    def send(self, stop: Stop) -> None:
        """Queue a start; or where a page sends on to: next, and also if only its form is new (/a to /a/)."""
        if stop.url in self._reached:
            return
        self._reached.add(stop.url)
        self.pass_over(stop.url)
        if stop.hops:
            self._queue.appendleft(stop)
        else:
            self._queue.append(stop)

    def next(self) -> Stop | None:
        """What is visited next; None where all is done."""
        stop = self._next_queued() or self._next_unlinked()
        if stop is not None:
            self._visited.add(same(stop.url))
        return stop

    def take(self, url: str) -> None:
        """Count `url` as a page that is taken."""
        self._taken.add(same(url))

    def is_taken(self, url: str) -> bool:
        """Whether a page that `url` leads to is taken."""
        return same(url) in self._taken

    def is_visited(self, url: str) -> bool:
        """Whether a page that `url` leads to was visited, whatever came of it."""
        return same(url) in self._visited

    def is_known(self, url: str) -> bool:
        """Whether an earlier crawl took the page that `url` leads to."""
        return same(url) in self._forms

    @property
    def left(self) -> int:
        """URLs that are queued."""
        return len(self._queue) + len(self._unlinked or ())

    def _next_queued(self) -> Stop | None:
        while self._queue:
            stop = self._queue.popleft()
            # Sent on to /a/ while /a was in the queue: that is taken by now.
            if not self.is_taken(stop.url):
                return stop
        return None

    def _next_unlinked(self) -> Stop | None:
        if self._unlinked is None:
            self._unlinked = deque(self._known)
        while self._unlinked:
            url = self._unlinked.popleft()
            if url not in self._reached:
                self._reached.add(url)
                self.pass_over(url)
                return Stop(url, self._depth)
        return None
