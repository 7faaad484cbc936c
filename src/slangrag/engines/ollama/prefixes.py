"""What each embedding model wants in front of a text, by the model's name.

Models that are trained with prefixes lose several points of recall without them, and neither Ollama nor
llama.cpp adds any. Sources: the model cards of nomic-embed-text v1.5 and v2, mxbai-embed-large-v1,
EmbeddingGemma, Qwen3-Embedding, the E5 and multilingual E5 models (intfloat), BGE v1.5 and M3 (BAAI), GTE
(Alibaba), Snowflake Arctic Embed 1 and 2, Granite Embedding (IBM), paraphrase-multilingual-MiniLM and
-mpnet (sentence-transformers). A model that is not listed gets none; a user may give others. Knows
nothing of servers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PLAIN_DOCUMENT: Final = "{word}: {definition}"
PLAIN_QUERY: Final = "{text}"
QUERY_FIELD: Final = "slangrag.query_template"
DOCUMENT_FIELD: Final = "slangrag.document_template"
"""Where a GGUF file says how its model wants texts worded, in the head that `tune export` writes. Ollama
shows what a file's head says, so a model made from such a file says it there too."""


@dataclass(frozen=True, slots=True)
class Templates:
    """How an entry ("{word}", "{definition}") and a question ("{text}") are worded for a model."""

    document: str = PLAIN_DOCUMENT
    query: str = PLAIN_QUERY

    def with_prefixes(self, query_prefix: str | None, document_prefix: str | None) -> Templates:
        """These, a prefix that is given standing in the place of what it was."""
        return Templates(
            self.document if document_prefix is None else document_prefix + PLAIN_DOCUMENT,
            self.query if query_prefix is None else query_prefix + PLAIN_QUERY,
        )


def templates_said(fields: Mapping[str, object]) -> Templates | None:
    """The templates that a GGUF head's fields name; None where they name none."""
    query, document = fields.get(QUERY_FIELD), fields.get(DOCUMENT_FIELD)
    if not isinstance(query, str) or not isinstance(document, str):
        return None
    return Templates(document, query)


_TASK: Final = "Given a question about slang, retrieve dictionary entries that answer it"
_INSTRUCTED: Final = Templates(query=f"Instruct: {_TASK}\nQuery: {PLAIN_QUERY}")
_PASSAGES: Final = Templates(query=f"Represent this sentence for searching relevant passages: {PLAIN_QUERY}")

FAMILIES: Final[tuple[tuple[str, Templates], ...]] = (
    ("nomic-embed-text", Templates(f"search_document: {PLAIN_DOCUMENT}", f"search_query: {PLAIN_QUERY}")),
    ("mxbai-embed", _PASSAGES),
    (
        "embeddinggemma",
        Templates("title: {word} | text: {definition}", f"task: search result | query: {PLAIN_QUERY}"),
    ),
    ("qwen3-embedding", Templates(query=f"Instruct: {_TASK}\nQuery:{PLAIN_QUERY}")),
    (r"e5-\S*instruct|e5-mistral|gte-qwen|sfr-embedding|linq-embed", _INSTRUCTED),
    ("e5", Templates(f"passage: {PLAIN_DOCUMENT}", f"query: {PLAIN_QUERY}")),
    (r"snowflake-arctic-embed-?(?:2|\S*v2)", Templates(query=f"query: {PLAIN_QUERY}")),
    ("snowflake-arctic-embed", _PASSAGES),
    ("bge-m3", Templates()),
    (r"bge-(?:small|base|large)", _PASSAGES),
    (r"all-minilm|gte|granite-embedding|paraphrase-multilingual|jina-embeddings-v2", Templates()),
)
"""A pattern that the model's name has as whole words, and the templates of that family; the first counts."""


def base_name(model: str) -> str:
    """The family that a model's name points to: no registry, no owner, no tag, in lower case."""
    return model.lower().rsplit("/", 1)[-1].split(":", 1)[0]


def templates_for(
    model: str, query_prefix: str | None = None, document_prefix: str | None = None
) -> Templates:
    """The templates of `model`; variants such as "nomic-embed-text-v1.5" count as their family.

    query_prefix and document_prefix, where given, stand in the place of the family's own.
    """
    base = base_name(model)
    found = next(
        (templates for name, templates in FAMILIES if re.search(rf"(?<![a-z0-9])(?:{name})(?![a-z])", base)),
        Templates(),
    )
    return found.with_prefixes(query_prefix, document_prefix)
