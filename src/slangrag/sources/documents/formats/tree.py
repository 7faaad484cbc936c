"""An lxml tree of HTML, or of trafilatura's TEI-like elements, to blocks. Walks without recursion."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from slangrag.sources.documents.formats.building import Builder, row

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADING: Final = re.compile(r"h([1-6])$")
_SKIPPED: Final = {
    *("script", "style", "template", "noscript", "svg", "math", "iframe", "object", "head-of-page", "title"),
    *("button", "select", "input", "textarea", "audio", "video", "canvas", "meta", "link"),
}
_INLINE: Final = {
    *(
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "hi",
        "i",
    ),
    *(
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "ref",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
    ),
    *("time", "tt", "u", "var", "ruby", "rb", "wbr", "graphic", "img", "nobr"),
}
_ITEMS: Final = {"li", "item"}
_CELLS: Final = {"td", "th", "cell"}
_ROWS: Final = {"tr", "row"}
_LISTS: Final = {"ul", "ol", "dl", "list", "table"}
_WHITE: Final = re.compile(r"\s+")


def add_blocks(root: _Element, builder: Builder) -> None:
    """The blocks below `root` into `builder`: headings, paragraphs, code, and lists as one block of lines."""
    _Walk(builder).run(root)


class _Walk:
    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._text: list[str] = []  # of the block that is open
        self._lines: list[str] = []  # of the list or table that is open
        self._cells: list[str] = []
        self._lists = 0
        self._code = 0
        self._mark = ""
        self._term = ""

    def run(self, root: _Element) -> None:
        """Walk; comments and what is not shown are passed over."""
        from lxml import etree

        skipping = 0
        for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event in {"comment", "pi"}:
                if not skipping:
                    self._say(element.tail)
                continue
            tag = _name(element)
            skipped = tag in _SKIPPED
            if event == "start":
                skipping += skipped
                if not skipping:
                    self._open(tag, element)
                    self._say(element.text)
            else:
                if not skipping:
                    self._close(tag, element)
                skipping -= skipped
                if not skipping and element is not root:
                    self._say(element.tail)
        self._flush()
        self._flush_lines()

    def _say(self, text: str | None) -> None:
        if text:
            self._text.append(text if self._code else _WHITE.sub(" ", text))

    def _taken(self) -> str:
        text, self._text = "".join(self._text), []
        return text

    def _open(self, tag: str, element: _Element) -> None:
        if tag in {"br", "lb"}:
            self._text.append("\n")
        elif tag == "pre" or (tag == "code" and _is_block(element)):
            self._flush()
            self._code += 1
        elif tag not in _INLINE:
            self._flush()
            if tag in _LISTS:
                self._lists += 1
            elif tag in _ITEMS:
                self._mark = "" if str(element.get("rend", "")).startswith(("dt", "dd")) else "- "

    def _close(self, tag: str, element: _Element) -> None:
        rend = str(element.get("rend", ""))
        found = _HEADING.match(tag if tag != "head" else rend)
        if tag == "pre" or (tag == "code" and _is_block(element)):
            self._code -= 1
            self._flush(code=True)
        elif tag in _INLINE or tag in {"br", "lb"}:
            return
        elif found or tag in {"head", "caption"}:
            text = self._taken()
            if self._lists or not found:
                self._text.append(text)
                self._flush()
            else:
                self._builder.heading(text, int(found[1]))
        elif tag in _CELLS:
            self._cells.append(self._taken())
        elif tag in _ROWS:
            self._flush()
            self._line(row(self._cells))
            self._cells = []
        elif tag == "dt" or rend.startswith("dt"):
            self._flush_term()
            self._term = " ".join(self._taken().split())
        elif tag == "dd" or rend.startswith("dd"):
            meaning = self._taken().strip()
            self._line(
                f"{self._term.rstrip(':')}: {meaning}" if self._term and meaning else self._term or meaning
            )
            self._term = ""
        else:
            self._flush()
            if tag in _LISTS:
                self._lists -= 1
                if not self._lists:
                    self._flush_lines()

    def _flush(self, *, code: bool = False) -> None:
        """The open block is whole."""
        text = self._taken()
        if not text.strip():
            return
        if self._cells:  # a block after the first in a table's cell
            self._cells[-1] += f" {text}"
        elif self._lists:
            self._line(text if code else self._mark + text.strip())
            self._mark = ""
        else:
            self._builder.paragraph(text, spaces=code)

    def _line(self, text: str) -> None:
        if text.strip():
            self._lines.append(text)
            if not self._lists:  # a row or an item outside of any list
                self._flush_lines()

    def _flush_term(self) -> None:
        term, self._term = self._term, ""
        self._line(term)

    def _flush_lines(self) -> None:
        self._flush_term()
        lines, self._lines = self._lines, []
        self._builder.paragraph("\n".join(lines))


def _name(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _is_block(element: _Element) -> bool:
    """Whether trafilatura's <code> is a block: it stands beside paragraphs, not in one."""
    parent = element.getparent()
    return parent is not None and _name(parent) == "body" and not (element.tail or "").strip()
