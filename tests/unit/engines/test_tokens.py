"""The estimate of tokens is from above: a prompt that fits by it fits the server."""

from __future__ import annotations

import pytest

from slangrag.engines.tokens import estimate_tokens

# Prompt lengths that a real Ollama 0.32.15 counted for SmolLM2, less the 8 tokens of its template.
COUNTED = {"What is slang?": 5, "Write a story": 4, "Write a very long story about a dragon.": 10}


@pytest.mark.parametrize(("text", "tokens"), COUNTED.items())
def test_the_estimate_is_not_below_what_a_server_counted(text: str, tokens: int) -> None:
    assert tokens <= estimate_tokens(text) <= 3 * tokens


@pytest.mark.parametrize(
    ("text", "least"), [("😀", 4), ("日本語", 9), ("2026", 4), ("\n\n\n", 3), ("?!", 2), ("", 0)]
)
def test_what_tokenizers_cut_small_is_counted_small(text: str, least: int) -> None:
    assert estimate_tokens(text) >= least
