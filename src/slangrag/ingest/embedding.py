"""Embedding a batch whatever happens: what can pass is tried again, what cannot is found and set aside.

Transient faults are retried with exponential backoff and jitter (Brooker, "Exponential Backoff And
Jitter", AWS 2015). A batch that keeps failing is halved down to the row at fault, which is refused with
its reason; it never gets a zero vector. A server that fails for a harmless text too is itself at fault:
then the error goes up, and everything committed stays.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slangrag.engines.protocols import Embedder
from slangrag.errors import (
    EngineBusy,
    EngineError,
    EngineReply,
    EngineTimeout,
    EngineUnreachable,
    TextRejected,
)
from slangrag.ingest.stop import StopFlag

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

REFUSED: Final = "embedder-rejected"
_HARMLESS: Final = "slang: words that people use among themselves"


class Stopped(Exception):
    """The engine failed after someone asked to stop: the stop, not the failure, is what happened."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to bear with an engine: calls per batch, calls per halved batch, seconds between."""

    attempts: int = 6
    attempts_when_halved: int = 2
    first_wait: float = 0.25
    longest_wait: float = 8.0


class PatientEmbedder:
    """Texts to float16 vectors or refusals, in order. Safe to call from several threads."""

    def __init__(self, embedder: Embedder, stop: StopFlag, patience: Patience | None = None) -> None:
        self.identity = embedder.identity
        self._embedder = embedder
        self._stop = stop
        self._patience = patience or Patience()

    def embed(self, texts: Sequence[str]) -> list[bytes | str]:
        """For each text its unit vector (float16, little-endian) or, as str, why it was refused.

        Raises EngineUnreachable, EngineBusy, EngineTimeout, EngineReply when the engine is at fault,
        and other EngineErrors at once; Stopped when it fails after a wish to stop.
        """
        return self._embed(texts, self._patience.attempts) if texts else []

    def _embed(self, texts: Sequence[str], attempts: int) -> list[bytes | str]:
        try:
            return list(self._call(texts, attempts))
        except (TextRejected, EngineReply, EngineTimeout) as error:
            if len(texts) == 1:
                if not isinstance(error, TextRejected):
                    # Raises the engine's own error if it fails for this text too.
                    self._call([_HARMLESS], attempts)
                return [error.message]
            half = len(texts) // 2
            fewer = self._patience.attempts_when_halved
            return self._embed(texts[:half], fewer) + self._embed(texts[half:], fewer)

    def _call(self, texts: Sequence[str], attempts: int) -> list[bytes]:
        """One call, tried again while it may pass."""
        for attempt in range(1, attempts + 1):
            try:
                return self._checked(self._embedder.embed_documents(texts), len(texts))
            except (EngineBusy, EngineTimeout, EngineUnreachable, EngineReply) as error:
                if self._stop.requested:
                    raise Stopped from error
                if attempt == attempts:
                    raise
                longest = min(self._patience.longest_wait, self._patience.first_wait * 2**attempt)
                if self._stop.wait(random.uniform(longest / 4, longest)):
                    raise Stopped from error
            except EngineError as error:
                if self._stop.requested and not isinstance(error, TextRejected):
                    raise Stopped from error
                raise
        raise AssertionError("attempts is at least 1")

    def _checked(self, vectors: Vectors, count: int) -> list[bytes]:
        """The vectors as float16 bytes; EngineReply where they are not what was asked for."""
        import numpy as np

        hint = "slangrag doctor"
        if vectors.ndim != 2 or len(vectors) != count:
            raise EngineReply(f"asked for {count} vectors, got an array of {vectors.shape}", hint=hint)
        if vectors.shape[1] != self.identity.dimension:
            raise EngineReply(
                f"{self.identity.model} gave {vectors.shape[1]} dimensions, not {self.identity.dimension}",
                hint=hint,
            )
        lengths = np.linalg.norm(vectors.astype(np.float32, copy=False), axis=1)
        if not np.isfinite(lengths).all():
            raise EngineReply("a vector holds NaN or infinity", hint=hint)
        if not (lengths > 1e-6).all():
            raise EngineReply("a vector is zero", hint=hint)
        unit = (vectors / lengths[:, None]).astype("<f2")
        return [row.tobytes() for row in unit]
