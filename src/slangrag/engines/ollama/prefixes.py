"""What each embedding model wants in front of a text, by the model's name.

Models that are trained with prefixes lose several points of recall without them, and Ollama adds
none. Sources: the model cards of nomic-embed-text v1.5 and v2, mxbai-embed-large-v1, EmbeddingGemma
and Qwen3-Embedding. A model that is not listed gets none. Knows nothing of servers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PLAIN_DOCUMENT: Final = "{word}: {definition}"
PLAIN_QUERY: Final = "{text}"


@dataclass(frozen=True, slots=True)
class Templates:
    """How an entry ("{word}", "{definition}") and a question ("{text}") are worded for a model."""

    document: str = PLAIN_DOCUMENT
    query: str = PLAIN_QUERY


_NOMIC: Final = Templates(f"search_document: {PLAIN_DOCUMENT}", f"search_query: {PLAIN_QUERY}")
_TASK: Final = "Given a question about slang, retrieve dictionary entries that answer it"

TEMPLATES: Final[dict[str, Templates]] = {
    "nomic-embed-text": _NOMIC,
    "mxbai-embed-large": Templates(
        query=f"Represent this sentence for searching relevant passages: {PLAIN_QUERY}"
    ),
    "embeddinggemma": Templates(
        "title: {word} | text: {definition}", f"task: search result | query: {PLAIN_QUERY}"
    ),
    "qwen3-embedding": Templates(query=f"Instruct: {_TASK}\nQuery:{PLAIN_QUERY}"),
    "all-minilm": Templates(),
    "bge-m3": Templates(),
}


def base_name(model: str) -> str:
    """The family that a model's name points to: no registry, no owner, no tag, in lower case."""
    return model.lower().rsplit("/", 1)[-1].split(":", 1)[0]


def templates_for(model: str) -> Templates:
    """The templates of `model`; variants such as "nomic-embed-text-v1.5" count as their family."""
    base = base_name(model)
    for family, templates in TEMPLATES.items():
        if base == family or base.startswith(f"{family}-"):
            return templates
    return Templates()
