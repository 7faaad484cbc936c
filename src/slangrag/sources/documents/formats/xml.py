"""Any XML: text of elements becomes paragraphs, titles become headings; read as a stream."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass, field
from email.utils import parsedate
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from slangrag.errors import InputFormat
from slangrag.sources.documents.formats.archive import entities_in
from slangrag.sources.documents.formats.building import LONGEST_HEADING, Builder, Source, iso_date
from slangrag.sources.documents.types import ParsedDocument

_TITLES: Final = {"title", "head", "heading", "headline", "h1", "h2", "h3", "h4", "h5", "h6"}
_DATES: Final = {"date", "pubdate", "published", "updated", "created", "issued", "lastbuilddate", "modified"}
_NEAR_ROOT: Final = 4
_MOST_SAID: Final = 1000
_LONGEST_RECORD: Final = 900


@dataclass(slots=True)
class _Block:
    """heading: its level, 0 for text."""

    text: str
    heading: int = 0


@dataclass(slots=True)
class _Open:
    """An element whose end has not come: what its children made, each with the tag of the child."""

    tag: str = ""
    made: list[tuple[str, list[_Block]]] = field(default_factory=list)


def parse(source: Source) -> ParsedDocument:
    """An XML file. Raises InputFormat for what is not well-formed, and by name for one with entities."""
    from defusedxml import DefusedXmlException, ElementTree

    builder = Builder(source)
    about = _About()
    stack: list[_Open] = [_Open()]
    try:
        with source.path.open("rb") as file:
            for event, element in ElementTree.iterparse(
                file, events=("start", "end"), forbid_dtd=False, forbid_entities=True
            ):
                tag = element.tag.rpartition("}")[2].lower()
                if event == "start":
                    about.begins(tag, len(stack), element)
                    stack.append(_Open(tag))
                    continue
                made = _made(element, stack.pop(), tag, len(stack))
                if len(made) == 1:
                    about.ends(tag, len(stack), stack[-1].tag, made[0].text)
                stack[-1].made.append((tag, made))
                # Not `clear`, which takes the tail as well: that is its parent's.
                element.text = None
                del element[:]
    except DefusedXmlException as error:
        raise entities_in(source.name) from error
    except (ParseError, ValueError, LookupError) as error:
        raise InputFormat(
            f"{source.name} is no well-formed XML: {error}", hint="xmllint --noout FILE"
        ) from error
    blocks = stack[0].made[0][1]
    only_titles = all(block.heading for block in blocks)  # a list of songs is no table of contents
    for block in blocks:
        if block.heading and not only_titles:
            builder.heading(block.text, block.heading)
        else:
            builder.paragraph(block.text)
    return builder.document("xml", title=about.first(_TITLES), date=_date(about.first(_DATES)))


class _About:
    """What the first elements say of the whole document: those whose parent comes once, unlike a record."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[int, str]] = Counter()
        self._said: list[tuple[str, tuple[int, str], str]] = []  # tag, depth and tag of its parent, text

    def begins(self, tag: str, depth: int, element: Element) -> None:
        """An element begins; the root is at depth 1. What the root's attributes say comes first."""
        if depth < _NEAR_ROOT:
            self._seen[depth, tag] += 1
        if depth == 1:
            self._said += [(name.lower(), (depth, tag), value) for name, value in element.attrib.items()]

    def ends(self, tag: str, depth: int, parent: str, text: str) -> None:
        """An element of one block of text ends."""
        if depth <= _NEAR_ROOT and tag in _TITLES | _DATES and len(self._said) < _MOST_SAID:
            self._said.append((tag, (depth - 1, parent), text))

    def first(self, tags: Set[str]) -> str:
        """What the first of these elements says."""
        return next((text for tag, parent, text in self._said if tag in tags and self._seen[parent] == 1), "")


def _made(element: Element, made: _Open, tag: str, depth: int) -> list[_Block]:
    """The blocks of an element whose end has come.

    Text beside elements makes the whole of it one paragraph; elements of different kinds that have only
    text in them, and little, are the fields of a record, and lines of one paragraph.
    """
    children = list(element)
    if (element.text or "").strip() or any((child.tail or "").strip() for child in children):
        parts = [element.text or ""]
        for child, (_, blocks) in zip(children, made.made, strict=True):
            parts += [" ".join(block.text for block in blocks), child.tail or ""]
        text = " ".join("".join(parts).split())
        if tag in _TITLES and len(text) <= LONGEST_HEADING:
            return [_Block(text, max(depth - 1, 1))]
        return [_Block(text)]
    blocks = [block for _, blocks in made.made for block in blocks]
    tags = [name for name, own in made.made if own]
    fields = [block for block in blocks if not block.heading]
    record = len(tags) == len(set(tags)) == len(blocks) and len(fields) > 1
    if record and sum(len(block.text) for block in fields) <= _LONGEST_RECORD:
        headings = [block for block in blocks if block.heading]
        return [*headings, _Block("\n".join(block.text for block in fields))]
    return blocks


def _date(said: str) -> str:
    """A date as XML formats write it: ISO 8601, or RSS's "Fri, 01 Mar 2024 10:00:00 GMT"."""
    if found := parsedate(said):
        return f"{found[0]:04}-{found[1]:02}-{found[2]:02}"
    return iso_date(said)
