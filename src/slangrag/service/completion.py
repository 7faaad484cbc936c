"""What could be typed next: headwords of a store, models of the engines that are here.

Meant for a shell's Tab key: waits for nobody, and where something cannot be had it offers nothing.
"""

from __future__ import annotations

from typing import Final, Literal

from slangrag.config import Settings
from slangrag.errors import SlangragError

PATIENCE_SECONDS: Final = 0.15


def headwords(settings: Settings, typed: str, most: int) -> list[str]:
    """Headwords whose folded form begins as `typed` does, in order."""
    from slangrag.store.lexicon import open_lexicon
    from slangrag.text.forms import fold

    try:
        with open_lexicon(settings.store) as lexicon:
            return lexicon.headwords_starting(fold(typed), most)
    except SlangragError:
        return []


def models(settings: Settings, role: Literal["chat", "embed"]) -> list[str]:
    """Names of models that can answer ("chat") or embed: the embedded engine's, and what Ollama has."""
    from slangrag.engines.embedded.catalogue import CATALOGUE

    names = [model.name for model in CATALOGUE if model.role == role]
    return names + [name for name in _ollama_models(settings) if is_embedder(name) == (role == "embed")]


def is_embedder(name: str) -> bool:
    """Whether a model's name is one of those that embed. Ollama's list does not say."""
    return any(part in name for part in ("embed", "minilm", "bge-", "e5-", "arctic"))


def _ollama_models(settings: Settings) -> list[str]:
    from slangrag.engines.ollama import connect

    try:
        found = connect(settings).wire.get("/api/tags", timeout=PATIENCE_SECONDS)
    except SlangragError:
        return []
    return [str(model["name"]).removesuffix(":latest") for model in found.get("models", ())]
