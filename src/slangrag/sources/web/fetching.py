"""One page, fetched safely: bounded in bytes and in time, from addresses that are open to us, as who we are.

What a page cannot do here: lead to a file, to another port or into a private network, by its URL, by a
redirect or by its name's addresses; grow without end, also when it is unpacked; drip for hours; set cookies.

No proxy of the environment (HTTP_PROXY) is used: a proxy looks names up itself, so nobody could say which
address a page comes from, and it may well reach networks that are closed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urljoin

from slangrag.sources.web import media
from slangrag.sources.web.addresses import Access, Resolver, system_resolver
from slangrag.sources.web.faults import (
    SAVE,
    PageEncoding,
    PageRefused,
    PageUnreachable,
    how_to_open,
    shown,
    size_fault,
    status_fault,
    type_fault,
)
from slangrag.sources.web.inflating import ACCEPT_ENCODING, EncodingFault, inflated
from slangrag.sources.web.types import Fetched, Limits, NotModified, Redirected, Validators
from slangrag.text.sizes import size

if TYPE_CHECKING:
    from ssl import SSLContext

    import httpcore
    import httpx

USER_AGENT: Final = f"slangrag/{version('slangrag')}"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
_KEPT_OPEN: Final = 4.0
"""Seconds for which a connection waits for the next page of its host: less than servers do."""


class WebClient:
    """Asks servers for pages, one request at a time. A context manager; not to be shared between threads.

    resolve, dial and tls stand for the system's resolver, the network and the trusted certificates (with
    SSL_CERT_FILE, for an intranet's own authority), and are there for tests.
    """

    def __init__(
        self,
        access: Access | None = None,
        limits: Limits | None = None,
        *,
        resolve: Resolver = system_resolver,
        dial: httpcore.NetworkBackend | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        import httpcore
        import httpx

        from slangrag.sources.web.connecting import CheckedBackend, Deadline

        self.access = access or Access()
        self.limits = limits or Limits()
        self._deadline = Deadline()
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls or httpx.create_ssl_context(),
            max_connections=4,
            keepalive_expiry=_KEPT_OPEN,
            network_backend=CheckedBackend(self.access, self._deadline, resolve=resolve, dial=dial),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    def ask(self, url: str, *, validators: Validators | None = None) -> Fetched | NotModified | Redirected:
        """What the server answers to one request for `url`. Raises the errors of faults.py."""
        self._deadline.begin(self.limits.whole_seconds)
        return self._ask(url, url, validators)

    def fetch(
        self, url: str, *, validators: Validators | None = None, cut_at: int | None = None
    ) -> Fetched | NotModified:
        """The page at `url`, redirects followed, each of them checked like a URL that was typed.

        cut_at: bytes after which a body is cut instead of being refused; any media type is taken then.
        Raises the errors of faults.py.
        """
        self._deadline.begin(self.limits.whole_seconds)
        seen, at = {url}, url
        for _ in range(self.limits.redirects + 1):
            answer = self._ask(url, at, validators, cut_at)
            if not isinstance(answer, Redirected):
                return answer
            at = answer.location
            if at in seen:
                raise PageRefused(
                    f"{shown(url)}: its redirects go in a circle, back to {shown(at)}",
                    hint=f"the site may want cookies or a login; {SAVE}",
                )
            seen.add(at)
        raise PageRefused(
            f"{shown(url)}: more than {self.limits.redirects} redirects, the last to {shown(at)}",
            hint=f"open it in a browser and give the address that it ends at, or {SAVE}",
        )

    def _ask(
        self, asked: str, url: str, validators: Validators | None, cut_at: int | None = None
    ) -> Fetched | NotModified | Redirected:
        import httpcore

        target = self._checked(url)
        place = f"{target.scheme}://{target.netloc.decode('ascii')}{target.raw_path.decode('ascii')}"
        request = httpcore.URL(
            scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path
        )
        headers: dict[bytes | str, bytes | str] = {
            "Host": target.netloc.decode("ascii"),
            "User-Agent": USER_AGENT,
            "Accept": media.ACCEPT,
            "Accept-Encoding": ACCEPT_ENCODING,
        }
        if validators and validators.etag:
            headers["If-None-Match"] = validators.etag
        if validators and validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        timeout = {
            "connect": self.limits.connect_seconds,
            "read": self.limits.read_seconds,
            "write": self.limits.read_seconds,
            "pool": self.limits.connect_seconds,
        }
        with (
            self._explained(place),
            self._pool.stream("GET", request, headers=headers, extensions={"timeout": timeout}) as response,
        ):
            told = _headers(response.headers)
            if response.status == 304 and validators:
                return NotModified(asked, place, validators, _now())
            if response.status in _REDIRECTS and told.get("location"):
                to = _joined(target, told["location"])
                return Redirected(place, to, permanent=response.status in _PERMANENT)
            if response.status not in (200, 203):
                raise status_fault(place, response.status, told.get("retry-after", ""))
            return self._page(asked, place, told, response.iter_stream(), cut_at)

    def _page(
        self, asked: str, url: str, told: dict[str, str], pieces: Iterable[bytes], cut_at: int | None
    ) -> Fetched:
        media_type, charset = media.declared(told.get("content-type", ""))
        if cut_at is None and not media.may_be_read(media_type):
            raise type_fault(url, media_type)
        body = self._body(url, told, pieces, cut_at)
        if cut_at is None:
            declared, media_type = media_type, media.told_by_bytes(media_type, body, url)
            if media.kind_of(media_type) is None:
                raise type_fault(url, media_type or declared)
        return Fetched(
            asked=asked,
            url=url,
            media_type=media_type,
            charset=charset,
            body=body,
            etag=told.get("etag", ""),
            last_modified=told.get("last-modified", ""),
            fetched_at=_now(),
            robots=told.get("x-robots-tag", ""),
        )

    def _body(self, url: str, told: dict[str, str], pieces: Iterable[bytes], cut_at: int | None) -> bytes:
        """The unpacked body. What is counted is both what comes and what becomes of it."""
        most, cut = (self.limits.max_bytes, False) if cut_at is None else (cut_at, True)
        length = told.get("content-length", "")
        if length.isdecimal() and int(length) > most and not cut:
            raise size_fault(url, most, f"it is {size(int(length))}")
        body = bytearray()
        for piece in inflated(_counted(url, pieces, most, cut=cut), told.get("content-encoding", "")):
            body += piece
            if len(body) > most:
                if not cut:
                    raise size_fault(url, most, "it goes on beyond that")
                del body[most:]
                break
        return bytes(body)

    def _checked(self, url: str) -> httpx.URL:
        """`url` without its fragment. Raises PageRefused for one that is not gone to."""
        import httpx

        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise PageRefused(
                f"{shown(url)} is no URL: {error}", hint="write it as https://HOST/PATH"
            ) from error
        if target.userinfo:
            bare = str(target.copy_with(username=None, password=None))
            raise PageRefused(
                f"{bare} was given with a name or password in it, which are not sent", hint=SAVE
            )
        if target.scheme not in ("http", "https") or not target.host:
            raise PageRefused(
                f"{shown(url)}: pages are fetched by http and https only",
                hint="slangrag add FILE reads a file of this machine",
            )
        if target.port is not None and target.port not in self.access.ports:
            raise PageRefused(
                f"{shown(url)}: port {target.port} was not asked for",
                hint="give the URL itself, with its port, if that is where you want to go",
            )
        return target.copy_with(fragment=None)

    @contextmanager
    def _explained(self, url: str) -> Iterator[None]:
        """httpcore's complaints as errors that name the page."""
        import httpcore

        from slangrag.sources.web.connecting import Refusal

        try:
            yield
        except Refusal as error:
            raise PageRefused(f"{url}: {error}", hint=how_to_open(str(error))) from error
        except EncodingFault as error:
            raise PageEncoding(f"{url}: {error}", hint=SAVE) from error
        except httpcore.TimeoutException as error:
            limit = self.limits
            if self._deadline.over:
                said = f"not all there after {limit.whole_seconds:g} s"
            elif isinstance(error, httpcore.ConnectTimeout):
                said = f"no connection within {limit.connect_seconds:g} s"
            else:
                said = f"silent for {limit.read_seconds:g} s"
            raise PageUnreachable(f"{url}: {said}", hint="try again later") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise PageUnreachable(
                f"{url}: {str(error) or type(error).__name__}", hint="check the address, or try again later"
            ) from error


