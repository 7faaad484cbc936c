"""What an element says, as plain text: spaces and line ends of the layout go, those of the text stay.

An element that has only elements in it is a line for each of them (paragraphs of a body). In one with words
of its own the elements are part of its line (`the <hi>very</hi> best`); `br` and `lb` break it. A line end in
the file is a space, an empty line ends a paragraph; under `xml:space="preserve"`, or where the caller says
so, every line end is one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from slangrag.sources.xml.paths import local

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
BREAKS: Final = frozenset({"br", "lb"})
_BREAK: Final = "\0"  # no XML has this character
_LINE_END: Final = re.compile("\r\n?|\n")
_EMPTY_LINE: Final = re.compile(r"[ \t\r]*\n[ \t\r]*\n[ \t\r\n]*")
_BLANKS: Final = re.compile("[ \t\r\n]+")
_AROUND_BREAK: Final = re.compile(f" *{_BREAK} *")


def text_of(element: Element, *, keep_lines: bool = False) -> str:
    """The text of an element and all below it, its lines parted by line feeds; may be ""."""
    return settled(_raw(element, keep_lines))


def text_of_value(value: str, *, keep_lines: bool = False) -> str:
    """The same of an attribute's value, which may have line ends too (`&#10;`)."""
    return settled(_broken(value, keep_lines))


def settled(raw: str) -> str:
    """`raw` with single spaces, its breaks as line feeds; no carriage return is left."""
    text = _BLANKS.sub(" ", raw)
    if _BREAK in text:
        text = _AROUND_BREAK.sub("\n", text)
    return text.strip(" \n")


def _raw(element: Element, keep: bool) -> str:
    """The text with `_BREAK` where a line ends, blanks as they are."""
    if (space := element.get(SPACE)) is not None:
        keep = space == "preserve"
    own = _broken(element.text, keep)
    if not len(element):
        return own
    if not own.strip() and not any(child.tail and child.tail.strip() for child in element):
        lines = (_raw(child, keep) for child in element)
        return _BREAK.join(line for line in lines if line.strip())
    parts = [own]
    for child in element:
        parts.append(_BREAK if local(child.tag) in BREAKS else _raw(child, keep))
        parts.append(_broken(child.tail, keep))
    return "".join(parts)


def _broken(text: str | None, keep: bool) -> str:
    if not text:
        return ""
    if keep:
        return _LINE_END.sub(_BREAK, text)
    return _EMPTY_LINE.sub(_BREAK * 2, text) if "\n" in text else text
