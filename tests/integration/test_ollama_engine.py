"""The engine against whatever speaks Ollama's protocol: the stand-in in two versions, and a real server.

The real one is used where one answers at OLLAMA_HOST and has a model for the purpose (the smallest is
taken); the summary names what was skipped otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from tests.standin import StandIn, chat_model, embedding_model
from tests.standin.wording import NEW, OLD

from slangrag.config import load_settings
from slangrag.engines.ollama import OllamaChat, OllamaEmbedder, OllamaServer, connect
from slangrag.engines.protocols import ChatModel, ChatOptions, ChatUsage, Embedder, Message
from slangrag.errors import ContextOverflow, ModelMissing, ModelUnfit, TextRejected

REAL_HOST = os.environ.get("OLLAMA_HOST", "")


@dataclass(frozen=True)
class Place:
    """A server under test, and its models."""

    server: OllamaServer
    embed_model: str
    chat_model: str


def open_server(host: str) -> OllamaServer:
    return connect(load_settings({"ollama_host": host}, environ={"SLANGRAG_READ_TIMEOUT": "60"}))


def smallest(server: OllamaServer, capability: str) -> str:
    able = [m for m in server.models() if capability in server.show(m.name).capabilities]
    if not able:
        pytest.skip(f"the Ollama at OLLAMA_HOST has no model for {capability}")
    return min(able, key=lambda model: model.size).name


def real_server_answers() -> bool:
    server = open_server(REAL_HOST)
    return server.answers(timeout=0.5)


PLACES = [NEW, OLD, "real"] if real_server_answers() else [NEW, OLD]


def test_the_tests_of_this_file_ran_against_a_real_server_too() -> None:
    if "real" not in PLACES:
        pytest.skip("no Ollama answers at OLLAMA_HOST: the engine was tested against the stand-in only")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "real":
        server = open_server(REAL_HOST)
        yield Place(server, smallest(server, "embedding"), smallest(server, "completion"))
        server.close()
        return
    models = [embedding_model("nomic-embed-text", dimension=768), chat_model("llama3.1")]
    with StandIn(models, version=request.param) as standin:
        server = open_server(standin.url)
        yield Place(server, "nomic-embed-text", "llama3.1")
        server.close()


QUESTION = [Message("system", "Answer briefly."), Message("user", "What does yeet mean?")]


def test_the_server_tells_what_a_doctor_asks(place: Place) -> None:
    assert place.server.answers()
    assert place.server.version()[0].isdigit()
    names = {model.name for model in place.server.models()}
    assert len(names) >= 2
    assert all(len(model.digest) == 64 and model.size > 0 for model in place.server.models())
    assert all(place.server.digest(model.name) == model.digest for model in place.server.models())
    card = place.server.show(place.chat_model)
    assert "completion" in card.capabilities
    assert card.context_length >= 2048


def test_what_is_in_memory_is_told_with_its_context(place: Place) -> None:
    list(OllamaChat(place.server, place.chat_model).stream(QUESTION, ChatOptions(num_ctx=2048, max_tokens=2)))
    held = {model.name: model for model in place.server.loaded()}
    name = place.server.model(place.chat_model).name
    assert held[name].context_length == 2048
    assert held[name].expires_at


def test_vectors_are_unit_length_in_order_and_nearer_for_what_is_alike(place: Place) -> None:
    embedder = OllamaEmbedder(place.server, place.embed_model)
    assert isinstance(embedder, Embedder)
    texts = ["yeet: to throw something with force", "salty: bitter about a small loss", "yeet: to throw"]
    vectors = embedder.embed_documents(texts)
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, embedder.identity.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[1]
    assert np.allclose(embedder.embed_documents(texts[1:2])[0], vectors[1], atol=2e-2)
    query = embedder.embed_query("to throw something with force")
    assert query.shape == (embedder.identity.dimension,)
    assert vectors[0] @ query > vectors[1] @ query


def test_no_text_is_lost_however_many_there_are(place: Place) -> None:
    embedder = OllamaEmbedder(place.server, place.embed_model)
    texts = [f"word {number}" for number in range(150)]
    vectors = embedder.embed_documents(texts)
    assert vectors.shape[0] == 150
    assert np.allclose(vectors[140], embedder.embed_documents([texts[140]])[0], atol=2e-2)
    assert embedder.embed_documents([]).shape == (0, embedder.identity.dimension)


def test_a_definition_beyond_the_context_is_embedded_by_its_head_and_counted(place: Place) -> None:
    """Real definitions run to 32,396 characters; none may be lost, and none cut unseen."""
    embedder = OllamaEmbedder(place.server, place.embed_model)
    long_text = "yeet " * 40_000
    vectors = embedder.embed_documents(["short", long_text, "also short"])
    assert vectors.shape[0] == 3
    assert embedder.truncated == 1
    assert np.allclose(vectors[0], embedder.embed_documents(["short"])[0], atol=2e-2)


def test_half_a_surrogate_pair_is_rejected_and_not_sent_changed(place: Place) -> None:
    embedder = OllamaEmbedder(place.server, place.embed_model)
    with pytest.raises(TextRejected):
        embedder.embed_documents(["fine", "\ud83d"])
    with pytest.raises(TextRejected):
        embedder.embed_query("\ud83d")


def test_the_identity_names_the_model_its_digest_and_its_prefixes(place: Place) -> None:
    identity = OllamaEmbedder(place.server, place.embed_model).identity
    assert identity.engine == "ollama"
    assert not identity.model.endswith(":latest")
    assert identity.digest == place.server.model(place.embed_model).digest
    assert "{definition}" in identity.document_template


def test_an_answer_streams_to_its_end_and_is_accounted_for(place: Place) -> None:
    chat = OllamaChat(place.server, place.chat_model)
    assert isinstance(chat, ChatModel)
    usage = ChatUsage()
    pieces = list(chat.stream(QUESTION, ChatOptions(num_ctx=2048, max_tokens=60), usage))
    assert len(pieces) > 1
    assert usage.prompt_tokens > 0
    assert usage.answer_tokens > 0
    assert 0 < usage.first_token_ms <= usage.total_ms
    estimate = sum(chat.count_tokens(message.content) for message in QUESTION)
    assert usage.prompt_tokens <= estimate + 40


def test_an_answer_that_is_cut_at_its_limit_says_so(place: Place) -> None:
    usage = ChatUsage()
    list(
        OllamaChat(place.server, place.chat_model).stream(
            QUESTION, ChatOptions(num_ctx=2048, max_tokens=3), usage
        )
    )
    assert usage.answer_tokens == 3
    assert usage.notes == ["the answer was cut at 3 tokens"]


def test_a_prompt_that_does_not_fit_is_refused_and_never_cut_in_silence(place: Place) -> None:
    long = [*QUESTION, Message("user", "word " * 3000)]
    with pytest.raises(ContextOverflow) as refused:
        list(OllamaChat(place.server, place.chat_model).stream(long, ChatOptions(num_ctx=1024)))
    assert "SLANGRAG_NUM_CTX" in refused.value.hint


def test_a_model_that_is_not_pulled_is_named_with_the_command_that_fetches_it(place: Place) -> None:
    absent = "no-such-model-here"
    with pytest.raises(ModelMissing) as chat:
        list(OllamaChat(place.server, absent).stream(QUESTION, ChatOptions()))
    with pytest.raises(ModelMissing) as embed:
        _ = OllamaEmbedder(place.server, absent).identity
    with pytest.raises(ModelMissing) as shown:
        place.server.show(absent)
    with pytest.raises(ModelMissing) as listed:
        place.server.model(absent)
    assert {error.value.hint for error in (chat, embed, shown, listed)} == {f"ollama pull {absent}"}


def test_a_model_is_not_used_for_what_it_cannot_do(place: Place) -> None:
    """0.13.5 would embed with a chat model and say nothing."""
    with pytest.raises(ModelUnfit):
        list(OllamaChat(place.server, place.embed_model).stream(QUESTION, ChatOptions()))
    with pytest.raises(ModelUnfit):
        _ = OllamaEmbedder(place.server, place.chat_model).identity


def test_the_server_is_usable_at_once_after_an_answer_was_abandoned(place: Place) -> None:
    chat = OllamaChat(place.server, place.chat_model)
    answer = chat.stream(QUESTION, ChatOptions(num_ctx=2048))
    assert next(answer)
    answer.close()  # type: ignore[attr-defined]
    assert list(chat.stream(QUESTION, ChatOptions(num_ctx=2048, max_tokens=3)))


def test_a_closed_server_can_be_used_again(place: Place) -> None:
    assert place.server.models()
    place.server.close()
    assert place.server.models()
