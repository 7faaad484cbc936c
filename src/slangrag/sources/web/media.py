"""What kind of thing a body is: the media type that a server declares, or what the bytes themselves say."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from slangrag.sources.documents.types import DocumentKind

READABLE: Final[dict[str, DocumentKind]] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    "text/plain": "text",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "application/xml": "xml",
    "text/xml": "xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/epub+zip": "epub",
}
"""Media types that can be read, and as what; `kind_of` knows XML's others as well."""
ACCEPT: Final = (
    "text/html, application/xhtml+xml, application/pdf;q=0.9, text/markdown;q=0.9, text/plain;q=0.8, "
    "application/xml;q=0.7, */*;q=0.5"
)
_UNSAID: Final = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "application/x-download", "application/zip"}
)
"""What servers say of files that they do not know."""
_BY_SUFFIX: Final = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".epub": "application/epub+zip",
}
_NEVER: Final = re.compile(
    r"\.(?:7z|avi|bmp|bz2|css|deb|dmg|exe|flac|gif|gz|ico|iso|jar|jpe?g|js|m4[av]|mkv|mov|mp[34]|mpe?g|msi|og[gv]"
    r"|otf|png|rar|rpm|svg|swf|tar|tgz|tiff?|ttf|wav|web[mp]|wmv|woff2?|xz|zip|zst)"
)
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]+)""", re.IGNORECASE)
_EPUB: Final = b"mimetypeapplication/epub+zip"
_SNIFFED: Final = 1024  # bytes


def kind_of(media_type: str) -> DocumentKind | None:
    """What a media type is read as; None for one that nothing here reads."""
    if media_type.startswith("application/") and media_type.endswith("+xml"):
        return READABLE.get(media_type, "xml")
    return READABLE.get(media_type)


def declared(content_type: str) -> tuple[str, str]:
    """The media type and the charset of a Content-Type header, "" for what it does not say."""
    charset = _CHARSET.search(content_type)
    return content_type.partition(";")[0].strip().lower(), charset[1].lower() if charset else ""


def may_be_read(media_type: str) -> bool:
    """Whether a body of that declared type is worth reading: its kind is known, or the server said none."""
    return media_type in _UNSAID or kind_of(media_type) is not None


def looks_unreadable(url: str) -> bool:
    """Whether a URL's path ends as pictures, films, archives and programs do."""
    return _NEVER.fullmatch(_suffix(url)) is not None


def told_by_bytes(media_type: str, body: bytes, url: str) -> str:
    """The media type, from the bytes and the URL where the server gave none that says anything.

    "" for what is no kind that is read here.
    """
    suffix = _suffix(url)
    if media_type == "text/plain" and _BY_SUFFIX.get(suffix) == "text/markdown":
        return "text/markdown"  # what servers of source code call it
    if media_type not in _UNSAID:
        return media_type
    start = body[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n")
    head = start[:_SNIFFED].lower()
    if start.startswith(b"%PDF-"):
        return "application/pdf"
    if start.startswith(b"PK\x03\x04"):
        if _EPUB in start[:100]:
            return "application/epub+zip"
        # The name of a Word document's parts is anywhere in the archive's directory, which is at its end.
        return _BY_SUFFIX[".docx"] if b"word/document.xml" in body else ""
    if head.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if head.startswith(b"<?xml"):
        return "application/xhtml+xml" if b"<html" in head else "application/xml"
    if b"\x00" in body[: 64 * _SNIFFED]:
        return ""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "text/markdown" if _BY_SUFFIX.get(suffix) == "text/markdown" else "text/plain"


def _suffix(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).suffix.lower()
