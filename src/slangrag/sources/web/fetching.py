"""One page, fetched safely. (Signatures; to come.)"""

from __future__ import annotations

from slangrag.sources.web.addresses import Access
from slangrag.sources.web.types import Fetched, Limits, NotModified, Redirected, Validators


class WebClient:
    """Connections to servers, one request at a time; a context manager."""

    def __init__(self, access: Access = Access(), limits: Limits = Limits()) -> None:  # noqa: B008
        raise NotImplementedError

    def ask(self, url: str, *, validators: Validators | None = None) -> Fetched | NotModified | Redirected:
        """One request, no redirect followed."""
        raise NotImplementedError


def fetch(
    url: str,
    *,
    access: Access | None = None,
    limits: Limits = Limits(),  # noqa: B008
    validators: Validators | None = None,
    client: WebClient | None = None,
) -> Fetched | NotModified:
    """The page at `url`, redirects followed and each of them checked.

    access None: the usual ports and the one written in `url`, no private networks.
    Raises InputMissing, InputUnreadable or InputFormat (see faults), each naming the URL.
    """
    raise NotImplementedError
