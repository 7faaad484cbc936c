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

from slangrag.errors import InputFormat, InputMissing, InputUnreadable


class PageMissing(InputMissing):
    """The server says that there is no such page (404, 410)."""


class PageRefused(InputUnreadable):
    """slangrag does not go there: the address, the port, the scheme, credentials, a redirect in a circle."""


class PageUnreachable(InputUnreadable):
    """No connection, silence, a connection that broke, or a page slower than the limit."""


class PageStatus(InputUnreadable):
    """A status that is neither a page nor a redirect; retry_after in seconds, None where it was not said."""

    def __init__(
        self, message: str, *, hint: str = "", status: int, retry_after: float | None = None
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
