"""An embedder from a GGUF file of one's own, run by llama.cpp in this process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from slangrag.config import Settings, default_threads
from slangrag.engines.embedded.gguf import read_head
from slangrag.engines.embedded.llama import LlamaServer
from slangrag.engines.embedded.own_model import digest_of
from slangrag.engines.ollama.prefixes import templates_for
from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import EngineReply, ModelUnfit, TextRejected

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

_LONGEST_WINDOW: Final = 2048
_WINDOW: Final = 256
_AT_ONCE: Final = 16
_AROUND: Final = 2


class GgufEmbedder:
    """Implements Embedder over a LlamaServer. `truncated` counts texts that lost their end."""

    def __init__(self, settings: Settings, path: Path, *, remembered: EmbedderIdentity | None = None) -> None:
        """Load the file. remembered is the identity of a store whose vectors it made: its name and
        templates hold. Raises EngineMissing without xllamacpp, ModelMissing without the file, ModelUnfit
        where llama.cpp cannot load it or it is no embedder.
        """
        head = read_head(path)
        self._window = min(head.trained_context or _WINDOW, _LONGEST_WINDOW)
        self._server = LlamaServer(
            path,
            context=self._window,
            threads=settings.threads or default_threads(),
            timeout=settings.read_timeout,
            fit=False,
            embedding=True,
        )
        self.truncated = 0
        try:
            dimension = len(self._server.embed(["slang"])[0])
        except EngineReply as error:
            self._server.close()
            raise ModelUnfit(
                f"{path} makes no vectors: its file names no pooling",
                hint="--embed-model with an embedder's file",
            ) from error
        templates = (head.templates or templates_for(path.stem)).with_prefixes(
            settings.query_prefix, settings.document_prefix
        )
        self._identity = EmbedderIdentity(
            engine="embedded",
            model=remembered.model if remembered else str(path.resolve()),
            digest=digest_of(path),
            dimension=dimension,
            document_template=remembered.document_template if remembered else templates.document,
            query_template=remembered.query_template if remembered else templates.query,
        )

    @property
    def identity(self) -> EmbedderIdentity:
        """Engine, the file's path, its digest, dimension, templates."""
        return self._identity

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dimension). Raises TextRejected, EngineReply."""
        import numpy as np

        found: list[list[float]] = []
        fitting = [self._fitting(text) for text in texts]
        for start in range(0, len(fitting), _AT_ONCE):
            found += self._server.embed(fitting[start : start + _AT_ONCE])
        vectors = np.asarray(found, dtype=np.float32).reshape(len(texts), -1)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise TextRejected("the model returned no numbers for a text", hint="remove the row")
        unit: Vectors = vectors / lengths
        return unit

    def embed_query(self, text: str) -> Vectors:
        """One unit vector, shape (dimension,), for a bare question."""
        vector: Vectors = self.embed_documents([self._identity.render_query(text)])[0]
        return vector

    def close(self) -> None:
        """Free the model and its port."""
        self._server.close()

    def _fitting(self, text: str) -> str | list[int]:
        """The text, or the tokens of its beginning where the window has no room for more."""
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise TextRejected("a text cannot be encoded", hint="save the file as UTF-8") from error
        # A text has at most as many tokens as bytes, and the model puts one or two of its own around them.
        if len(text.encode()) + _AROUND <= self._window:
            return text or " "
        whole = self._server.tokenize(text, start=True)
        if len(whole) <= self._window:
            return text or " "
        self.truncated += 1
        # The end mark that the model's own tokenizer puts last stays last, as in training.
        bare = self._server.tokenize(text)
        last = 0 if whole[-1] == bare[-1] else 1
        return whole[: self._window - last] + whole[len(whole) - last :]
