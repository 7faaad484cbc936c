"""What can go wrong with a page, told apart for the crawler. To everybody else these are InputErrors.

InputMissing      PageMissing        404, 410: there is none
InputUnreadable   PageRefused        an address, port or scheme that is not open to us
                  PageUnreachable    no connection, silence, a break in the middle, too slow
                  PageStatus         another status than 200: not for us, or not now
InputFormat       PageType           a media type that nothing here reads
                  PageTooLarge       more bytes than the limit, compressed or not
                  PageEncoding       a body that is not in the encoding that it claims
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from slangrag.errors import InputFormat, InputMissing, InputUnreadable
from slangrag.text.sizes import size

SAVE: Final = "save the page in a browser, then slangrag add FILE"
"""The way out that is always there."""


class PageMissing(InputMissing):
    """The server says that there is no such page (404, 410)."""


class PageRefused(InputUnreadable):
    """slangrag does not go there: the address, the port, the scheme, credentials, a redirect in a circle."""


class PageUnreachable(InputUnreadable):
    """No connection, silence, a connection that broke, or a page slower than the limit."""


class PageStatus(InputUnreadable):
    """A status that is no page and no redirect (0: not known); retry_after in seconds, None if not said."""

    def __init__(
        self, message: str, *, hint: str = "", status: int = 0, retry_after: float | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.retry_after = retry_after


class PageType(InputFormat):
    """A media type that nothing here reads."""


class PageTooLarge(InputFormat):
    """More bytes than the limit."""


class PageEncoding(InputFormat):
    """A body that is not in the content encoding that it claims, or in one that was not asked for."""


def shown(url: str) -> str:
    """A URL for a message: one line, cut where it is very long."""
    line = "".join(letter if letter.isprintable() else "�" for letter in url)
    return line if len(line) <= 200 else f"{line[:199]}…"


def status_fault(url: str, status: int, retry_after: str) -> PageMissing | PageStatus:
    """What a status that is neither a page nor a redirect means; retry_after is the header as it came."""
    if status in (404, 410):
        return PageMissing(f"{url}: there is no such page ({status})", hint="check the address")
    meaning, hint = {
        401: ("it wants a login", SAVE),
        402: ("it wants to be paid", SAVE),
        403: ("the server refuses it to programs, or to you", SAVE),
        429: ("the server wants fewer requests", "try again later, with a longer delay"),
        451: ("it is withheld for legal reasons", "look for another source"),
    }.get(status, ("the server has trouble", "try again later") if status >= 500 else ("no page", SAVE))
    return PageStatus(
        f"{url}: {meaning} ({status})", hint=hint, status=status, retry_after=_seconds(retry_after)
    )


def _seconds(retry_after: str) -> float | None:
    """A Retry-After header, seconds or a date, in seconds from now."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        date = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max((date.astimezone(UTC) - datetime.now(UTC)).total_seconds(), 0.0)


def size_fault(url: str, most: int, said: str) -> PageTooLarge:
    """A page larger than `most` bytes; said is how that showed."""
    return PageTooLarge(
        f"{url} is larger than {size(most)}: {said}",
        hint="max_bytes in a crawl's TOML; or download it, then slangrag add FILE",
    )


def type_fault(url: str, media_type: str) -> PageType:
    """A page of a media type ("" for none that can be told) that nothing here reads."""
    return PageType(
        f"{url} is {media_type or 'of no kind that can be told'}, which cannot be read",
        hint="HTML, PDF, Markdown, text, XML, docx and EPUB can",
    )


def how_to_open(why: str) -> str:
    """What to do about an address that is closed, by the reason that `refusal` gave."""
    if "private network" in why:
        return "--private opens those, for a server of yours (private = true in a crawl's TOML)"
    return "it stays closed; check the address"