def fetch(
    url: str,
    *,
    access: Access | None = None,
    limits: Limits | None = None,
    validators: Validators | None = None,
) -> Fetched | NotModified:
    """The page at `url`, redirects followed and each of them checked.

    access None: the usual ports and the one written in `url`, no private networks.
    Raises InputMissing, InputUnreadable or InputFormat (faults.py has them all), each naming the URL.
    """
    with WebClient(access or Access.asked(url), limits) as client:
        return client.fetch(url, validators=validators)


def _counted(url: str, pieces: Iterable[bytes], most: int, *, cut: bool) -> Iterator[bytes]:
    """The pieces as they come, up to `most` bytes: a stream can be endless and unpack to nothing."""
    count = 0
    for piece in pieces:
        yield piece
        count += len(piece)
        if count > most:
            if not cut:
                raise size_fault(url, most, "it goes on beyond that")
            return


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by lower-case name; those that come several times are joined by a comma."""
    told: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        # A rule for one robot holds to the end of its header: such headers must stay apart.
        between = "\n" if key == "x-robots-tag" else ", "
        told[key] = f"{told[key]}{between}{text}" if key in told else text
    return told


def _joined(base: httpx.URL, location: str) -> str:
    """A Location as an absolute URL without fragment. Raises PageRefused for what is none."""
    import httpx

    with suppress(UnicodeDecodeError):
        # Headers are read as Latin-1, and servers write UTF-8 into them.
        location = location.encode("latin-1").decode("utf-8")
    try:
        return str(httpx.URL(urljoin(str(base), location)).copy_with(fragment=None))
    except (httpx.InvalidURL, ValueError) as error:
        raise PageRefused(
            f"{base} sends on to {shown(location)!r}, which is no URL", hint="open it in a browser"
        ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
