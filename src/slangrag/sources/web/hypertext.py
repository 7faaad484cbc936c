"""An HTML page as a crawler sees it: its links, what it says of itself, and the part that a plan selects."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from typing import Any, Final

from slangrag.sources.web.robots import orders
from slangrag.sources.web.types import Fetched
from slangrag.sources.web.urls import joined

MOST_LINKS: Final = 5000
"""Links of one page that are looked at."""
_PRESCAN: Final = 1024  # bytes in which the HTML standard looks for a charset
_META_CHARSET: Final = re.compile(rb"""<meta[^>]*?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_KNOWN_CHARSET: Final = re.compile(
    r"(?:utf-?8|utf-?16|iso-?8859|latin|us-ascii|ascii|windows-|cp\d|koi8|mac|shift|sjis|euc-|iso-2022|gb|big5|tis)"
)
"""Python knows more codecs, some of which are no charset or take quadratic time."""
_LATIN: Final = re.compile(r"iso-?8859-?1|latin-?1|(?:us-)?ascii")
"""What the HTML standard reads as Windows-1252."""
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Hypertext:
    """One page, parsed. Broken HTML is read as well as it can be; an empty page has nothing in it."""

    def __init__(self, page: Fetched) -> None:
        self._root = _parsed(decoded(page.body, page.charset))
        self._base = page.url
        if self._root is not None and (base := self._root.find(".//base[@href]")) is not None:
            self._base = joined(page.url, base.get("href")) or page.url
        metas = [] if self._root is None else self._root.iter("meta")
        self.orders = orders(page.robots, ((m.get("name") or "", m.get("content") or "") for m in metas))

    def links(self) -> list[str]:
        """The pages that `a` and `area` elements lead to, each once, in order; none that say nofollow."""
        if self._root is None or "nofollow" in self.orders:
            return []
        found: dict[str, None] = {}
        for number, element in enumerate(self._root.iter("a", "area")):
            if number >= MOST_LINKS:
                break
            href = element.get("href")
            if href is None or "nofollow" in (element.get("rel") or "").lower().split():
                continue
            if link := joined(self._base, href):
                found[link] = None
        return list(found)

    def canonical(self) -> str:
        """The URL that the page gives as its own, in normal form; "" where it gives none."""
        if self._root is None:
            return ""
        for element in self._root.iter("link"):
            if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
                return joined(self._base, element.get("href"))
        return ""

    def selected(self, select: Sequence[str], drop: Sequence[str]) -> bytes | None:
        """The page as UTF-8 with its head and of its body what `select` chooses, without what `drop` does.

        Without `select` the whole body stays. None where `select` finds nothing.
        """
        from lxml import html

        if self._root is None:
            return None
        for element in _found(self._root, drop):
            if element.getparent() is not None:
                element.drop_tree()
        body = self._root.find("body")
        if select:
            chosen = _outermost(_found(self._root, select))
            if not chosen or body is None:
                return None
            if body not in chosen and self._root not in chosen:
                body.clear()
                body.extend(chosen)
                for element in chosen:
                    element.tail = "\n"
        _declare_utf8(self._root)
        written: bytes = html.tostring(self._root, encoding="utf-8", doctype="<!DOCTYPE html>")
        return written


def decoded(body: bytes, charset: str) -> str:
    """HTML's characters: by its byte order mark, the server's word, its own, else UTF-8 or Windows-1252.

    What is in no such encoding becomes U+FFFD; an encoding that nobody knows is passed over.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    inside = _META_CHARSET.search(body[:_PRESCAN])
    for name in (charset, inside[1].decode("ascii").lower() if inside else ""):
        if not _KNOWN_CHARSET.match(name):
            continue
        try:
            return body.decode("windows-1252" if _LATIN.fullmatch(name) else name, "replace")
        except LookupError:
            continue
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("windows-1252", "replace")


def _parsed(text: str) -> Any:
    """The root element; None for a page with nothing in it."""
    from lxml import etree, html

    # Text with an encoding declared inside is refused by lxml, bytes in a known encoding never are.
    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    written = text.encode("utf-8", "replace")
    try:
        return html.document_fromstring(written, parser=parser)
    except etree.ParserError:
        return None


def _found(root: Any, selectors: Sequence[str]) -> list[Any]:
    """The elements that any of `selectors` finds, each once, in the document's order."""
    from lxml.cssselect import CSSSelector

    found = {element for one in selectors for element in CSSSelector(one, translator="html")(root)}
    return [element for element in root.iter() if element in found]


def _outermost(elements: Sequence[Any]) -> list[Any]:
    """`elements` without those that are inside another of them."""
    chosen = set(elements)
    return [one for one in elements if not any(above in chosen for above in one.iterancestors())]


def _declare_utf8(root: Any) -> None:
    """Leave no charset in the page but the one that it is written in."""
    for meta in list(root.iter("meta")):
        if meta.get("charset") or (meta.get("http-equiv") or "").lower() == "content-type":
            meta.drop_tree()
    head = root.find("head")
    if head is not None:
        head.insert(0, head.makeelement("meta", {"charset": "utf-8"}))
