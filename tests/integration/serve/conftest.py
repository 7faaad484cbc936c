"""A server over the sample, with the real embedder and a scripted model behind the Ollama stand-in."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.serving import Served, served
from tests.standin import Shape, StandIn, chat_model

from slangrag.config import load_settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.service.slang import Slang


@dataclass
class Script:
    """What the model says, and how it is held up: `let_go` is waited for before each word but the first."""

    says: str = "Rizz is charm or skill at attracting someone romantically [1]."
    let_go: threading.Event = field(default_factory=threading.Event)
    asked: list[Sequence[Mapping[str, Any]]] = field(default_factory=list)
    closed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.let_go.set()

    def __call__(self, turns: Any, _options: Any) -> Iterator[str]:
        """The answer, word by word."""
        self.asked.append(turns)
        try:
            for number, word in enumerate(self.says.split(" ")):
                if number:
                    self.let_go.wait(20)
                yield word if number == 0 else f" {word}"
        finally:
            self.closed.set()


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def ollama(script: Script) -> Iterator[StandIn]:
    with StandIn([chat_model("llama3.1", chat=script)], shape=Shape(token_ms=2)) as server:
        yield server


@pytest.fixture
def slang(sample_store: Path, embedder: EmbeddedEmbedder, ollama: StandIn, tmp_path: Path) -> Iterator[Slang]:
    flags = {"store": sample_store, "engine": "ollama", "ollama_host": ollama.url, "check": "words"}
    settings = load_settings(flags, environ={}, cwd=tmp_path)
    with Slang(settings, embedder=embedder) as slang:
        yield slang


@pytest.fixture
def server(slang: Slang) -> Iterator[Served]:
    with served(slang, room=2) as running:
        yield running
