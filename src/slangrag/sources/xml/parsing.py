"""A file's bytes through an XML parser that believes nothing: events to a target, faults with their place.

The parser is defusedxml's. Entities are what XML is attacked with: one that names a file or an address, or is
made of other entities, is refused by its name; a short plain one (`<!ENTITY n "noun">`) is read, since
dictionaries use them. No external file is ever opened.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from html.entities import name2codepoint
from pathlib import Path
from typing import Any, Final, Protocol

from slangrag.errors import EngineMissing, InputFormat
from slangrag.sources.csv.stream import is_plain, open_stream

DEEPEST: Final = 256
"""Elements within elements; no dictionary comes near it, and what recurses stays far from Python's limit."""

_PIECE: Final = 1 << 16
_LONGEST_ENTITY: Final = 256
_LARGEST_TOKEN: Final = 32_000_000  # bytes; the parser keeps a tag or a comment until it ends
_ENCODING: Final = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']""")
_READ_BY_EXPAT: Final = frozenset({"utf-8", "utf-16", "iso8859-1", "ascii"})


class Target(Protocol):
    """Who hears of the parser's events. line is set before the first: the file's line, from 1."""

    line: Callable[[], int]

    def start(self, tag: str, attributes: dict[str, str], /) -> None:
        """An element begins; tags and attributes with a namespace are "{uri}name"."""

    def end(self, tag: str, /) -> None:
        """It ends."""

    def data(self, text: str, /) -> None:
        """A stretch of its text."""


def pieces(path: Path, target: Target) -> Iterator[int]:
    """Parse the file piece by piece; after each, how many (uncompressed) bytes were read so far.

    Raises InputMissing and InputUnreadable as `open_stream` does, EngineMissing without defusedxml, and
    InputFormat with line and column for what is no XML, with the name for an entity that is not read.
    """
    parser = _parser(path, target)
    done = 0
    with open_stream(path, kind="xml") as stream:
        piece = stream.read(_PIECE)
        decode = _decoder(path, piece)
        while piece:
            with _named_faults(path):
                parser.feed(decode(piece) if decode else piece)
            done += len(piece)
            if done - max(parser.parser.CurrentByteIndex, 0) > _LARGEST_TOKEN:
                raise InputFormat(
                    f"{path} has a tag or a comment of over {_LARGEST_TOKEN // 1_000_000} MB: it is no XML",
                    hint=f"head -c 1000 {path}",
                )
            yield done
            piece = stream.read(_PIECE)
        with _named_faults(path):
            if decode:
                parser.feed(decode(b"", True))
            if done == 0:
                raise InputFormat(f"{path} is empty", hint=f"ls -l {path}")
            parser.close()


def total_bytes(path: Path) -> int | None:
    """How many bytes `pieces` will read in all; None for a compressed file."""
    return path.stat().st_size if is_plain(path, kind="xml") else None


def _parser(path: Path, target: Target) -> Any:
    try:
        from defusedxml.ElementTree import DefusedXMLParser
    except ImportError as error:
        raise EngineMissing("XML is read by defusedxml", hint="pip install 'slangrag[documents]'") from error
    parser = DefusedXMLParser(target=target)
    expat = parser.parser

    def declared(
        name: str, _parameter: bool, value: str | None, _base: Any, system: Any, public: Any, _kind: Any
    ) -> None:
        if value is None:
            raise _refused_entity(path, expat.CurrentLineNumber, name, f"outside of it ({system or public})")
        if len(value) > _LONGEST_ENTITY or "&" in value or "%" in value:
            raise _refused_entity(path, expat.CurrentLineNumber, name, "made of others, or long")

    expat.EntityDeclHandler = declared
    # Known to a reader without the DTD that a file names and that is never fetched.
    parser.entity.update((name, chr(code)) for name, code in name2codepoint.items())
    target.line = lambda: int(expat.CurrentLineNumber)
    return parser


def _refused_entity(path: Path, line: int, name: str, what: str) -> InputFormat:
    return InputFormat(
        f"{path}, line {line}, declares the entity {name!r} {what}: not read, since files attack that way",
        hint=f"if you know where the file is from: xmllint --nonet --noent {path} > plain.xml",
    )


def _decoder(path: Path, head: bytes) -> Callable[..., str] | None:
    """What turns bytes into text, where the declared encoding is one that expat does not know."""
    declared = _ENCODING.match(head[:400])
    if declared is None:
        return None
    name = declared[1].decode("ascii", "replace")
    try:
        with suppress(UnicodeError):
            b" ".decode(name)  # refused by codecs that are none of text, which `lookup` finds too
        codec = codecs.lookup(name)
    except LookupError as error:
        raise InputFormat(
            f"{path} says that its encoding is {name}, which is none that is known",
            hint=f"iconv -f ENCODING -t UTF-8 {path} | sed '1s/{name}/UTF-8/' > utf8.xml",
        ) from error
    return None if codec.name in _READ_BY_EXPAT else codec.incrementaldecoder().decode


@contextmanager
def _named_faults(path: Path) -> Iterator[None]:
    """What the parser raises, as an InputFormat with its place."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException

    try:
        yield
    except ParseError as error:
        line, column = error.position
        what = str(error).partition(": line ")[0]
        raise InputFormat(
            f"{path} is not well-formed XML at line {line}, column {column + 1}: {what}",
            hint=_look_at(path, line),
        ) from error
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise InputFormat(
            f"{path} is not in the encoding that it names: {error.reason} ({error.encoding})",
            hint=f"head -1 {path}",
        ) from error
    except DefusedXmlException as error:
        what = " ".join(str(error).split())
        raise InputFormat(f"{path} has what is never read from XML: {what}", hint=f"head {path}") from error


def _look_at(path: Path, line: int) -> str:
    if path.suffix.lower() == ".csv":
        return f"slangrag convert {path} --to xml, if it is a CSV"
    if is_plain(path, kind="xml"):
        return f"sed -n {line}p {path}"
    return f"{'unzip -p' if path.suffix.lower() == '.zip' else 'gzip -dc'} {path} | sed -n {line}p"
