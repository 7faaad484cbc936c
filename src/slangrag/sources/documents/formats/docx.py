"""Word's .docx: paragraphs, headings by their styles, tables as lines; no deleted text, no field codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from slangrag.sources.documents.formats.archive import Archive, opened
from slangrag.sources.documents.formats.building import Builder, Source, iso_date, row
from slangrag.sources.documents.types import ParsedDocument

_HEADING: Final = re.compile(r"heading ([1-9])$", re.IGNORECASE)
_LEFT_OUT: Final = {
    "word/footnotes.xml": "footnotes",
    "word/endnotes.xml": "endnotes",
    "word/comments.xml": "comments",
}
_UNSEEN: Final = {"del", "moveFrom", "Fallback", "pPr", "rPr", "instrText", "delText"}
_CHARACTERS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "p": "\n"}
_ITEM: Final = -1
_TITLE: Final = 0


def parse(source: Source) -> ParsedDocument:
    """A Word document. Raises InputFormat if it is damaged or encrypted."""
    builder = Builder(source)
    with opened(source) as archive:
        root = archive.xml("word/document.xml")
        styles = _styles(archive)
        title, date = _properties(archive)
        left_out = [what for name, what in _LEFT_OUT.items() if name in archive.names]
    if left_out:
        builder.notes.append(f"left out: {', '.join(left_out)}")
    lines: list[str] = []
    for block in _blocks(root):
        if _local(block) == "tbl":
            rows = [
                row([" ".join(map(_text, _blocks(cell))) for cell in _children(one, "tc")])
                for one in _children(block, "tr")
            ]
            level, text = None, "\n".join(filter(None, rows))
        else:
            level, text = _level(block, styles), _text(block).strip()
        if level == _ITEM and text:
            lines.append(f"- {text}")
            continue
        builder.paragraph("\n".join(lines))
        lines = []
        if level is None or level == _ITEM:
            builder.paragraph(text)
        else:
            title = title or (text if level == _TITLE else "")
            builder.heading(text, level)
    builder.paragraph("\n".join(lines))
    return builder.document("docx", title=title, date=date)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: Element, name: str) -> Iterator[Element]:
    """Children of a name, also those in content controls and the like."""
    for child in element:
        local = _local(child)
        if local == name:
            yield child
        elif local in {"sdt", "sdtContent", "customXml", "ins"}:
            yield from _children(child, name)


def _blocks(element: Element) -> Iterator[Element]:
    """Paragraphs and tables below an element, in order, without going into either."""
    for child in element:
        if _local(child) in {"p", "tbl"}:
            yield child
        elif _local(child) not in _UNSEEN:
            yield from _blocks(child)


def _text(element: Element) -> str:
    parts = []
    for child in element:
        local = _local(child)
        if local == "t":
            parts.append(child.text or "")
        elif local not in _UNSEEN:
            parts += [_text(child), _CHARACTERS.get(local, "")]
    return "".join(parts)


def _value(element: Element | None) -> str:
    """The attribute `val` of an element, whatever the dialect."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "val"), "")


def _level(paragraph: Element, styles: dict[str, int]) -> int | None:
    """A paragraph's heading level, _TITLE, _ITEM, or None for plain text."""
    properties = paragraph.find("{*}pPr")
    if properties is None:
        return None
    outline = _value(properties.find("{*}outlineLvl"))
    if outline.isdigit() and int(outline) < 9:
        return int(outline) + 1
    level = styles.get(_value(properties.find("{*}pStyle")))
    if level is None and properties.find("{*}numPr") is not None:
        return _ITEM
    return level


def _styles(archive: Archive) -> dict[str, int]:
    """Style ids that mean something. Ids are in the language of the program, names are not."""
    if "word/styles.xml" not in archive.names:
        return {}
    found: dict[str, int] = {}
    parents: dict[str, str] = {}
    for style in archive.xml("word/styles.xml").iterfind(".//{*}style"):
        key = next((value for name, value in style.attrib.items() if name.endswith("styleId")), "")
        name = _value(style.find("{*}name")).lower()
        parents[key] = _value(style.find("{*}basedOn"))
        if heading := _HEADING.match(name):
            found[key] = int(heading[1])
        elif name == "title":
            found[key] = _TITLE
        elif name.startswith(("list bullet", "list number")):
            found[key] = _ITEM
    for key, parent in parents.items():
        if key not in found and parent in found:
            found[key] = found[parent]
    return found


def _properties(archive: Archive) -> tuple[str, str]:
    if "docProps/core.xml" not in archive.names:
        return "", ""
    core = archive.xml("docProps/core.xml")
    date = core.findtext("{*}created") or core.findtext("{*}modified") or ""
    return core.findtext("{*}title") or "", iso_date(date)
