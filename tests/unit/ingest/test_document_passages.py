"""What names a passage: its document's title and the headings above it."""

from __future__ import annotations

from slangrag.ingest.documents import passages_of
from slangrag.sources.documents.types import Heading, ParsedDocument

TEXT = "Retrieval of words\n\nWords are found by their letters, and meanings by vectors."


def test_a_heading_that_begins_like_the_title_keeps_its_words() -> None:
    """It is not the title: cut off, it would name the passage by half a heading."""
    parsed = ParsedDocument("text", "Retrieval", TEXT, headings=(Heading(1, 0, 18),))
    assert [one.trail for one in passages_of(parsed)] == ["Retrieval › Retrieval of words"]


def test_the_title_itself_as_a_heading_is_said_once() -> None:
    parsed = ParsedDocument("text", "Retrieval of words", TEXT, headings=(Heading(1, 0, 18),))
    assert [one.trail for one in passages_of(parsed)] == ["Retrieval of words"]
