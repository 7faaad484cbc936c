"""Paths to elements and attributes, and what they match. A small part of XPath, refused beyond it.

    PATH   entry   dict/entry   /dict/entry   //sense/def   form/*   form[@type=lemma]/orth   sense/@n   .

A step is the name of an element (its local name, whatever the namespace), `{uri}name` or `*`, and may ask
for attributes: `[@name]`, `[@name=value]`. `//` before a step passes over any elements between. `@name` at
the end is an attribute, `.` the element itself. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.errors import UsageError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ANY: Final = "*"
LIKE_THIS: Final = "a path is like /dict/entry, //sense/def, form[@type=lemma]/orth, @id or ."
_URI: Final = r"\{[^{}]*\}"
_NAME: Final = r"[^\W\d][\w.·-]*"
_SLASH: Final = re.compile("//?")
_ELEMENT: Final = re.compile(rf"\*|(?:{_URI}|xml:)?{_NAME}")
_ATTRIBUTE: Final = re.compile(rf"@((?:{_URI}|xml:)?{_NAME})")
_TEST: Final = re.compile(rf"""\[@((?:{_URI}|xml:)?{_NAME})(?:\s*=\s*("[^"\]]*"|'[^'\]]*'|[^\]"']*))?\]""")
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path.

    anywhere: other elements may lie before it. tests: attributes it must have, with their value or None.
    """

    name: str
    anywhere: bool
    tests: tuple[tuple[str, str | None], ...] = ()

    def matches(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Whether an element of this tag ("{uri}name" or "name") and attributes is meant."""
        if self.name != ANY and not _is(tag, self.name):
            return False
        for name, value in self.tests:
            found = attribute(attributes, name)
            if found is None or (value is not None and found != value):
                return False
        return True


@dataclass(frozen=True, slots=True)
class XmlPath:
    """A path as it was typed, its steps, and the attribute at its end ("" for the element's text)."""

    text: str
    steps: tuple[Step, ...]
    attribute: str = ""

    def after(self, start: XmlPath) -> XmlPath | None:
        """The rest of this path behind `start`, or None where it does not go through there."""
        length = len(start.steps)
        if self.steps[:length] != start.steps:
            return None
        return XmlPath(self.text, self.steps[length:], self.attribute)

    def values(self, element: Element) -> Iterator[Element | str]:
        """Every element that the path leads to from `element`, or the values of its attribute, in order."""
        for found in self.elements(element):
            if not self.attribute:
                yield found
            elif (value := attribute(found.attrib, self.attribute)) is not None:
                yield value

    def elements(self, element: Element) -> Iterator[Element]:
        """Every element that the steps lead to from `element`, in the order of the file, each once."""
        if not self.steps:
            return iter((element,))
        return _below(element, self.steps, {0})


def advanced(
    steps: tuple[Step, ...], states: Collection[int], tag: str, attributes: Mapping[str, str]
) -> set[int]:
    """How far the steps have come at an element, from how far they had come at its parent; see `_below`."""
    reached = set()
    for state in states:
        if state == len(steps):
            continue
        step = steps[state]
        if step.anywhere:
            reached.add(state)
        if step.matches(tag, attributes):
            reached.add(state + 1)
    return reached


def _below(element: Element, steps: tuple[Step, ...], states: set[int]) -> Iterator[Element]:
    """The elements below where all steps are taken. states: how many steps may be behind us here."""
    for child in element:
        reached = advanced(steps, states, child.tag, child.attrib)
        if len(steps) in reached:
            yield child
        if reached:
            yield from _below(child, steps, reached)


def attribute(attributes: Mapping[str, str], name: str) -> str | None:
    """The value of an attribute by its local name or "{uri}name"; one without a namespace goes first."""
    if (value := attributes.get(name)) is not None or name.startswith("{"):
        return value
    return next((value for key, value in attributes.items() if _is(key, name)), None)


def local(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


def _is(tag: str, name: str) -> bool:
    return tag == name or (not name.startswith("{") and tag.endswith(f"}}{name}"))


def read_record_path(text: str) -> XmlPath:
    """A path to records: from the root where it begins with "/", else anywhere. Raises UsageError."""
    path = _read(text, rooted=True)
    if path.attribute or not path.steps:
        raise UsageError(f"--record {text!r} names no element", hint=LIKE_THIS)
    return path


def read_inner_path(text: str) -> XmlPath:
    """A path from a record: to its children, or to any element inside behind "//". Raises UsageError."""
    return _read(text, rooted=False)


def _read(text: str, *, rooted: bool) -> XmlPath:
    if text == "." and not rooted:
        return XmlPath(text, ())
    steps: list[Step] = []
    at, end = 0, len(text)
    while at < end:
        slash = _SLASH.match(text, at)
        if slash is None and steps:
            raise _unreadable(text, at, "a step begins with /")
        if slash and slash.group() == "/" and not steps and not rooted:
            raise _unreadable(text, at, "it begins at the record, not at the root: leave out the first /")
        at = slash.end() if slash else at
        anywhere = slash.group() == "//" if slash else rooted
        if found := _ATTRIBUTE.match(text, at):
            if found.end() < end:
                raise _unreadable(text, found.end(), "an attribute ends a path")
            if slash and anywhere:
                raise _unreadable(text, at, "an attribute is an element's: //*/@name")
            return XmlPath(text, tuple(steps), _expanded(found[1]))
        found = _ELEMENT.match(text, at)
        if found is None:
            raise _unreadable(text, at, "a name, * or @attribute is missing")
        at = found.end()
        if text.startswith(":", at):
            raise _unreadable(text, at, "namespaces are left out, or written as {uri}name")
        if text.startswith("(", at):
            raise _unreadable(text, at, "there are no functions; an element's text is meant anyhow")
        tests: list[tuple[str, str | None]] = []
        while test := _TEST.match(text, at):
            value = None if test[2] is None else test[2].strip("\"'").strip()
            tests.append((_expanded(test[1]), value))
            at = test.end()
        if text.startswith("[", at):
            raise _unreadable(text, at, "what may stand in brackets is @name or @name=value")
        steps.append(Step(_expanded(found.group()), anywhere, tuple(tests)))
    if not steps:
        raise _unreadable(text, at, "there is nothing")
    return XmlPath(text, tuple(steps))


def _expanded(name: str) -> str:
    return f"{_XML}{name[4:]}" if name.startswith("xml:") else name


def _unreadable(text: str, at: int, why: str) -> UsageError:
    return UsageError(f"the path {text!r} cannot be read at character {at + 1}: {why}", hint=LIKE_THIS)


def read_column_paths(text: str) -> dict[str, tuple[XmlPath, ...]]:
    """ "word=keb|reb,definition=sense/def" as the paths for each of our fields. Raises UsageError.

    A comma or a bar inside of braces or brackets belongs to its path.
    """
    paths = {}
    for part in _parts(text, ","):
        field, equals, path = part.partition("=")
        if not (equals and field.strip() and path.strip()):
            raise UsageError(
                f"--columns {text!r} cannot be read", hint="--columns word=form/orth,definition=sense/def"
            )
        paths[field.strip()] = tuple(read_inner_path(one.strip()) for one in _parts(path, "|"))
    return paths


def _parts(text: str, mark: str) -> list[str]:
    """The text parted at each `mark` that is in no braces or brackets."""
    return re.findall(rf"(?:\{{[^}}]*\}}|\[[^\]]*\]|[^{mark}])+", text) or [text]
