"""The command line as users meet it: stores made once, a stand-in for Ollama, a stranger's environment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.cli.harness import Slangrag, strangers_environment
from tests.standin import StandIn, chat_model, embedding_model


@pytest.fixture
def slangrag(tmp_path: Path) -> Slangrag:
    """The command in an empty folder: no store, no server, no settings."""
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    return Slangrag(strangers_environment(home), work)


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, ingested once with the real embedded engine. Not to be written to: see `own_store`."""
    return _ingested(tmp_path_factory, "sample", "--sample")


@pytest.fixture(scope="session")
def hostile_store(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The hostile definitions, ingested with the real embedded engine."""
    return _ingested(tmp_path_factory, "hostile", str(root / "tests/data/adversarial.csv"))


def _ingested(factory: pytest.TempPathFactory, name: str, what: str) -> Path:
    folder = factory.mktemp(name)
    (folder / "home").mkdir()
    run = Slangrag(strangers_environment(folder / "home"), folder)
    done = run("ingest", what, "--store", str(folder / "store"), "--engine", "embedded", timeout=240)
    assert done.code == 0, f"{done.err}\n(`make test` fetches the weights first: slangrag models pull)"
    return folder / "store"


@pytest.fixture
def own_store(sample_store: Path, tmp_path: Path) -> Path:
    """A copy of the sample's store, to be spoilt."""
    return Path(shutil.copytree(sample_store, tmp_path / "own-store"))


@pytest.fixture
def on_sample(slangrag: Slangrag, sample_store: Path) -> Slangrag:
    """The command with the sample's store in its environment."""
    return Slangrag(slangrag.environ, slangrag.cwd, {"SLANGRAG_STORE": str(sample_store)})


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A stand-in for Ollama with the two default models."""
    with StandIn([embedding_model("nomic-embed-text", dimension=64), chat_model("llama3.1")]) as standin:
        yield standin


@pytest.fixture
def with_ollama(on_sample: Slangrag, server: StandIn) -> Slangrag:
    """The command with the sample's store and Ollama's stand-in."""
    defaults = {**on_sample.defaults, "OLLAMA_HOST": server.url, "SLANGRAG_ENGINE": "ollama"}
    return Slangrag(on_sample.environ, on_sample.cwd, defaults)
