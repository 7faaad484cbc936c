"""robots.txt (RFC 9309), and what a page itself says to robots."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from slangrag.errors import InputError
from slangrag.sources.web.faults import PageMissing, PageRefused, PageStatus
from slangrag.sources.web.types import Fetched

if TYPE_CHECKING:
    from protego import Protego

    from slangrag.sources.web.fetching import WebClient

AGENT: Final = "slangrag"
"""The name that robots.txt files may address."""
_READ: Final = 500 * 1024
"""Bytes of a robots.txt that are read, as RFC 9309 (2.5) has it at the least."""
_BUSY: Final = 429
_FOR_ONE: Final = re.compile(r"([a-z0-9_*-]+)\s*:\s*(.*)", re.IGNORECASE | re.DOTALL)
_WITH_VALUES: Final = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
)


@dataclass(frozen=True, slots=True)
class SiteRules:
    """What one host's robots.txt says to slangrag.

    unreadable says why it could not be had, which closes the host (RFC 9309, 2.3.1.4); "" otherwise. delay
    is in seconds, 0 where none is asked for.
    """

    rules: Protego | None = None
    unreadable: str = ""
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether `url` may be asked for."""
        if self.unreadable:
            return False
        return self.rules is None or self.rules.can_fetch(url, AGENT)


def robots_url(url: str) -> str:
    """Where the robots.txt for `url` is."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def read_rules(client: WebClient, url: str) -> SiteRules:
    """The rules at `url`, a robots.txt."""
    from protego import Protego

    try:
        answer = client.fetch(url, cut_at=_READ)
    except PageMissing:
        return SiteRules()
    except PageStatus as error:
        if 400 <= error.status < 500 and error.status != _BUSY:
            return SiteRules()
        return SiteRules(unreadable=error.message)
    except PageRefused as error:
        return SiteRules(unreadable=f"{error.message} ({error.hint})")
    except InputError as error:
        return SiteRules(unreadable=error.message)
    if not isinstance(answer, Fetched):
        return SiteRules()
    rules = Protego.parse(answer.body.decode("utf-8-sig", "replace"))
    rate = rules.request_rate(AGENT)
    pause = rate.seconds / rate.requests if rate and rate.requests else 0.0
    return SiteRules(rules, delay=max(rules.crawl_delay(AGENT) or 0.0, pause))


def orders(header: str, metas: Iterable[tuple[str, str]]) -> frozenset[str]:
    """What a page asks of robots, of "noindex" and "nofollow".

    header is X-Robots-Tag, a line each; metas are the names and contents of the page's meta elements.
    """
    said = [part for line in header.splitlines() for part in _for_us(line)]
    for name, content in metas:
        if name.strip().lower() in ("robots", AGENT):
            said += content.split(",")
    words = {one.strip().lower() for one in said}
    if "none" in words:
        words |= {"noindex", "nofollow"}
    return frozenset(words & {"noindex", "nofollow"})


def _for_us(line: str) -> list[str]:
    """The rules of one X-Robots-Tag header, none if it names another robot."""
    named = _FOR_ONE.match(line.strip())
    if named and named[1].lower() not in _WITH_VALUES:
        return named[2].split(",") if named[1].lower() in (AGENT, "*") else []
    return line.split(",")
