"""What the shell offers at Tab: headwords of the store, models of the engines that are here.

Called in a process of its own at every Tab: it opens the lexicon read-only, waits for nobody, and where
something cannot be had it offers nothing. A headword is a stranger's text that the shell would run as
typed, so only harmless ones are offered.
"""

from __future__ import annotations

import re
from typing import Final, Literal

import typer

OFFERED: Final = 40
_HARMLESS: Final = re.compile(r"[\w][\w .+-]*")


def headwords(ctx: typer.Context, incomplete: str) -> list[str]:
    """Headwords that begin as the words typed so far do; of several words the last part only."""
    from slangrag.config import load_settings
    from slangrag.service.completion import headwords as known

    before = [str(word) for word in ctx.params.get("word") or ()]
    lead = len(" ".join(before)) + 1 if before else 0
    words = known(load_settings({"store": ctx.params.get("store")}), " ".join([*before, incomplete]), OFFERED)
    return [word[lead:] for word in words if _HARMLESS.fullmatch(word) and word[lead:]]


def chat_models(incomplete: str) -> list[str]:
    """Names of models that can answer: the embedded engine's, and what Ollama has."""
    return _models("chat", incomplete)


def embed_models(incomplete: str) -> list[str]:
    """Names of models that can embed."""
    return _models("embed", incomplete)


def _models(role: Literal["chat", "embed"], incomplete: str) -> list[str]:
    from slangrag.config import load_settings
    from slangrag.service.completion import models

    return [name for name in models(load_settings(), role) if name.startswith(incomplete)]
