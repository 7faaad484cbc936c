"""What the pool lends to many threads."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from slangrag.service.pool import OneCallEmbedder


class Slow:
    """An embedder that tells of its calls, and whose first one waits to be let go."""

    identity: Any = None

    def __init__(self) -> None:
        self.called: list[str] = []
        self.begun, self.let_go = threading.Event(), threading.Event()

    def embed_documents(self, texts: Sequence[str]) -> Any:
        self.called.append("documents")
        self.begun.set()
        self.let_go.wait(10)
        return np.ones((len(texts), 2), np.float32)

    def embed_query(self, text: str) -> Any:
        self.called.append(text)
        return np.ones(2, np.float32)


def test_a_question_waits_for_a_few_documents_and_not_for_all() -> None:
    slow = Slow()
    embedder = OneCallEmbedder(slow)
    vectors: list[Any] = []
    adding = threading.Thread(target=lambda: vectors.append(embedder.embed_documents(["x"] * 100)))
    adding.start()
    assert slow.begun.wait(10)
    asking = threading.Thread(target=embedder.embed_query, args=("what is rizz",))
    asking.start()
    while not embedder._questions:  # until it stands in the line
        threading.Event().wait(0.005)
    slow.let_go.set()
    asking.join(10)
    adding.join(10)
    assert slow.called[:2] == ["documents", "what is rizz"]
    assert slow.called.count("documents") == 25
    assert vectors[0].shape == (100, 2)
