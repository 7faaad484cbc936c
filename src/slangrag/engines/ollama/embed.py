"""An embedder on Ollama: batches through /api/embed, with each model's own prefixes.

Every reply is checked: one vector a text, all of one dimension, all numbers, none zero. Replies to
batches are read by orjson, which takes 23 microseconds for 768 numbers where `json` takes 160.

Long texts. The server is asked not to cut (`truncate: false`), and what it then refuses is found by
parting the batch, and embedded cut after all, since its head still says what it is about: such
texts are counted in `truncated`, never lost and never cut unseen. A text as long as one that had to
be cut is from then on embedded apart, so that it does not cost its neighbours a second time.
num_ctx is not sent: the model's own is right, and another one would reload the model.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from slangrag.engines.ollama.faults import TextTooLong, not_ollama
from slangrag.engines.ollama.models import canonical_name
from slangrag.engines.ollama.prefixes import templates_for
from slangrag.engines.ollama.server import DEFAULT_EMBED_MODEL, OllamaServer
from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import EngineReply, ModelUnfit, TextRejected

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

MOST_TEXTS: Final = 128
"""Texts in one request. On a CPU server nothing is gained beyond 8, and 512 short ones take 2.5 s."""

MOST_CHARACTERS: Final = 64_000
"""Characters in one request: what bounds the time of a call where texts are long."""

_PROBE: Final = "slang"
_SHORTEST_CUT: Final = 64
"""Characters below which a text that is too long says nothing of its length."""


class OllamaEmbedder:
    """Implements Embedder over an OllamaServer. Safe to call from several threads.

    `remembered` is the identity that a store was made with: it is then taken on trust, without a request, and
    only the dimension is checked with each vector. Else the identity is asked for once, with the templates
    that the model's own file names, or those of its family; a prefix that is given stands in the place of
    theirs.
    """

    def __init__(
        self,
        server: OllamaServer,
        model: str = DEFAULT_EMBED_MODEL,
        *,
        remembered: EmbedderIdentity | None = None,
        query_prefix: str | None = None,
        document_prefix: str | None = None,
    ) -> None:
        self._prefixes = (query_prefix, document_prefix)
        self._server = server
        self._model = model
        self._identity = remembered
        self._lock = threading.Lock()
        self._shortest_cut = float("inf")
        self.truncated = 0

    @property
    def identity(self) -> EmbedderIdentity:
        """Digest from /api/tags, dimension from a first embedding (which also loads the model).

        Raises ModelMissing, ModelUnfit (a chat model: 0.13 would embed with it all the same), and
        what embedding raises.
        """
        if self._identity is None:
            digest = self._server.digest(self._model)
            card = self._server.show(self._model)
            if card.capabilities and "embedding" not in card.capabilities:
                raise ModelUnfit(
                    f"{self._model} is not an embedding model (it does {', '.join(card.capabilities)})",
                    hint=f"ollama pull {DEFAULT_EMBED_MODEL}",
                )
            dimension = int(self._request([_PROBE], truncate=True).shape[1])
            templates = (card.templates or templates_for(self._model)).with_prefixes(*self._prefixes)
            self._identity = EmbedderIdentity(
                engine="ollama",
                model=canonical_name(self._model),
                digest=digest,
                dimension=dimension,
                document_template=templates.document,
                query_template=templates.query,
            )
        return self._identity

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors for rendered texts, shape (len(texts), dimension); see Embedder.

        Any number of texts: they go out in requests of at most MOST_TEXTS and MOST_CHARACTERS.
        """
        import numpy as np

        vectors: Vectors = np.empty((len(texts), self.identity.dimension), dtype=np.float32)
        for text in texts:
            _check_encodable(text)
        with self._lock:
            shortest_cut = self._shortest_cut
        usual = [row for row, text in enumerate(texts) if len(text) < shortest_cut]
        apart = [row for row, text in enumerate(texts) if len(text) >= shortest_cut]
        for rows in (usual, apart):
            for part in _requests(texts, rows):
                self._fill(vectors, texts, part)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """One unit vector, shape (dimension,), for a bare question: one request, cut if need be."""
        _check_encodable(text)
        identity = self.identity
        vector: Vectors = self._cut(identity.render_query(text))[0]
        return vector

    def _fill(self, vectors: Vectors, texts: Sequence[str], rows: Sequence[int]) -> None:
        """Embed the texts of `rows` into `vectors`, in smaller parts where one is too long.

        The longest eighth is parted off rather than a half, because a refused call costs the server
        as much as a good one (it embeds every text before it says no).
        """
        try:
            vectors[rows] = self._request([texts[row] for row in rows], truncate=False)
        except TextTooLong:
            if len(rows) > 1:
                by_length = sorted(rows, key=lambda row: len(texts[row]))
                longest = max(1, len(rows) // 8)
                self._fill(vectors, texts, by_length[:-longest])
                self._fill(vectors, texts, by_length[-longest:])
                return
            text = texts[rows[0]]
            vectors[rows] = self._cut(text)
            with self._lock:
                self.truncated += 1
                self._shortest_cut = min(self._shortest_cut, len(text))

    def _cut(self, text: str) -> Vectors:
        """One text, cut if need be, shape (1, dimension).

        Ollama cuts tokens, makes them text again and reads that anew: where it comes out longer than before,
        0.24 refuses what it cut itself. So such a text is shortened here until it is taken.
        """
        while True:
            try:
                return self._request([text], truncate=True)
            except TextTooLong:
                if len(text) < _SHORTEST_CUT:
                    raise
                text = text[: len(text) * 7 // 8]

    def _request(self, texts: Sequence[str], *, truncate: bool) -> Vectors:
        body = {
            "model": self._model,
            "input": texts,
            "truncate": truncate,
            "keep_alive": self._server.keep_alive,
        }
        if self._server.threads:
            body["options"] = self._server.threads
        loads = json.loads if len(texts) == 1 else _loads
        reply = self._server.wire.post("/api/embed", body, purpose="embed", loads=loads)
        return self._checked(reply.get("embeddings"), len(texts))

    def _checked(self, embeddings: Any, count: int) -> Vectors:
        """`embeddings` as unit vectors, or the error that says what is wrong with them."""
        import numpy as np

        try:
            vectors = np.asarray(embeddings, dtype=np.float32)
        except (TypeError, ValueError):
            raise not_ollama(self._server.address, "embeddings that are no table of numbers") from None
        if vectors.ndim == 0:
            raise not_ollama(self._server.address, "no embeddings")
        if vectors.ndim != 2 or len(vectors) != count:
            raise EngineReply(
                f"Ollama gave {len(vectors)} vectors for {count} texts ({self._model})", hint="run it again"
            )
        dimension = self._identity.dimension if self._identity else vectors.shape[1]
        if vectors.shape[1] != dimension or dimension == 0:
            raise EngineReply(
                f"Ollama gave vectors of {vectors.shape[1]} numbers instead of {dimension} ({self._model})",
                hint="slangrag doctor; was the model replaced by another of the same name?",
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise TextRejected(
                f"{self._model} made no numbers of {'a text' if count == 1 else f'one of {count} texts'}",
                hint="run it again without that text",
            )
        unit: Vectors = vectors / lengths
        return unit


def _loads(text: bytes) -> Any:
    """JSON by orjson; what it refuses by `json`, which lets NaN through to be told from a broken reply."""
    import orjson

    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _check_encodable(text: str) -> None:
    """Raise TextRejected for half a surrogate pair, which UTF-8 cannot carry."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise TextRejected(
            f"A text cannot be sent: {error.reason}", hint="mend the text's encoding"
        ) from error


def _requests(texts: Sequence[str], rows: Sequence[int]) -> list[list[int]]:
    """`rows` in runs of at most MOST_TEXTS texts and MOST_CHARACTERS characters (or a single text)."""
    runs: list[list[int]] = []
    characters = 0
    for row in rows:
        length = len(texts[row])
        if not runs or len(runs[-1]) == MOST_TEXTS or characters + length > MOST_CHARACTERS:
            runs.append([])
            characters = 0
        runs[-1].append(row)
        characters += length
    return runs
