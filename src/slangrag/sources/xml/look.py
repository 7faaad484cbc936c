"""A look into an XML file: what repeats in it, and which of that may be records with a word and a definition.

Names propose (`orth`, `headline`, `def`, `body`), counts decide between equals, and where no name tells, the
longest text is the definition. A proposal is for a person to read: nothing is converted by it unasked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from slangrag.sources.xml.parsing import pieces, total_bytes
from slangrag.sources.xml.survey import Node, Survey

ENOUGH: Final = 32_000_000  # bytes; a larger file repeats itself
_LONGEST_WORD: Final = 80
_WORDS: Final = (
    "headword", "hw", "orth", "lemma", "lexicalunit", "keb", "word", "term", "slang", "headline", "title",
    "head", "reb", "name", "phrase", "form",
)  # fmt: skip
_DEFINITIONS: Final = (
    "def", "definition", "meaning", "gloss", "explanation", "description", "body", "encoded", "content",
    "sense", "text", "summary", "abstract", "quote", "p",
)  # fmt: skip
_OTHERS: Final = {
    "word_id": ("defid", "wordid", "entryid", "id", "guid", "entseq"),
    "up_votes": ("upvotes", "thumbsup", "upvote", "likes"),
    "down_votes": ("downvotes", "thumbsdown", "downvote", "dislikes"),
    "author": ("author", "by", "byline", "creator", "contributor", "user", "resp"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """An element or attribute: its path, how often it occurs, how often at most in one parent, an example."""

    path: str
    times: int
    most: int
    example: str


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a file.

    read: bytes looked at; whole: that was all of it. repeated: elements that occur several times in one
    parent, by their paths from the root, most frequent first. record: what seems to be a record ("" where
    nothing does); fields: what is in it, by paths from the record. columns, each: what seems to fit.
    """

    path: Path
    read: int
    whole: bool
    root: str
    repeated: tuple[Found, ...]
    record: str = ""
    fields: tuple[Found, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    each: str = ""


def look(path: Path, told: Callable[[int], None]) -> Look:
    """Look at the first megabytes; `told` hears how many bytes were read. Raises as `pieces` does."""
    survey = Survey(path)
    read, whole = 0, True
    for read in pieces(path, survey):
        told(read)
        if read >= ENOUGH and read != total_bytes(path):
            whole = False
            survey.finish()
            break
    root = survey.root
    repeated = sorted(
        (node for node in root.all() if node.most > 1 and node.name),
        key=lambda node: (-node.times, node.depth),
    )
    seen = tuple(Found(node.path(), node.times, node.most, node.glimpse()) for node in repeated)
    first = next(iter(root.children), "")
    proposal = _propose(root)
    if proposal is None:
        return Look(path, read, whole, first, seen)
    record, columns, each = proposal
    fields = tuple(_fields(record))
    return Look(path, read, whole, first, seen, record.path(), fields, columns, each)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a text is: a node, or one of its attributes."""

    node: Node
    attribute: str = ""

    @property
    def times(self) -> int:
        return self.node.attributes[self.attribute][0] if self.attribute else self.node.texts

    def path(self, record: Node) -> str:
        """Its path from the record."""
        if not self.attribute:
            return self.node.path(record)
        return f"@{self.attribute}" if self.node is record else f"{self.node.path(record)}/@{self.attribute}"

    def rank(self, names: Sequence[str], top: Node) -> tuple[int, int, int, int] | None:
        """How well its name fits: smaller is better; None for not at all. Texts have those above, too."""
        said = [self.attribute] if self.attribute else []
        node: Node | None = self.node
        while not self.attribute and node is not None and node is not top:
            said.append(node.name)
            node = node.parent
        plain = ["".join(c for c in name.casefold() if c.isalnum()) for name in said]
        fits = [(names.index(name), far) for far, name in enumerate(plain) if name in names]
        return (*min(fits), -self.times, self.node.depth) if fits else None


def _places(top: Node) -> Iterator[_Place]:
    """Every place of text at or below a node; what is part of a sentence is none of its own."""
    yield from (_Place(top, name) for name in top.attributes)
    if top.texts:
        yield _Place(top)
        return
    for child in top.children.values():
        yield from _places(child)


def _fields(record: Node) -> Iterator[Found]:
    for place in _places(record):
        if place.attribute:
            yield Found(place.path(record), place.times, 1, place.node.attributes[place.attribute][1])
        else:
            yield Found(place.path(record), place.times, place.node.most, place.node.example)


def _best(places: Sequence[_Place], names: Sequence[str], top: Node) -> _Place | None:
    ranked = [(rank, number) for number, place in enumerate(places) if (rank := place.rank(names, top))]
    return places[min(ranked)[1]] if ranked else None


def _propose(root: Node) -> tuple[Node, dict[str, str], str] | None:
    """The record, its columns and what is a row each in it, or None where nothing repeats that has texts."""
    texts = list(_places(root))
    definition = _best(texts, _DEFINITIONS, root)
    word = _best([place for place in texts if place != definition], _WORDS, root)
    record = _record(word, definition) if word and definition else None
    if record is None or definition is None or word is None:
        inside = [place for place in texts if not place.attribute and _repeated(place.node)]
        if not inside:
            return None
        definition = max(inside, key=lambda place: place.node.characters)
        record = _repeated(definition.node)
        if record is definition.node and not record.attributes and record.parent and record.parent.name:
            record = _repeated(record.parent) or record
        assert record is not None
        own = [place for place in _places(record) if place != definition]
        word = next((place for place in own if place.attribute or place.node.average < _LONGEST_WORD), None)
    columns = {
        "word": _words(word, definition, record) if word else "PATH",
        "definition": definition.path(record),
    }
    each = _each(definition, record)
    for name, names in _OTHERS.items():
        rest = [place for place in _places(record) if place not in (word, definition)]
        if found := _best(rest, names, record):
            columns[name] = found.path(record)
    if each is None:
        return record, columns, ""
    start, name = each.path(record), each.path(record)
    if any(node.name == each.name for node in each.all() if node is not each):
        name = f"//{each.name}"  # senses within senses
        columns = {
            field: name + path[len(start) :] if f"{path}/".startswith(f"{start}/") else path
            for field, path in columns.items()
        }
    return record, columns, name


def _words(word: _Place, definition: _Place, record: Node) -> str:
    """The path of the word, and the next likely one where some records lack it (`keb`, else `reb`)."""
    path = word.path(record)
    if word.times >= record.times:
        return path
    rest = [place for place in _places(record) if place not in (word, definition)]
    other = _best(rest, _WORDS, record)
    return path if other is None else f"{path}|{other.path(record)}"


def _record(word: _Place, definition: _Place) -> Node | None:
    """The innermost element around both that repeats."""
    around = set(_upwards(word.node))
    return next((_repeated(node) for node in _upwards(definition.node) if node in around), None)


def _upwards(node: Node | None) -> Iterator[Node]:
    while node is not None and node.name:
        yield node
        node = node.parent


def _repeated(node: Node) -> Node | None:
    return next((one for one in _upwards(node) if one.most > 1), None)


def _each(definition: _Place, record: Node) -> Node | None:
    """The outermost element between record and definition that repeats and has more in it than text."""
    between = []
    for node in _upwards(definition.node):
        if node is record:
            break
        if node.most > 1 and (node.children or node.attributes) and not node.texts:
            between.append(node)
    return between[-1] if between else None
