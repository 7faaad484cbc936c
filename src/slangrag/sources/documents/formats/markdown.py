"""Markdown: its headings, its text without the marks, code as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from slangrag.sources.documents.formats.building import Builder, Source, iso_date, row
from slangrag.sources.documents.formats.decoding import decode
from slangrag.sources.documents.types import ParsedDocument

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT: Final = re.compile(r"\s*(---|\+\+\+)[ \t]*\n(.{0,20000}?)\n(?:\1|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FIELD: Final = re.compile(r"^(title|date)\s*[:=]\s*(.*?)\s*$", re.MULTILINE | re.IGNORECASE)
_TAG: Final = re.compile(
    r"<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1\s*>|$)|</?[a-zA-Z][^<>]*>", re.DOTALL | re.I
)


def parse(source: Source) -> ParsedDocument:
    """A Markdown file (CommonMark and tables). Its title is its front matter's, else its first heading."""
    from markdown_it import MarkdownIt

    text, notes = decode(source.path.read_bytes(), source.name, declared=source.charset)
    text = text.replace("\r\n", "\n")
    builder = Builder(source)
    builder.notes += notes
    fields: dict[str, str] = {}
    if front := _FRONT.match(text):
        fields = {key.lower(): value.strip("\"'") for key, value in _FIELD.findall(front[2])}
        text = text[front.end() :]
    first = _add_blocks(MarkdownIt("commonmark").enable("table").parse(text), builder)
    title = fields.get("title") or first
    return builder.document("markdown", title=title, date=iso_date(fields.get("date", "")))


def _add_blocks(tokens: Sequence[Token], builder: Builder) -> str:
    """The blocks of `tokens` into `builder`; the first heading's text."""
    first = ""
    heading = 0
    cells: list[str] | None = None
    lists: list[list[str]] = []  # the lines of each list that is open
    marks: list[str] = []
    for token in tokens:
        kind = token.type
        if kind == "heading_open":
            heading = int(token.tag[1:])
        elif kind in {"bullet_list_open", "ordered_list_open"}:
            lists.append([])
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            lines = lists.pop()
            if lists:
                lists[-1] += lines
            else:
                builder.paragraph("\n".join(lines))
        elif kind == "list_item_open":
            marks.append(f"{token.info}. " if token.info else "- ")
        elif kind == "list_item_close":
            marks.pop()
        elif kind == "tr_open":
            cells = []
        elif kind == "tr_close":
            lists[-1].append(row(cells or []))
            cells = None
        elif kind == "table_open":
            lists.append([])
        elif kind == "table_close":
            lines = lists.pop()
            if lists:
                lists[-1] += lines
            else:
                builder.paragraph("\n".join(lines))
        elif kind == "inline":
            plain = _plain(token.children or [])
            if heading:
                first = first or plain
                builder.heading(plain, heading)
                heading = 0
            elif cells is not None:
                cells.append(plain)
            elif lists:
                # The mark is the item's first line's; its further paragraphs stay with it.
                lists[-1].append(marks[-1] + plain if marks and marks[-1] else plain)
                if marks:
                    marks[-1] = ""
            else:
                builder.paragraph(plain)
        elif kind in {"fence", "code_block"}:
            if lists:
                lists[-1].append(token.content.rstrip("\n"))
            else:
                builder.paragraph(token.content, spaces=True)
        elif kind == "html_block":
            builder.paragraph(_TAG.sub(" ", token.content))
    return first


def _plain(children: Sequence[Token]) -> str:
    """Inline text as it is read: no marks, no tags, an image as its description."""
    parts = []
    for child in children:
        if child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak":
            parts.append("\n")
        elif child.type == "image":
            parts.append(_plain(child.children or []))
        elif child.type != "html_inline":
            parts.append(child.content)
    return "".join(parts)
