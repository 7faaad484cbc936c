"""Plain text: paragraphs are what empty lines part."""

from __future__ import annotations

from slangrag.sources.documents.formats.building import Builder, Source
from slangrag.sources.documents.formats.decoding import decode
from slangrag.sources.documents.types import ParsedDocument


def parse(source: Source) -> ParsedDocument:
    """A text file. It has no headings and no date, and its title is its name."""
    text, notes = decode(source.path.read_bytes(), source.name, declared=source.charset)
    builder = Builder(source)
    builder.notes += notes
    builder.paragraph(text.replace("\f", "\n\n"))  # a form feed is a page's end
    return builder.document("text")
