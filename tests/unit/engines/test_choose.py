"""Which engine is taken, and that nobody is switched to another one in silence."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from slangrag.config import Settings, load_settings
from slangrag.engines import choose
from slangrag.engines.choose import PROVIDERS, choose_chat, choose_embedder, is_gguf_path, split_provider
from slangrag.engines.protocols import EmbedderIdentity
from slangrag.errors import EngineUnreachable, ModelMissing, ModelUnfit, StoreMismatch, WeightsError


class _Ollama(BaseHTTPRequestHandler):
    """As much of Ollama as choosing needs: that it answers, and its models' digests."""

    digest: ClassVar[str] = "a" * 64

    def do_GET(self) -> None:
        reply = {
            "/api/version": {"version": "0.32.15"},
            "/api/tags": {
                "models": [
                    {
                        "name": "nomic-embed-text:latest",
                        "model": "nomic-embed-text:latest",
                        "digest": self.digest,
                    }
                ]
            },
        }[self.path]
        body = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def with_ollama(tmp_path: Path) -> Iterator[Settings]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Ollama)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield replace(load_settings(), cache=tmp_path, ollama_host=f"127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def without_ollama(tmp_path: Path) -> Settings:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return replace(load_settings(), cache=tmp_path, ollama_host=f"127.0.0.1:{port}")


OF_OLLAMA = EmbedderIdentity("ollama", "nomic-embed-text", "a" * 64, 768)
OF_EMBEDDED = EmbedderIdentity("embedded", "all-minilm-l6-v2", "8199be6f699a", 384)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("openai:gpt-4o-mini", ("openai", "gpt-4o-mini")),
        ("google-genai:gemini-2.5-pro", ("google_genai", "gemini-2.5-pro")),
        ("OpenAI: gpt-4o", ("openai", "gpt-4o")),
        ("bedrock:anthropic.claude-3:0", ("bedrock", "anthropic.claude-3:0")),
        ("ollama:llama3.1:8b", ("ollama", "llama3.1:8b")),
        ("llama3.1:8b", None),
        ("deepseek-r1:7b", None),
        ("mistral:7b", None),
        ("command-r:35b", None),
        ("hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M", None),
        ("openai:", None),
        ("llama3.1", None),
        ("C:/models/llama.gguf", None),
    ],
)
def test_a_colon_means_a_provider_only_after_a_providers_name(
    name: str, expected: tuple[str, str] | None
) -> None:
    assert split_provider(name) == expected


def test_the_providers_are_langchains_own() -> None:
    from langchain.chat_models import base

    assert set(base._BUILTIN_PROVIDERS) == PROVIDERS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("models/llama.gguf", True),
        ("LLAMA.GGUF", True),
        ("llama3.1:8b", False),
        ("hf.co/user/repository:Model-Q4.gguf", False),
        ("user/model", False),
    ],
)
def test_a_file_is_told_from_a_name(name: str, expected: bool) -> None:
    assert is_gguf_path(name) is expected


def test_a_model_file_without_a_suffix_is_taken_for_what_it_is(
    tmp_path: Path, without_ollama: Settings
) -> None:
    """Ollama keeps its own GGUF files under names such as sha256-6a0746a1ec1a..."""
    blob = tmp_path / "sha256-6a0746a1ec1a"
    blob.write_bytes(b"not a model")
    with pytest.raises(ModelUnfit, match="not a GGUF file"):
        choose_chat(replace(without_ollama, chat_model=str(blob)))


def test_ollama_is_taken_where_it_answers_and_that_is_said(with_ollama: Settings) -> None:
    chat = choose_chat(with_ollama)
    assert (chat.model.identity.engine, chat.model.identity.model) == ("ollama", "llama3.1")
    assert "Ollama at http://127.0.0.1" in chat.note
    assert choose_embedder(with_ollama).note == chat.note


def test_without_ollama_the_embedded_engine_is_taken_and_that_is_said(without_ollama: Settings) -> None:
    assert choose.engine_for(without_ollama, None, "chat")[0] == "embedded"
    assert "no Ollama answers at" in choose.engine_for(without_ollama, None, "embed")[1]
    with pytest.raises(WeightsError):  # taken, and its weights are not in this empty cache
        choose_chat(without_ollama)


def test_a_named_model_is_never_replaced_by_a_smaller_one(without_ollama: Settings) -> None:
    with pytest.raises(EngineUnreachable, match=r"only Ollama can have .*llama3\.1:70b"):
        choose_chat(replace(without_ollama, chat_model="llama3.1:70b"))
    with pytest.raises(EngineUnreachable, match="'mxbai-embed-large'"):
        choose_embedder(replace(without_ollama, embed_model="mxbai-embed-large"))


