"""A file to a document, in this process. `reading` calls it in a child, where a bad file does no harm."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Final

from slangrag.errors import EngineMissing
from slangrag.sources.documents.formats.building import Source
from slangrag.sources.documents.kinds import kind_of
from slangrag.sources.documents.limits import Limits
from slangrag.sources.documents.types import DocumentKind, ParsedDocument

_NEEDS: Final[dict[DocumentKind, tuple[str, ...]]] = {
    "pdf": ("pypdfium2",),
    "html": ("lxml", "trafilatura"),
    "xml": ("defusedxml",),
    "docx": ("defusedxml",),
    "epub": ("defusedxml", "lxml"),
}
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def parse(path: Path, name: str, media_type: str, limits: Limits) -> ParsedDocument:
    """What is read out of one file. Raises InputFormat, EngineMissing, and whatever a parser trips over."""
    kind, notes = kind_of(path, name, media_type)
    for package in _NEEDS.get(kind, ()):
        try:
            import_module(package)
        except ModuleNotFoundError as error:
            raise EngineMissing(
                f"{name} is {kind}, which needs {error.name or package}, which is not installed",
                hint="pip install 'slangrag[documents]'",
            ) from error
    charset = _CHARSET.search(media_type)
    source = Source(path, name, limits, charset[1] if charset else "", notes)
    document: ParsedDocument = import_module(f"slangrag.sources.documents.formats.{kind}").parse(source)
    return document
