"""What comes of asking for a page, and of going through a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["taken", "unchanged", "gone", "skipped"]
"""taken: read, and new or changed. unchanged: what an earlier crawl took still stands (304). gone: an earlier
crawl took it, and it is to be removed. skipped: not taken; what an earlier crawl took of it stays."""

Reason = Literal[
    "",
    "missing",
    "robots",
    "noindex",
    "outside",
    "deny",
    "trap",
    "type",
    "too large",
    "select",
    "redirect",
    "canonical",
    "error",
]
"""Why a page was skipped or is gone; "" for one that was taken or is unchanged."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much, and how long.

    max_bytes counts the body after decompression. Times are in seconds: to a connection, for one wait on a
    silent server, and for the whole of one page with its redirects.
    """

    max_bytes: int = 20_000_000
    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    whole_seconds: float = 120.0
    redirects: int = 8


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of a version of a page, sent back to ask whether it changed; "" for none."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page as it was served.

    asked is the URL asked for, url the one that answered (after redirects; without fragment). media_type is
    lower case without parameters, and told from the bytes where the server gave none. charset is what the
    server declared, "" for none. last_modified is the header as it came; fetched_at is ISO 8601 in UTC.
    robots is the X-Robots-Tag header, several of them a line each.
    """

    asked: str
    url: str
    media_type: str
    charset: str
    body: bytes
    etag: str
    last_modified: str
    fetched_at: str
    robots: str = ""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that the page is as it was when it gave the validators that it was asked with (304)."""

    asked: str
    url: str
    validators: Validators
    fetched_at: str


@dataclass(frozen=True, slots=True)
class Redirected:
    """The server sends elsewhere: `url` to `location`, an absolute URL. permanent for 301 and 308."""

    url: str
    location: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Crawled:
    """What came of one URL of a crawl.

    depth counts the links from a start URL. page is there for a taken page that is not of a dry run, after
    `select` and `drop`. detail says in plain words what `reason` does not: another URL, the status, the size.
    """

    url: str
    outcome: Outcome
    depth: int
    reason: Reason = ""
    detail: str = ""
    page: Fetched | None = None
