"""Which URLs belong to a crawl, by its plan: told before anything is asked for."""

from __future__ import annotations

from slangrag.sources.web import media, urls
from slangrag.sources.web.plan import CrawlPlan
from slangrag.sources.web.types import Reason
from slangrag.sources.web.urls import Pattern


class Scope:
    """The URLs of one plan.

    Without `allow` it is everything on the hosts of the starts, and a pattern that is a path is one on those
    hosts. `deny` outweighs `allow`; a start always belongs.
    """

    def __init__(self, plan: CrawlPlan) -> None:
        self._start = frozenset(plan.start)
        self._hosts = frozenset(urls.host(one) for one in plan.start)
        self._allow = tuple(Pattern(one) for one in plan.allow)
        self._deny = tuple(Pattern(one) for one in plan.deny)

    def unwanted(self, url: str) -> tuple[Reason, str] | None:
        """Why a normal URL does not belong, and that in plain words; None where it does."""
        if url in self._start:
            return None
        if not self._inside(url):
            return "outside", "nothing in `allow` matches" if self._allow else "another host"
        for pattern in self._deny:
            if pattern.matches(url):
                return "deny", pattern.text
        if urls.is_trap(url):
            return "trap", "it looks like one of endlessly many"
        if media.looks_unreadable(url):
            return "type", "its name is that of a picture, a film, an archive or a program"
        return None

    def _inside(self, url: str) -> bool:
        here = urls.host(url) in self._hosts
        if not self._allow:
            return here
        return any((here or pattern.whole) and pattern.matches(url) for pattern in self._allow)
