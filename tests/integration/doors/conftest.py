"""A store of the sample with the stand-in's vectors, its server and its slow model: no weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.standin import Shape, StandIn, chat_model, embedding_model

from slangrag import Slang, ingest
from slangrag.config import load_settings
from slangrag.engines.ollama import OllamaEmbedder, connect

EMBEDDER = embedding_model("nomic-embed-text", dimension=64)


@pytest.fixture(scope="session")
def sample_store(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, its vectors from the stand-in. Not to be written to."""
    store = tmp_path_factory.mktemp("doors") / "store"
    with StandIn([EMBEDDER]) as server:
        settings = replace(load_settings(environ={}), ollama_host=server.url)
        plan = ingest.IngestPlan(root / "data" / "sample_slang.csv", store)
        ingest.run(plan, OllamaEmbedder(connect(settings)))
    return store


@pytest.fixture
def standin() -> Iterator[StandIn]:
    """Ollama's stand-in with a model that explains, or rather quotes."""
    with StandIn([EMBEDDER, chat_model("llama3.1")]) as server:
        yield server


@pytest.fixture
def slow() -> Iterator[StandIn]:
    """The same, but the model says a word every 50 ms and does not stop for half a minute."""

    def chatter(_: object, __: dict[str, Any]) -> Iterator[str]:
        for n in range(600):
            yield f" word{n}"

    with StandIn([EMBEDDER, chat_model("llama3.1", chat=chatter)], shape=Shape(token_ms=50)) as server:
        yield server


@pytest.fixture
def slang(sample_store: Path, standin: StandIn) -> Iterator[Slang]:
    """The facade over that store and its stand-in."""
    with Slang.open(sample_store, engine="ollama", ollama_host=standin.url) as slang:
        yield slang


@pytest.fixture
def slow_slang(sample_store: Path, slow: StandIn) -> Iterator[Slang]:
    """The facade over that store and the slow model."""
    with Slang.open(sample_store, engine="ollama", ollama_host=slow.url, max_tokens=1000) as slang:
        yield slang
