"""Errors as HTTP tells them: a status, a code, one line and a hint; nothing of the machine in any of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import JSONResponse

from slangrag import errors
from slangrag.errors import SlangragError
from slangrag.service.placeless import told_afar

_STATUS: Final[tuple[tuple[type[SlangragError], int], ...]] = (
    (errors.EngineBusy, 503),
    (errors.EngineTimeout, 504),
    (errors.ContextOverflow, 400),
    (errors.TextRejected, 400),
    (errors.EngineError, 502),
    (errors.DocumentsMissing, 404),
    (errors.StoreError, 503),
    (errors.UsageError, 400),
    (errors.InputError, 400),
    (SlangragError, 500),
)
"""The first class that fits decides."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong, for somebody far away. retry_after is in seconds."""

    status: int
    code: str
    message: str
    hint: str = ""
    retry_after: int | None = None
    param: str | None = None

    def document(self) -> dict[str, Any]:
        """The body: one shape for every API, with the `type` and `param` that OpenAI's clients read."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {
            "error": {
                "message": self.message,
                "hint": self.hint,
                "code": self.code,
                "type": kind,
                "param": self.param,
                "retry_after": self.retry_after,
            }
        }

    def response(self) -> JSONResponse:
        """The whole answer."""
        return JSONResponse(self.document(), self.status, headers=self.headers())

    def headers(self) -> dict[str, str]:
        """What goes beside the body."""
        headers = {"Cache-Control": "no-store"}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return headers


def fault_of(error: SlangragError) -> Fault:
    """An error of ours as a fault."""
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    busy = isinstance(error, (errors.EngineBusy, errors.StoreLocked))
    message, hint = told_afar(error)
    return Fault(status, code_of(type(error)), message, hint, 5 if busy else None)


def queue_full(retry_after: int) -> Fault:
    """Too many wait already."""
    return Fault(
        503,
        "queue_full",
        "too many questions are waiting for the model",
        "try again a little later, or ask for a quoted answer, which needs no model",
        retry_after,
    )


def internal() -> Fault:
    """A bug of ours."""
    return Fault(500, "internal", "the server failed on this request", "its log says why")


def code_of(kind: type[Exception]) -> str:
    """The name of an error's class as a code: StoreMissing is "store_missing"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
