"""What kind of document a file is: its bytes first, then what the server called it, then its name.

Names lie more often than servers, and servers more often than bytes. A name or a media type decides only
between kinds that look alike from inside: plain text, Markdown, and mark-up without a beginning.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

from slangrag.errors import InputFormat
from slangrag.sources.documents.types import DocumentKind

_HEAD: Final = 4096
_BY_SUFFIX: Final[dict[str, DocumentKind]] = {
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".mdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".xml": "xml",
    ".rss": "xml",
    ".atom": "xml",
    ".docx": "docx",
    ".epub": "epub",
}
SUFFIXES: Final = frozenset(_BY_SUFFIX)
"""Endings of names that say that a file can be read."""

_BY_MEDIA_TYPE: Final[dict[str, DocumentKind]] = {
    "application/pdf": "pdf",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/plain": "text",
    "text/xml": "xml",
    "application/xml": "xml",
    "application/rss+xml": "xml",
    "application/atom+xml": "xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/epub+zip": "epub",
}
_OTHERS: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"\xd0\xcf\x11\xe0", "an old Office file", "save it as .docx"),
    (b"{\\rtf", "an RTF file", "save it as .docx"),
    (b"%!PS", "a PostScript file", "ps2pdf FILE"),
    (b"\x89PNG", "an image", "ocrmypdf --image-dpi 300 FILE FILE.pdf"),
    (b"\xff\xd8\xff", "an image", "ocrmypdf --image-dpi 300 FILE FILE.pdf"),
    (b"GIF87a", "an image", "convert it to a PDF with a text layer"),
    (b"GIF89a", "an image", "convert it to a PDF with a text layer"),
    (b"\x1f\x8b", "compressed", "gunzip FILE"),
    (b"BZh91AY&SY", "compressed", "bunzip2 FILE"),
    (b"\xfd7zXZ", "compressed", "unxz FILE"),
    (b"\x28\xb5\x2f\xfd", "compressed", "unzstd FILE"),
    (b"7z\xbc\xaf", "an archive", "unpack it, and give the documents in it"),
    (b"Rar!\x1a\x07", "an archive", "unpack it, and give the documents in it"),
    (b"\x7fELF", "a program", "give a document"),
)
_MARKUP_START: Final = re.compile(
    r"(?:\s|<!--.*?-->)*<(?:!doctype\s+)?(html|\?xml|head|body)\b", re.DOTALL | re.I
)
_XHTML: Final = re.compile(r"<!doctype\s+html|<html\b", re.IGNORECASE)


def kind_of(path: Path, name: str, media_type: str) -> tuple[DocumentKind, tuple[str, ...]]:
    """The kind of a file, and notes where its name or media type says another.

    name: with or without a suffix; may be a URL. media_type: may be "". Raises InputFormat for what is no
    document of a kind that is read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise InputFormat(f"{name} is empty", hint="give a file with text in it")
    typed = _BY_MEDIA_TYPE.get(media_type.partition(";")[0].strip().lower())
    named = _BY_SUFFIX.get(PurePosixPath(re.split(r"[?#]", name, maxsplit=1)[0]).suffix.lower())
    # Programs put other things before a PDF's first line; a text may be about PDFs.
    called_pdf = "pdf" in {typed, named}
    if head.lstrip().startswith(b"%PDF-") or (b"%PDF-" in head[:1024] and (called_pdf or b"\0" in head)):
        seen: DocumentKind | None = "pdf"
    else:
        seen = _by_bytes(path, head, name)
    if seen is None:
        seen = _among_texts(typed, named)
        if seen is None:
            raise InputFormat(
                f"{name} is called {typed or named}, and its bytes are not", hint="see what `file` says it is"
            )
    notes = tuple(
        f"{whose} says {said}: read as {seen}"
        for whose, said in (("its media type", typed), ("its name", named))
        if said and said != seen and {said, seen} != {"text", "markdown"}
    )
    return seen, notes


def _by_bytes(path: Path, head: bytes, name: str) -> DocumentKind | None:
    """The kind that the bytes prove; None where they are text of some kind."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_archive(path, name)
    for magic, what, hint in _OTHERS:
        if head.startswith(magic):
            raise InputFormat(f"{name} is {what}, which is not read", hint=hint)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in head and not wide:
        raise InputFormat(f"{name} is binary, and of no kind that is read", hint="see what `file` says it is")
    text = head.decode("utf-16" if wide else "latin-1", errors="replace").removeprefix("\xef\xbb\xbf")
    start = _MARKUP_START.match(text)
    if start is None:
        return None
    if start[1].lower() == "?xml" and not _XHTML.search(text):
        return "xml"
    return "html"


def _of_archive(path: Path, name: str) -> DocumentKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise InputFormat(
            f"{name} begins as an archive and is none: {error}", hint="get the file once more"
        ) from error
    if "word/document.xml" in names:
        return "docx"
    if "META-INF/container.xml" in names:
        return "epub"
    raise InputFormat(
        f"{name} is a zip archive, and neither a .docx nor an .epub",
        hint="unpack it, and give the documents in it",
    )


def _among_texts(typed: DocumentKind | None, named: DocumentKind | None) -> DocumentKind | None:
    # Servers send Markdown as text/plain.
    first = named if typed == "text" and named == "markdown" else typed or named or "text"
    if first in {"pdf", "docx", "epub"}:
        # Text that calls itself a PDF is an error page, or a broken download.
        return named if named in {"text", "markdown", "html", "xml"} else None
    return first
