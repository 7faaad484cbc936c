"""Who may ask, and how much: Host, Origin, token, body, before anything else looks at a request.

- A foreign Host is refused (421): a page of somebody else's, whose name was made to point here (DNS
  rebinding), comes with its own.
- A foreign Origin is refused (403), and no CORS header is ever sent: other pages can neither read nor send.
- With a token, every request but those for the page's own files and for health needs it (401).
- Bodies are JSON (415), bounded (413), and come within a time (408). That of an uploaded document may be of
  any kind but those of forms, which another page can send; its route reads it (`serve.uploads`).
- What comes over the Unix socket is from the same user on this machine: it needs no Host, Origin or token.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import anyio
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from slangrag.serve.faults import Fault

LARGEST_BODY: Final = 1 << 20
LARGEST_UPLOAD: Final = 50 << 20
BODY_SECONDS: Final = 20.0

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
_UPLOAD: Final = "/api/documents"
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", ""})
_OPEN: Final = frozenset({"/healthz", "/readyz"})
_PAGES: Final = (
    "/",
    "/assets/",
    "/translate",
    "/lookup",
    "/word/",
    "/entry/",
    "/documents",
    "/documents/",
    "/favicon.ico",
)
LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Access:
    """hosts: names (without port) that a request may be for. token: None where none is needed."""

    hosts: frozenset[str] = frozenset(LOOPBACK)
    token: str | None = None


class Guard:
    """ASGI middleware; see the module."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return  # no websocket is spoken here
        headers = Headers(scope=scope)
        fault = None if local(scope) else self._refused(scope, headers)
        fault = fault or _body_refused(scope, headers)
        sending = _with_headers(send)
        if fault is not None:
            await fault.response()(scope, receive, sending)
            return
        whole = scope["method"] in _WITH_BODY and not _is_upload(scope)
        body = await _whole_body(receive) if whole else None
        if isinstance(body, Fault):
            await body.response()(scope, receive, sending)
            return
        await self._app(scope, receive if body is None else _replayed(body, receive), sending)

    def _refused(self, scope: Scope, headers: Headers) -> Fault | None:
        host = headers.get("host", "")
        if _name(host) not in self._access.hosts:
            return Fault(
                421, "wrong_host", "this server does not answer to that name", "serve --allow-host NAME"
            )
        origin = headers.get("origin")
        if origin is not None and origin not in {f"http://{host}", f"https://{host}"}:
            return Fault(403, "foreign_origin", "requests of other pages are not answered")
        if self._access.token is None or scope["path"] in _OPEN or _is_page(scope):
            return None
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and hmac.compare_digest(
            given.strip().encode("utf-8", "replace"), self._access.token.encode()
        ):
            return None
        return Fault(
            401,
            "token_missing" if not given else "token_wrong",
            "this server wants its token",
            "open the address that `slangrag serve` printed, or send it as `Authorization: Bearer TOKEN`",
        )


def local(scope: Scope) -> bool:
    """Whether a request came over the Unix socket: its server has an address without a port."""
    server = scope.get("server")
    return server is not None and server[1] is None


def _is_upload(scope: Scope) -> bool:
    return (scope["method"], scope["path"]) == ("POST", _UPLOAD)


def _is_page(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["method"] in {"GET", "HEAD"} and any(
        path == page or (page.endswith("/") and page != "/" and path.startswith(page)) for page in _PAGES
    )


def _name(host: str) -> str:
    """A Host header without its port; lower case."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _body_refused(scope: Scope, headers: Headers) -> Fault | None:
    if scope["method"] not in _WITH_BODY:
        return None
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if _is_upload(scope):
        largest = LARGEST_UPLOAD
        if kind in _FORMS:
            return Fault(
                415, "not_a_file", "a form is not read", "send the file itself, with its own Content-Type"
            )
    else:
        largest = LARGEST_BODY
        if kind != "application/json":
            return Fault(415, "not_json", "only JSON is read", "send Content-Type: application/json")
    length = headers.get("content-length", "0")
    if not length.isdigit() or int(length) > largest:
        return too_large(largest)
    return None


def too_large(largest: int) -> Fault:
    """A body is longer than so many bytes."""
    less = "ask about less at once" if largest == LARGEST_BODY else "split it into smaller documents"
    return Fault(413, "too_large", f"the request is longer than {largest} bytes", less)


async def _whole_body(receive: Receive) -> bytes | Fault | None:
    """The body, read here because FastAPI would turn a refusal in its midst into another one.

    None where the client left before its end.
    """
    body = bytearray()
    with anyio.move_on_after(BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            if len(body) > LARGEST_BODY:
                return too_large(LARGEST_BODY)
            if not message.get("more_body", False):
                return bytes(body)
    return Fault(408, "too_slow", "the request did not come to its end in time")


def _replayed(body: bytes, receive: Receive) -> Receive:
    first = True

    async def replay() -> Message:
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()  # what comes now is that the client has left

    return replay


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = {name for name, _ in message["headers"]}
            message["headers"] = [*message["headers"], *_lacking(given)]
        await send(message)

    return sending


def _lacking(given: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in HEADERS if name not in given]