def test_the_catalogues_own_names_need_no_engine_option(with_ollama: Settings) -> None:
    with pytest.raises(WeightsError):
        choose_chat(replace(with_ollama, chat_model="smollm2-135m-instruct"))
    with pytest.raises(WeightsError):
        choose_embedder(replace(with_ollama, embed_model="all-minilm-l6-v2"))


def test_with_neither_engine_both_ways_out_are_named(
    without_ollama: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "EMBEDDED_PACKAGES", ("no_such_package_anywhere",))
    with pytest.raises(EngineUnreachable, match="not installed") as caught:
        choose_chat(without_ollama)
    assert "ollama serve" in caught.value.hint
    assert "slangrag[embedded]" in caught.value.hint


def test_a_named_engine_is_obeyed_without_looking_for_another(
    with_ollama: Settings, without_ollama: Settings
) -> None:
    with pytest.raises(WeightsError):
        choose_chat(replace(with_ollama, engine="embedded"))
    taken = choose_chat(replace(without_ollama, engine="ollama", chat_model="qwen3:8b"))
    assert (taken.model.identity.engine, taken.model.identity.model, taken.note) == ("ollama", "qwen3:8b", "")


def test_a_providers_model_is_asked_through_langchain_whatever_embeds(without_ollama: Settings) -> None:
    for engine in ("auto", "ollama", "embedded"):
        chat = choose_chat(replace(without_ollama, engine=engine, chat_model="openai:gpt-4o-mini"))
        assert (chat.model.identity.engine, chat.model.identity.model) == ("langchain", "openai:gpt-4o-mini")


def test_langchains_name_for_ollama_means_ollama_itself(without_ollama: Settings) -> None:
    chat = choose_chat(replace(without_ollama, chat_model="ollama:llama3.1:8b"))
    assert (chat.model.identity.engine, chat.model.identity.model) == ("ollama", "llama3.1:8b")


def test_a_store_made_with_ollama_gets_its_own_embedder(with_ollama: Settings) -> None:
    for engine in ("auto", "embedded", "ollama"):
        chosen = choose_embedder(replace(with_ollama, engine=engine), stored=OF_OLLAMA)
        assert chosen.model.identity == OF_OLLAMA


def test_a_store_made_with_ollama_is_never_asked_with_other_vectors(without_ollama: Settings) -> None:
    with pytest.raises(EngineUnreachable, match="nomic-embed-text") as caught:
        choose_embedder(without_ollama, stored=OF_OLLAMA)
    assert "embedded" in caught.value.message
    assert "ollama serve" in caught.value.hint


def test_a_store_made_with_the_embedded_engine_stays_with_it(with_ollama: Settings) -> None:
    for engine in ("auto", "ollama"):
        with pytest.raises(WeightsError, match="all-minilm-l6-v2"):
            choose_embedder(replace(with_ollama, engine=engine), stored=OF_EMBEDDED)


def test_a_model_pulled_anew_under_the_same_name_is_noticed(with_ollama: Settings) -> None:
    with pytest.raises(StoreMismatch, match="bbbbbbbbbbbb"):
        choose_embedder(with_ollama, stored=replace(OF_OLLAMA, digest="b" * 64))


def test_a_store_without_a_digest_is_taken_at_its_word(with_ollama: Settings) -> None:
    stored = replace(OF_OLLAMA, digest="")
    assert choose_embedder(with_ollama, stored=stored).model.identity == stored


def test_a_server_that_gives_no_digest_is_not_taken_for_another_model(
    with_ollama: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Ollama, "digest", "")
    assert choose_embedder(with_ollama, stored=OF_OLLAMA).model.identity == OF_OLLAMA


def test_a_server_that_hangs_holds_up_the_choice_for_no_longer_than_the_probe(
    without_ollama: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "PROBE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = replace(without_ollama, ollama_host=f"127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        assert choose.engine_for(settings, None, "chat")[0] == "embedded"
        assert time.monotonic() - started < settings.connect_timeout / 2


def test_a_model_that_was_removed_since_is_named(with_ollama: Settings) -> None:
    with pytest.raises(ModelMissing, match="mxbai-embed-large"):
        choose_embedder(with_ollama, stored=replace(OF_OLLAMA, model="mxbai-embed-large"))


def test_another_embedding_model_than_the_stores_is_refused_with_both_names(with_ollama: Settings) -> None:
    with pytest.raises(StoreMismatch, match="nomic-embed-text") as caught:
        choose_embedder(replace(with_ollama, embed_model="mxbai-embed-large"), stored=OF_OLLAMA)
    assert "mxbai-embed-large" in caught.value.message
    assert "leave out --embed-model" in caught.value.hint
    assert "--store DIR" in caught.value.hint


def test_the_stores_own_model_may_be_named_in_full(with_ollama: Settings) -> None:
    chosen = choose_embedder(replace(with_ollama, embed_model="nomic-embed-text:latest"), stored=OF_OLLAMA)
    assert chosen.model.identity == OF_OLLAMA
