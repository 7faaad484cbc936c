"""What is dear to make and made once, for every folder: the real small models, a store of the sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from slangrag import ingest
from slangrag.config import Settings, load_settings
from slangrag.engines.embedded.catalogue import MINILM, SMOLLM2
from slangrag.engines.embedded.chat import EmbeddedChat
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.engines.embedded.weights import obtain_model


@pytest.fixture(scope="session")
def small_models() -> Settings:
    """Settings under which the embedded engine's weights lie verified; one thread, 2,048 tokens."""
    settings = replace(load_settings(), threads=1, num_ctx=2048)
    for model in (MINILM, SMOLLM2):
        obtain_model(model, settings.cache, fetch=True)
    return settings


@pytest.fixture(scope="session")
def embedder(small_models: Settings) -> EmbeddedEmbedder:
    """The real embedder."""
    return EmbeddedEmbedder(small_models)


@pytest.fixture(scope="session")
def chat(small_models: Settings) -> Iterator[EmbeddedChat]:
    """The real chat model, loaded. Not to be closed by a test."""
    model = EmbeddedChat(small_models)
    yield model
    model.close()


@pytest.fixture(scope="session")
def sample_store(root: Path, embedder: EmbeddedEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as a store, by the road that `slangrag ingest --sample` takes. Not to be written to."""
    store = tmp_path_factory.mktemp("sample") / "store"
    ingest.run(ingest.IngestPlan(root / "data" / "sample_slang.csv", store), embedder)
    return store
