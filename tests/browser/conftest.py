"""A browser, a server over the sample with a scripted capable model, and pages that are watched."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from slangrag.config import load_settings
from slangrag.engines.embedded.embedder import EmbeddedEmbedder
from slangrag.service.slang import Slang
from tests.browser import chromium
from tests.browser.scripted import Model, Script
from tests.browser.watched import WAIT_MS, Watched
from tests.serving import Served, served
from tests.standin import StandIn, chat_model


@pytest.fixture(scope="session", autouse=True)
def program() -> str:
    """The browser's program. First of all fixtures: without one nothing else is made."""
    if (program := chromium.found()) is None:
        pytest.skip(f"no browser is on PATH ({', '.join(chromium.NAMES)}): apt-get install chromium")
    return program


# Not the session's: while Playwright's loop runs in this thread, no other test could call asyncio.run.
@pytest.fixture(scope="package")
def browser(program: str) -> Iterator[Browser]:
    """One browser for all tests of this folder."""
    expect.set_options(timeout=WAIT_MS)
    with chromium.launched(program) as browser:
        yield browser


@pytest.fixture(scope="package")
def model() -> Model:
    return Model()


@pytest.fixture
def script(model: Model) -> Iterator[Script]:
    """What the model says in this test."""
    model.script = Script()
    yield model.script
    model.script.let_go.set()


@pytest.fixture(scope="package")
def ollama(model: Model) -> Iterator[StandIn]:
    with StandIn([chat_model("llama3.1", chat=model)]) as server:
        yield server


@pytest.fixture(scope="package")
def slang(sample_store: Path, embedder: EmbeddedEmbedder, ollama: StandIn) -> Iterator[Slang]:
    """The sample, answered by the scripted model."""
    flags = {"store": sample_store, "engine": "ollama", "ollama_host": ollama.url, "check": "words"}
    settings = load_settings(flags, environ={}, cwd=sample_store.parent)
    with Slang(settings, embedder=embedder) as slang:
        yield slang


@pytest.fixture(scope="package")
def server(slang: Slang) -> Iterator[Served]:
    with served(slang) as running:
        yield running


@pytest.fixture
def watched(
    browser: Browser, server: Served, script: Script, caplog: pytest.LogCaptureFixture
) -> Iterator[Watched]:
    """Pages over `server`; at the end none of them may have done what none may do, nor the server failed."""
    watched = Watched(browser, server.url)
    yield watched
    script.let_go.set()
    watched.close()
    assert watched.faults == []
    assert [one.getMessage() for one in caplog.get_records("call") if one.levelno >= logging.ERROR] == []


@pytest.fixture
def page(watched: Watched) -> Page:
    """The page at /, on a desktop, in light."""
    return watched.page()
