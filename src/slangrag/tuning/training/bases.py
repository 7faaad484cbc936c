"""Which model a training begins with: the weights behind the store's embedder, or what is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.engines.ollama.prefixes import base_name
from slangrag.errors import ModelMissing

if TYPE_CHECKING:
    from slangrag.engines.protocols import EmbedderIdentity

ON_THE_HUB: Final[Mapping[str, str]] = {
    "all-minilm": "sentence-transformers/all-MiniLM-L6-v2",
    "all-minilm-l6-v2": "sentence-transformers/all-MiniLM-L6-v2",
    "bge-m3": "BAAI/bge-m3",
    "bge-large": "BAAI/bge-large-en-v1.5",
    "embeddinggemma": "google/embeddinggemma-300m",
    "granite-embedding": "ibm-granite/granite-embedding-30m-english",
    "mxbai-embed-large": "mixedbread-ai/mxbai-embed-large-v1",
    "nomic-embed-text": "nomic-ai/nomic-embed-text-v1.5",
    "paraphrase-multilingual": "sentence-transformers/paraphrase-multilingual-mpnet-base-v2",
    "qwen3-embedding": "Qwen/Qwen3-Embedding-0.6B",
    "snowflake-arctic-embed": "Snowflake/snowflake-arctic-embed-l",
    "snowflake-arctic-embed2": "Snowflake/snowflake-arctic-embed-l-v2.0",
}
"""Names of Ollama's library (their default sizes) and of our catalogue, and the weights they were made of."""

MINILM_NAMES: Final = frozenset({"all-minilm", "all-minilm-l6-v2", "sentence-transformers/all-minilm-l6-v2"})
"""The base that needs no hub (`published`), in lower case."""


def base_of(identity: EmbedderIdentity) -> str:
    """The name on the hub of the weights behind a store's embedder.

    Raises ModelMissing where nobody knows, naming the way out.
    """
    found = ON_THE_HUB.get(base_name(identity.model))
    if found is None:
        raise ModelMissing(
            f"which weights {identity.model} was made of is not known here",
            hint="slangrag tune train --base FOLDER (or a name on the hub)",
        )
    return found


def is_folder(base: str) -> bool:
    """Whether a base is a folder with a model in it."""
    return (Path(base).expanduser() / "config.json").is_file() or (
        Path(base).expanduser() / "modules.json"
    ).is_file()
