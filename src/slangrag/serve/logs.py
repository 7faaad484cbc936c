"""One line a request on stderr: what kind, how it went, how long. No questions unless asked for."""

from __future__ import annotations

import logging
from typing import Final

from starlette.types import Scope

from slangrag.serve.watching import Told, pattern

logger: Final = logging.getLogger("slangrag.serve")


def request_log(*, whole: bool) -> Told:
    """Writes the line of a request. whole: with the address as it was sent, not the route's pattern."""

    def log(scope: Scope, status: int, seconds: float) -> None:
        route = _address(scope) if whole else pattern(scope)
        logger.info("%s %s %s %.0f ms", scope["method"], route, status or "left", seconds * 1000)

    return log


def _address(scope: Scope) -> str:
    """The address as it was sent: percent-encoded, so that no line break of it gets into the log."""
    query = scope["query_string"]
    raw: bytes = scope["raw_path"] + (b"?" + query if query else b"")
    return raw.decode("latin-1")
