"""EPUB: the chapters in their order, each a page of HTML that is read whole."""

from __future__ import annotations

import posixpath
from typing import Final
from urllib.parse import unquote

from slangrag.errors import InputFormat
from slangrag.sources.documents.formats.archive import opened
from slangrag.sources.documents.formats.building import Builder, Source, iso_date
from slangrag.sources.documents.formats.decoding import decode
from slangrag.sources.documents.formats.html import tree_of
from slangrag.sources.documents.formats.tree import add_blocks
from slangrag.sources.documents.types import ParsedDocument

_CONTAINER: Final = "META-INF/container.xml"
_PAGES: Final = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml"}


def parse(source: Source) -> ParsedDocument:
    """An EPUB without copy protection; no tables of contents, nothing out of the reading order."""
    builder = Builder(source)
    with opened(source) as archive:
        if "META-INF/rights.xml" in archive.names:
            raise InputFormat(f"{source.name} is copy-protected", hint="give an unprotected copy")
        root = next(archive.xml(_CONTAINER).iterfind(".//{*}rootfile"), None)
        place = root.get("full-path", "") if root is not None else ""
        package = archive.xml(place)
        title = next((one.text or "" for one in package.iterfind(".//{*}title")), "")
        date = next((iso_date(one.text or "") for one in package.iterfind(".//{*}date")), "")
        files = {
            item.get("id"): item.get("href", "")
            for item in package.iterfind(".//{*}item")
            if item.get("media-type") in _PAGES and "nav" not in (item.get("properties") or "").split()
        }
        missing = 0
        for reference in package.iterfind(".//{*}itemref"):
            href = files.get(reference.get("idref"))
            if href is None or reference.get("linear") == "no":
                continue
            name = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(href)))
            if name not in archive.names:
                missing += 1
                continue
            text, notes = decode(archive.read(name), source.name)
            builder.notes += [f"{name}: {note}" for note in notes]
            if text.strip():
                add_blocks(tree_of(text, source.name), builder)
    if missing:
        builder.notes.append(f"{missing:,} chapters that it lists are not in it")
    return builder.document("epub", title=title, date=date)
