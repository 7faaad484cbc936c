"""An embedder that hashes texts and fails as it is told to, and small CSV files."""

from __future__ import annotations

import csv
import hashlib
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from slangrag.engines.protocols import EmbedderIdentity

if TYPE_CHECKING:
    from slangrag.engines.protocols import Vectors

HEADER = ("word_id", "word", "up_votes", "down_votes", "author", "definition")
Fault = Callable[[int, Sequence[str]], "Vectors | None"]


class StubEmbedder:
    """The same text has the same vector. `fault(call number, texts)` may raise or answer instead."""

    def __init__(self, dimension: int = 16, *, model: str = "hash", fault: Fault | None = None) -> None:
        self.identity = EmbedderIdentity("stub", model, "", dimension)
        self.fault = fault
        self.calls: list[list[str]] = []
        self._lock = threading.Lock()

    @property
    def texts(self) -> list[str]:
        return [text for call in self.calls for text in call]

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        with self._lock:
            self.calls.append(list(texts))
            number = len(self.calls)
        if self.fault and (answer := self.fault(number, texts)) is not None:
            return answer
        return self.vectors(texts)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        seeds = [int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) for text in texts]
        rows = np.stack([np.random.default_rng(s).standard_normal(self.identity.dimension) for s in seeds])
        unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        return unit

    def embed_query(self, text: str) -> Vectors:
        vector: Vectors = self.vectors([text])[0]
        return vector


Row = tuple[str, str, int, int, str]
"""word_id, word, up_votes, down_votes, definition."""


def rows(count: int, start: int = 0) -> list[Row]:
    return [
        (f"{i:07d}", f"word {i % 37}", i % 50, i % 7, f"meaning {i}") for i in range(start, start + count)
    ]


def write_csv(path: Path, entries: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for word_id, word, up, down, definition in entries:
            writer.writerow((word_id, word, up, down, "someone", definition))
    return path
