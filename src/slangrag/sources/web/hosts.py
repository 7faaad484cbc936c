"""How hosts are treated: their robots.txt, a pause between two requests, and peace for one that is down."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from slangrag.errors import InputError
from slangrag.sources.web.faults import PageStatus, PageUnreachable
from slangrag.sources.web.fetching import WebClient
from slangrag.sources.web.robots import SiteRules, read_rules, robots_url
from slangrag.sources.web.types import Fetched, NotModified, Redirected, Validators
from slangrag.sources.web.urls import host

_FAILURES: Final = 5
"""Failures of a host in a row after which it is left in peace."""
_LONGEST_PAUSE: Final = 120.0
"""Seconds for which a host may ask to be left alone: beyond that a crawl would never end."""
_BUSY: Final = frozenset({429, 503})


class Hosts:
    """The hosts of one crawl, asked one at a time and slowly.

    delay: seconds between an answer of a host and the next request to it, at the least. waiting is told the
    host and the seconds before each pause.
    """

    def __init__(
        self,
        client: WebClient,
        delay: float,
        *,
        waiting: Callable[[str, float], None] | None = None,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._delay = delay
        self._waiting = waiting or (lambda _host, _seconds: None)
        self._sleep = sleep
        self._now = now
        self._rules: dict[str, SiteRules] = {}
        self._answered: dict[str, float] = {}
        self._failures: Counter[str] = Counter()

    def given_up(self, url: str) -> str:
        """Why the host of `url` is not asked for pages for now; "" where it may be."""
        if self._failures[host(url)] >= _FAILURES:
            return f"{host(url)} is left in peace: it failed too often, or asked for it"
        if unreadable := self._rules_for(url).unreadable:
            return f"no page is asked for where robots.txt cannot be had: {unreadable}"
        return ""

    def forbidden(self, url: str) -> str:
        """Why robots.txt closes `url`; "" where it does not."""
        rules = self._rules_for(url)
        if not rules.allows(url):
            return "its robots.txt says no"
        if rules.delay > _LONGEST_PAUSE:
            return f"its robots.txt asks for {rules.delay:g} s between two pages"
        return ""

    def ask(self, url: str, validators: Validators | None) -> Fetched | NotModified | Redirected:
        """One request after a pause, and another if the server asks to wait for a bearable time.

        Raises the errors of faults.py.
        """
        name = host(url)
        self._pause(name, self._rules_for(url).delay)
        try:
            try:
                answer = self._client.ask(url, validators=validators)
            except PageStatus as error:
                if error.retry_after is None or error.status not in _BUSY:
                    raise
                if error.retry_after > _LONGEST_PAUSE:
                    self._failures[name] = _FAILURES
                    raise
                self._wait(name, max(error.retry_after, self._delay))
                answer = self._client.ask(url, validators=validators)
        except InputError as error:
            self._failures[name] = self._failures[name] + 1 if _is_failure(error) else 0
            raise
        finally:
            self._answered[name] = self._now()
        self._failures[name] = 0
        return answer

    def _rules_for(self, url: str) -> SiteRules:
        place = robots_url(url)
        if place not in self._rules:
            self._pause(host(url), 0.0)
            self._rules[place] = read_rules(self._client, place)
            self._answered[host(url)] = self._now()
        return self._rules[place]

    def _pause(self, name: str, asked_for: float) -> None:
        """Wait until as long as the plan and robots.txt ask for has passed since the host's last answer."""
        if name in self._answered:
            self._wait(name, self._answered[name] + max(self._delay, asked_for) - self._now())

    def _wait(self, name: str, seconds: float) -> None:
        if seconds > 0:
            self._waiting(name, seconds)
            self._sleep(seconds)


def _is_failure(error: InputError) -> bool:
    """Whether an error says something of the host, and not of one page."""
    if isinstance(error, PageStatus):
        return error.status >= 500 or error.status in _BUSY
    return isinstance(error, PageUnreachable)
