"""Names of models: their prefixes, their sizes, and when two are the same."""

from __future__ import annotations

import pytest

from slangrag.engines.ollama.capability import looks_capable
from slangrag.engines.ollama.models import canonical_name, same_model
from slangrag.engines.ollama.prefixes import PLAIN_DOCUMENT, PLAIN_QUERY, templates_for
from slangrag.engines.ollama.server import parse_keep_alive
from slangrag.errors import ConfigError

PLAIN = "yeet: to throw"
NOMIC = ("search_document: yeet: to throw", "search_query: to throw?")
SENTENCE = "Represent this sentence for searching relevant passages: to throw?"


@pytest.mark.parametrize(
    ("model", "document", "query"),
    [
        ("nomic-embed-text", *NOMIC),
        ("nomic-embed-text:latest", *NOMIC),
        ("Nomic-Embed-Text:v1.5", *NOMIC),
        ("hf.co/nomic-ai/nomic-embed-text-v1.5-GGUF:Q8_0", *NOMIC),
        ("mxbai-embed-large:335m", PLAIN, SENTENCE),
        ("embeddinggemma:300m", "title: yeet | text: to throw", "task: search result | query: to throw?"),
        ("all-minilm", PLAIN, "to throw?"),
        ("bge-m3", PLAIN, "to throw?"),
        ("bge-large:335m", PLAIN, SENTENCE),
        ("jeffh/intfloat-multilingual-e5-large:f16", "passage: yeet: to throw", "query: to throw?"),
        ("e5-small-v2", "passage: yeet: to throw", "query: to throw?"),
        ("snowflake-arctic-embed:22m", PLAIN, SENTENCE),
        ("snowflake-arctic-embed2", PLAIN, "query: to throw?"),
        ("granite-embedding:30m", PLAIN, "to throw?"),
        ("paraphrase-multilingual", PLAIN, "to throw?"),
        ("somebody/unheard-of:7b", PLAIN, "to throw?"),
    ],
)
def test_each_model_gets_the_prefixes_that_it_was_trained_with(model: str, document: str, query: str) -> None:
    templates = templates_for(model)
    assert templates.document.replace("{word}", "yeet").replace("{definition}", "to throw") == document
    assert templates.query.replace("{text}", "to throw?") == query


def test_qwen_is_told_the_task_before_the_question_and_nothing_before_an_entry() -> None:
    templates = templates_for("qwen3-embedding:0.6b")
    assert templates.document == PLAIN_DOCUMENT
    assert templates.query.startswith("Instruct: ")
    assert templates.query.endswith(f"\nQuery:{PLAIN_QUERY}")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("llama3.1", "llama3.1:latest", True),
        ("Llama3.1", "llama3.1", True),
        ("library/llama3.1", "llama3.1:latest", True),
        ("registry.ollama.ai/library/llama3.1", "llama3.1", True),
        ("llama3.1:8b", "llama3.1", False),
        ("me/llama3.1", "llama3.1", False),
    ],
)
def test_two_spellings_of_a_model_are_the_same_store(one: str, other: str, same: bool) -> None:
    assert same_model(one, other) is same
    assert (canonical_name(one).lower() == canonical_name(other).lower()) is same


@pytest.mark.parametrize(
    ("model", "capable"),
    [
        ("llama3.1", True),
        ("llama3.1:8b-instruct-q4_K_M", True),
        ("llama3.2:1b", False),
        ("llama3.2:3b", True),
        ("smollm2:135m", False),
        ("smollm2:1.7b", True),
        ("qwen2.5:0.5b-instruct", False),
        ("gemma3:270m", False),
        ("mixtral:8x7b", True),
        ("tinyllama", False),
        ("hf.co/unsloth/Llama-3.2-1B-Instruct-GGUF:Q4_K_M", False),
        ("my-own-model", True),
    ],
)
def test_a_tiny_model_is_known_by_its_name_without_a_request(model: str, capable: bool) -> None:
    assert looks_capable(model) is capable


@pytest.mark.parametrize(
    ("text", "sent"),
    [("10m", "10m"), ("-1m", "-1m"), ("1h30m", "1h30m"), ("-1", -1), ("300", 300), ("1.5", 1.5), ("0", 0)],
)
def test_keep_alive_goes_out_in_the_form_that_every_version_takes(text: str, sent: float | str) -> None:
    assert parse_keep_alive(text) == sent
    assert type(parse_keep_alive(text)) is type(sent)


@pytest.mark.parametrize("text", ["soon", "10 minutes", "true"])
def test_a_keep_alive_that_ollama_would_refuse_is_refused_before_it_is_sent(text: str) -> None:
    with pytest.raises(ConfigError, match="keep_alive"):
        parse_keep_alive(text)


def test_prefixes_of_the_users_own_stand_in_the_place_of_the_familys() -> None:
    templates = templates_for("nomic-embed-text", query_prefix="ask: ", document_prefix="")
    assert templates.query == "ask: {text}"
    assert templates.document == PLAIN_DOCUMENT
