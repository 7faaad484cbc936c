"""A stand-in with two models, and a client for it that loses patience soon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.standin import StandIn, chat_model, embedding_model

from slangrag.engines.ollama import OllamaServer
from slangrag.engines.ollama.host import parse_host


@pytest.fixture
def standin() -> Iterator[StandIn]:
    models = [embedding_model("nomic-embed-text", dimension=64, context_length=100), chat_model("llama3.1")]
    with StandIn(models) as server:
        yield server


@pytest.fixture
def server(standin: StandIn) -> Iterator[OllamaServer]:
    one = OllamaServer(parse_host(standin.url), connect_timeout=1.0, read_timeout=0.5)
    yield one
    one.close()
