"""What a store remembers of its embedder renders every entry as it was, whatever strangers wrote."""

from __future__ import annotations

from slangrag.engines.protocols import EmbedderIdentity

IDENTITY = EmbedderIdentity("ollama", "m", "", 8, "title: {word} | text: {definition}", "query: {text}")


def test_a_headword_that_looks_like_a_slot_is_not_filled_in() -> None:
    assert IDENTITY.render_document("{definition}", "a hole") == "title: {definition} | text: a hole"
    assert (
        IDENTITY.render_document("x", "{word} and {definition}") == "title: x | text: {word} and {definition}"
    )


def test_a_question_that_looks_like_a_slot_is_not_filled_in() -> None:
    assert IDENTITY.render_query("what is {text}") == "query: what is {text}"
