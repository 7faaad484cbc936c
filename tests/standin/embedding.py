"""/api/embed and the older /api/embeddings: texts to vectors, cut or refused as Ollama does."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

from tests.standin.faults import Fault
from tests.standin.library import Library
from tests.standin.models import PIECE, PooledVectors, StandInModel
from tests.standin.traffic import Queue, Shape
from tests.standin.wording import (
    Reply,
    bind,
    check_options,
    go_json,
    keep_alive_seconds,
    refuse,
    valid_name,
)

_NO_EMBEDDINGS = "This server does not support embeddings. Start it with `--embeddings`"


class Embedding:
    """The endpoints that embed."""

    def __init__(self, library: Library, queue: Queue, shape: Shape) -> None:
        self._library, self._queue, self._shape = library, queue, shape

    def embed(self, raw: bytes, fault: Fault | None) -> str:
        started = time.perf_counter()
        request = bind(raw, "EmbedRequest")
        keep_alive_seconds(request.get("keep_alive"))
        texts = _input(request.get("input"))
        model = self._embedder(request.get("model") or "")
        check_options(request.get("options"))
        with self._queue.place():
            context = min((request.get("options") or {}).get("num_ctx") or math.inf, model.context_length)
            load = self._library.load(model, int(context), request)
            if not texts:
                return go_json({"model": request["model"], "embeddings": []})
            texts, tokens = _fit(texts, int(context), request.get("truncate") is not False)
            self._shape.embedding(len(texts))
            vectors = _vectors(model, texts, request.get("dimensions") or 0, fault)
        total = int((time.perf_counter() - started) * 1e9)
        head = f'{{"model":{go_json(request["model"])},"embeddings":{vectors}'
        return f'{head},"total_duration":{total},"load_duration":{load},"prompt_eval_count":{tokens}}}'

    def embeddings(self, raw: bytes, fault: Fault | None) -> str:
        request = bind(raw, "EmbeddingRequest")
        model = self._embedder(request.get("model") or "", old_endpoint=True)
        text = request.get("prompt") or ""
        self._library.load(model, model.context_length, request)
        if not text:
            return go_json({"embedding": []})
        try:
            _fit([text], model.context_length, truncate=False)
        except Reply as reply:
            raise Reply(500, reply.body) from None
        self._shape.embedding(1)
        return f'{{"embedding":{_vectors(model, [text], 0, fault)[1:-1]}}}'

    def _embedder(self, name: str, *, old_endpoint: bool = False) -> StandInModel:
        new = not self._library.is_old
        if new and not name:
            raise refuse(404, "model '' not found")
        if new and not valid_name(name):
            raise refuse(400, "invalid model name")
        model = self._library.find(name)
        if model is None:
            raise refuse(404, f'model "{name}" not found, try pulling it first')
        if model.embed is None and new:
            raise refuse(500 if old_endpoint else 501, _NO_EMBEDDINGS)
        return model


def _input(given: Any) -> list[str]:
    """The texts of a request: one, a list, or none."""
    texts = [given] if isinstance(given, str) and given else []
    if isinstance(given, list):
        texts = given
    if not isinstance(given, (str, list, type(None))) or not all(isinstance(text, str) for text in texts):
        raise refuse(400, "invalid input type")
    return texts


def _fit(texts: Sequence[str], context: int, truncate: bool) -> tuple[list[str], int]:
    """The texts as the model reads them (two tokens go to the marks at the ends), and their tokens."""
    fitted, total = [], 0
    for text in texts:
        pieces = list(PIECE.finditer(text))
        if len(pieces) + 2 > context:
            if not truncate:
                raise refuse(400, "the input length exceeds the context length")
            text, pieces = text[: pieces[context - 2].start()], pieces[: context - 2]
        fitted.append(text)
        total += len(pieces) + 2
    return fitted, total


def _vectors(model: StandInModel, texts: Sequence[str], dimensions: int, fault: Fault | None) -> str:
    """The vectors of `texts` as JSON, `dimensions` long (0: as long as they are), spoilt by `fault`."""
    embed = model.embed or PooledVectors(model.embedding_length)
    if isinstance(embed, PooledVectors) and not dimensions and fault is None:
        return embed.rows_json(texts)
    rows = [list(row) for row in embed(texts)]
    if 0 < dimensions < len(rows[0]):
        rows = [row[:dimensions] for row in rows]
        rows = [[value / (math.hypot(*row) or 1.0) for value in row] for row in rows]
    match fault.kind if fault else "":
        case "wrong_count":
            rows.pop()
        case "wrong_dimension":
            rows = [row[:-1] for row in rows]
        case "zero":
            rows[-1] = [0.0] * len(rows[-1])
        case "nan":
            rows[-1][0] = math.nan
    shown = (",".join("NaN" if value != value else f"{value:.8g}" for value in row) for row in rows)
    return "[" + ",".join(f"[{row}]" for row in shown) + "]"
