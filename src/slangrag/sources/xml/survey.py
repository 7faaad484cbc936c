"""What an XML file has in it: every path of names, how often it occurs, one example of each.

Memory grows with the number of different paths, of which some thousands are kept, and not with the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from slangrag.errors import InputFormat
from slangrag.sources.xml.parsing import DEEPEST
from slangrag.sources.xml.paths import local
from slangrag.sources.xml.texts import settled

_MOST_NAMES: Final = 2_000
_KEPT_OF_A_TEXT: Final = 160


class Node:
    """All elements that have the same path."""

    def __init__(self, name: str, parent: Node | None) -> None:
        self.name = name
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.children: dict[str, Node] = {}
        self.attributes: dict[str, tuple[int, str]] = {}
        self.times = 0
        self.most = 0
        self.texts = 0
        self.characters = 0
        self.example = ""

    def all(self) -> Iterator[Node]:
        """This and every node below, in the order in which they first came."""
        yield self
        for child in self.children.values():
            yield from child.all()

    def path(self, start: Node | None = None) -> str:
        """From the root ("/dict/entry"), or from `start` ("form/orth", "." for itself)."""
        if self is start:
            return "."
        names = []
        node: Node | None = self
        while node is not None and node is not start and node.name:
            names.append(node.name)
            node = node.parent
        path = "/".join(reversed(names))
        return path if start else f"/{path}"

    def glimpse(self) -> str:
        """An example of what is in it: its own text, or that of the first below that has one."""
        return next((node.example for node in self.all() if node.example), "")

    @property
    def average(self) -> float:
        """How long its texts are, in characters."""
        return self.characters / self.texts if self.texts else 0.0


class _Frame:
    """An open element: how often each child came, and the beginning of its text."""

    __slots__ = ("children", "length", "node", "own", "text")

    def __init__(self, node: Node | None) -> None:
        self.node = node
        self.children: Counter[str] = Counter()
        self.text: list[str] = []
        self.length = 0
        self.own = False


class Survey:
    """Hears the parser; counts, and keeps one example of each."""

    line: Callable[[], int]

    def __init__(self, path: Path) -> None:
        self.root = Node("", None)
        self._path = path
        self._open = [_Frame(self.root)]
        self._names = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Count an element and its attributes, and how often its parent has it."""
        if len(self._open) > DEEPEST:
            raise InputFormat(
                f"{self._path}, line {self.line()}, has more than {DEEPEST} elements in each other",
                hint=f"sed -n {self.line()}p {self._path}",
            )
        above, name = self._open[-1], local(tag)
        node = above.node.children.get(name) if above.node else None
        if node is None and above.node and self._names < _MOST_NAMES:
            self._names += 1
            node = above.node.children[name] = Node(name, above.node)
        if node is not None:
            node.times += 1
            above.children[name] += 1
            for key, value in attributes.items():
                count, example = node.attributes.get(local(key), (0, ""))
                if count or len(node.attributes) < 50:
                    node.attributes[local(key)] = (count + 1, example or value[:_KEPT_OF_A_TEXT].strip())
        self._open.append(_Frame(node))

    def data(self, text: str) -> None:
        """Count a text; keep its beginning."""
        frame = self._open[-1]
        frame.own = frame.own or not text.isspace()
        frame.length += len(text)
        if sum(map(len, frame.text)) < _KEPT_OF_A_TEXT:
            frame.text.append(text)

    def end(self, tag: str) -> None:
        """The element is whole: its text is an example, and part of its parent's sentence if that has one."""
        del tag
        frame, above = self._open.pop(), self._open[-1]
        if above.own and frame.own:  # a part of a sentence
            above.length += frame.length
            above.text += frame.text
        if (node := frame.node) is None:
            return
        for name, count in frame.children.items():
            child = node.children[name]
            child.most = max(child.most, count)
        if frame.own:
            node.texts += 1
            node.characters += frame.length
            node.example = node.example or settled("".join(frame.text))[:_KEPT_OF_A_TEXT]

    def finish(self) -> None:
        """The file is not read on: count what is still open."""
        while len(self._open) > 1:
            self.end("")
