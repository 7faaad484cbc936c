"""/v1/embeddings: vectors of the store's own embedder, with the prefixes that it wants."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from slangrag.serve.faults import Fault
from slangrag.serve.openai.completions import ANSWERS
from slangrag.serve.openai.shapes import EmbeddingsRequest

if TYPE_CHECKING:
    from slangrag.service.slang import Slang


def embedded(asked: EmbeddingsRequest, slang: Slang) -> dict[str, Any] | Fault:
    """The answer to a request, or why there is none. Raises the EngineErrors."""
    name, dimension = slang.embedder_model()
    if asked.model not in {ANSWERS, name, name.removesuffix(":latest")}:
        return Fault(
            404,
            "model_not_found",
            f"there is no embedding model {asked.model!r}",
            f"{ANSWERS} or {name}",
            param="model",
        )
    if asked.dimensions not in {None, dimension}:
        return Fault(
            400, "unsupported", f"the vectors have {dimension} numbers", "leave it out", param="dimensions"
        )
    texts = [asked.input] if isinstance(asked.input, str) else asked.input
    documents = (asked.input_type or "query").endswith("document")
    vectors = slang.embed(texts, documents=documents)
    tokens = sum(map(slang.count_tokens, texts))
    return {
        "object": "list",
        "model": asked.model,
        "data": [
            {
                "object": "embedding",
                "index": at,
                "embedding": base64.b64encode(vector.astype("<f4").tobytes()).decode()
                if asked.encoding_format == "base64"
                else vector.tolist(),
            }
            for at, vector in enumerate(vectors)
        ],
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }
