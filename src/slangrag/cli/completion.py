"""What the shell offers at Tab: headwords of the store, models of the engines that are here.

Called in a process of its own at every Tab: it opens the lexicon read-only, waits for nobody, and where
something cannot be had it offers nothing. A headword is a stranger's text that the shell would run as
typed, so only harmless ones are offered.
"""

from __future__ import annotations

import re
from typing import Final

import typer

from slangrag.errors import SlangragError

OFFERED: Final = 40
PATIENCE_SECONDS: Final = 0.15
_HARMLESS: Final = re.compile(r"[\w][\w .+-]*")


def headwords(ctx: typer.Context, incomplete: str) -> list[str]:
    """Headwords that begin as the words typed so far do; of several words the last part only."""
    from slangrag.config import load_settings
    from slangrag.store.lexicon import open_lexicon
    from slangrag.text.forms import fold

    before = [str(word) for word in ctx.params.get("word") or ()]
    typed = fold(" ".join([*before, incomplete]))
    lead = len(" ".join(before)) + 1 if before else 0
    try:
        with open_lexicon(load_settings({"store": ctx.params.get("store")}).store) as lexicon:
            rows = lexicon.connection.execute(
                "SELECT word FROM headwords WHERE fold >= ? AND fold < ? ORDER BY fold LIMIT ?",
                (typed, typed + "\U0010ffff", OFFERED),
            ).fetchall()
    except SlangragError:
        return []
    return [word[lead:] for (word,) in rows if _HARMLESS.fullmatch(word) and word[lead:]]


def chat_models(incomplete: str) -> list[str]:
    """Names of models that can answer: the embedded engine's, and what Ollama has."""
    return _models("chat", incomplete)


def embed_models(incomplete: str) -> list[str]:
    """Names of models that can embed."""
    return _models("embed", incomplete)


def _models(role: str, incomplete: str) -> list[str]:
    from slangrag.engines.embedded.catalogue import CATALOGUE

    names = [model.name for model in CATALOGUE if model.role == role]
    names += [name for name in _ollama_models() if is_embedder(name) == (role == "embed")]
    return [name for name in names if name.startswith(incomplete)]


def is_embedder(name: str) -> bool:
    """Whether a model's name is one of those that embed. Ollama's list does not say."""
    return any(part in name for part in ("embed", "minilm", "bge-", "e5-", "arctic"))


def _ollama_models() -> list[str]:
    from slangrag.config import load_settings
    from slangrag.engines.ollama import connect

    try:
        found = connect(load_settings()).wire.get("/api/tags", timeout=PATIENCE_SECONDS)
    except SlangragError:
        return []
    return [str(model["name"]).removesuffix(":latest") for model in found.get("models", ())]
