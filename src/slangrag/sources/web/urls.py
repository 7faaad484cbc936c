"""URLs of a site: in one form, compared by what they lead to, matched by the patterns of a plan."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final
from urllib.parse import quote, urljoin, urlsplit

LONGEST: Final = 2000
"""Characters of a URL beyond which it is one that a program keeps adding to."""
_REPEATS: Final = 3
"""How often a path may not name the same folder: a relative link that leads ever deeper does."""

_SESSION_NAME: Final = re.compile(
    r"(?:phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|cfid|cftoken|session_?id|sessid|sid|oscsid|zenid)",
    re.IGNORECASE,
)
_SESSION_VALUE: Final = re.compile(r"[0-9a-f-]{16,}|[0-9A-Za-z_-]{22,}", re.IGNORECASE)
"""What a session's number looks like: `sid=12` may be a story."""
_TRACKING: Final = re.compile(r"(?:utm_\w+|fbclid|gclid|msclkid|mc_[ce]id)", re.IGNORECASE)
_PATH_SESSION: Final = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)


def normal(url: str) -> str:
    """`url` in the one form that it is asked for and named by: no fragment, no session, no tracking.

    The rest of the query stays as it is, order and all. "" for what is no http(s) URL with a host, or is
    one with credentials.
    """
    import httpx

    try:
        parts = httpx.URL(url.partition("#")[0])
    except (httpx.InvalidURL, UnicodeError):
        return ""
    if parts.scheme not in ("http", "https") or not parts.host or parts.userinfo:
        return ""
    path, _, query = parts.raw_path.decode("ascii").partition("?")
    path = _PATH_SESSION.sub("", path) or "/"
    kept = "&".join(one for one in query.split("&") if one and not _is_passing(one))
    place = f"{parts.scheme}://{parts.netloc.decode('ascii')}{path}"
    return f"{place}?{kept}" if kept else place


def joined(base: str, link: str) -> str:
    """What `link`, as written in a page, leads to from `base`, in its normal form; "" for no page."""
    try:
        return normal(urljoin(base, link.strip()))
    except ValueError:  # brackets that are no IPv6 address
        return ""


def same(url: str) -> str:
    """What URLs of one page have in common: http or https, with the slash at the end or without."""
    path, mark, query = url.partition("://")[2].partition("?")
    return path.rstrip("/") + mark + query


def host(url: str) -> str:
    """The host of a normal URL, with its port if that is not the scheme's."""
    return urlsplit(url).netloc


def is_front(url: str) -> bool:
    """Whether a normal URL is that of a host's front page."""
    parts = urlsplit(url)
    return parts.path == "/" and not parts.query


def is_trap(url: str) -> bool:
    """Whether a URL looks like one of endlessly many: very long, or with a folder in it again and again."""
    folders = Counter(one for one in urlsplit(url).path.split("/") if one and not one.isdecimal())
    return len(url) > LONGEST or max(folders.values(), default=0) >= _REPEATS


class Pattern:
    """A pattern of `allow` or `deny`, as robots.txt has them: matched from the beginning.

    `*` stands for any characters, `$` at the end for the end. One that begins with http:// or https:// is
    matched against the URL (either scheme), one that begins with / or * against the path with its query.
    """

    def __init__(self, text: str) -> None:
        """Raises ValueError, for the user, for what is no such pattern."""
        if not text.startswith(("/", "*", "http://", "https://")):
            raise ValueError("a pattern begins with / or * (path), or with https:// (whole URL)")
        self.text = text
        self.whole = not text.startswith(("/", "*"))
        bare = text.partition("://")[2] if self.whole else text
        if self.whole:
            name, slash, path = bare.partition("/")
            bare = (name.lower() if name.isascii() else name.encode("idna").decode()) + slash + path
        # As `normal` writes URLs.
        bare = "".join(one if one.isascii() and one != " " else quote(one) for one in bare)
        self._ends = bare.endswith("$")
        self._parts = bare.removesuffix("$").split("*")

    def matches(self, url: str) -> bool:
        """Whether it matches a normal URL, by one pass over it whatever the pattern."""
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        text = parts.netloc + path if self.whole else path
        first, *rest = self._parts
        if not text.startswith(first):
            return False
        at, end = len(first), len(text)
        if self._ends:
            if not rest:
                return at == end
            last = rest.pop()
            end -= len(last)
            if end < at or not text.endswith(last):
                return False
        for part in rest:
            found = text.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


def _is_passing(parameter: str) -> bool:
    """Whether a parameter of a query names a session or where a visitor came from."""
    name, _, value = parameter.partition("=")
    if _TRACKING.fullmatch(name):
        return True
    return _SESSION_NAME.fullmatch(name) is not None and _SESSION_VALUE.fullmatch(value) is not None
