"""What is sent to a server, how often and how much of it at once."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from tests.integration.ollama.asking import QUESTION, ask
from tests.standin import Fault, Shape, StandIn, chat_model, embedding_model

from slangrag.engines.ollama import OllamaChat, OllamaEmbedder, OllamaServer
from slangrag.engines.ollama.host import parse_host
from slangrag.engines.protocols import ChatOptions, ChatUsage, EmbedderIdentity
from slangrag.errors import EngineReply, TextRejected


def test_num_ctx_truncate_shift_think_and_keep_alive_are_always_sent(
    standin: StandIn, server: OllamaServer
) -> None:
    """Left out, the server cuts prompts in silence, reloads the model or evicts it."""
    ask(server)
    body = standin.calls("/api/chat")[-1].body
    assert body["options"]["num_ctx"] == ChatOptions().num_ctx
    assert body["truncate"] is False
    assert body["shift"] is False
    assert body["think"] is False
    assert body["keep_alive"] == "10m"
    assert "stop" not in body["options"]
    OllamaEmbedder(server).embed_documents(["a"])
    assert all(call.body["keep_alive"] == "10m" for call in standin.calls("/api/embed"))


def test_how_to_write_goes_along_as_it_was_asked_for(standin: StandIn, server: OllamaServer) -> None:
    options = ChatOptions(num_ctx=2048, max_tokens=7, temperature=0.7, seed=11, stop=("###",))
    list(OllamaChat(server).stream(QUESTION, options))
    assert standin.calls("/api/chat")[-1].body["options"] == {
        "num_ctx": 2048, "num_predict": 7, "temperature": 0.7, "seed": 11, "stop": ["###"],
    }  # fmt: skip
    list(OllamaChat(server).stream(QUESTION, ChatOptions(seed=None)))
    assert "seed" not in standin.calls("/api/chat")[-1].body["options"], "chance is the server's own then"


def test_the_users_options_go_along_and_never_replace_what_is_said_by_the_settings(
    standin: StandIn, server: OllamaServer
) -> None:
    given = {"num_gpu": 20, "top_p": 0.9, "num_ctx": 1, "num_predict": 1}
    list(OllamaChat(server, options=given).stream(QUESTION, ChatOptions(max_tokens=7, temperature=0.7)))
    assert standin.calls("/api/chat")[-1].body["options"] == {
        "num_gpu": 20, "top_p": 0.9, "num_ctx": 4096, "num_predict": 7, "temperature": 0.7, "seed": 0,
    }  # fmt: skip


def test_an_option_of_another_type_is_named(server: OllamaServer) -> None:
    with pytest.raises(EngineReply, match="this value of top_k: it must be of type integer") as caught:
        list(OllamaChat(server, options={"top_k": "many"}).stream(QUESTION, ChatOptions()))
    assert "--option top_k" in caught.value.hint


def test_the_time_that_loading_took_is_told_in_milliseconds() -> None:
    with StandIn([chat_model("llama3.1")], shape=Shape(load_ms=80)) as standin:
        usage = ChatUsage()
        list(OllamaChat(OllamaServer(parse_host(standin.url))).stream(QUESTION, ChatOptions(), usage))
    assert 80 <= usage.load_ms < 200


def test_no_request_is_so_large_that_its_time_cannot_be_bounded(
    standin: StandIn, server: OllamaServer
) -> None:
    embedder = OllamaEmbedder(server)
    embedder.embed_documents([f"word {number}" for number in range(150)])
    assert [len(call.body["input"]) for call in standin.calls("/api/embed")][-2:] == [128, 22]
    embedder.embed_documents(["x" * 10_000] * 13)
    assert [len(call.body["input"]) for call in standin.calls("/api/embed")][-3:] == [6, 6, 1]


def test_a_long_question_is_cut_and_answered_all_the_same(standin: StandIn, server: OllamaServer) -> None:
    assert OllamaEmbedder(server).embed_query("why " * 500).shape == (64,)


def test_a_text_that_the_server_refuses_though_it_may_cut_it_is_shortened(
    standin: StandIn, server: OllamaServer
) -> None:
    """0.24 does so where its own cut comes out longer when it is read anew: the row would be lost."""
    refusal = "the input length exceeds the context length"
    embedder = OllamaEmbedder(server)
    assert embedder.identity.dimension == 64
    standin.fail(Fault("error", path="/api/embed", text="why", times=3, status=400, message=refusal))
    assert embedder.embed_documents(["why " * 100]).shape == (1, 64)
    lengths = [len(call.body["input"][0]) for call in standin.calls("/api/embed") if call.body["input"]]
    assert lengths[-3:] == [400, 350, 306]
    standin.fail(Fault("error", path="/api/embed", text="what", status=400, message=refusal))
    with pytest.raises(TextRejected):
        embedder.embed_query("what is it")


def test_vectors_of_another_length_are_brought_to_length_one() -> None:
    """Servers of before 2025 did not do it, and scores are compared with a floor."""
    model = embedding_model("nomic-embed-text", dimension=2, embed=lambda texts: [[3.0, 4.0] for _ in texts])
    with StandIn([model]) as standin:
        embedder = OllamaEmbedder(OllamaServer(parse_host(standin.url)))
        assert np.allclose(embedder.embed_documents(["a", "b"]), [[0.6, 0.8]] * 2)
        assert np.allclose(embedder.embed_query("a"), [0.6, 0.8])


def test_a_question_costs_one_request_and_its_vector_one_more(standin: StandIn, server: OllamaServer) -> None:
    identity = EmbedderIdentity("ollama", "nomic-embed-text", "", 64, query_template="search_query: {text}")
    OllamaEmbedder(server, remembered=identity).embed_query("to throw")
    ask(server)
    assert [request.path for request in standin.requests] == ["/api/embed", "/api/chat"]
    assert standin.requests[0].body["input"] == ["search_query: to throw"]


def test_a_model_that_was_replaced_under_its_name_is_noticed(standin: StandIn, server: OllamaServer) -> None:
    old = EmbedderIdentity("ollama", "nomic-embed-text", "", 768)
    with pytest.raises(EngineReply, match="64 numbers instead of 768"):
        OllamaEmbedder(server, remembered=old).embed_query("to throw")


def test_a_long_text_does_not_cost_its_neighbours_twice(standin: StandIn, server: OllamaServer) -> None:
    embedder = OllamaEmbedder(server)
    texts = [f"text {number}" for number in range(63)] + ["long " * 200]
    first = embedder.embed_documents(texts)
    standin.requests.clear()
    again = embedder.embed_documents(texts)
    assert np.array_equal(first, again)
    assert embedder.truncated == 2
    sent = [
        (len(call.body["input"]), call.body["truncate"], call.status) for call in standin.calls("/api/embed")
    ]
    assert sent == [(63, False, 200), (1, False, 400), (1, True, 200)]


def test_embedding_from_several_threads_mixes_nothing_up(standin: StandIn, server: OllamaServer) -> None:
    embedder = OllamaEmbedder(server)
    texts = [[f"thread {thread} text {number}" for number in range(30)] for thread in range(4)]
    alone = [embedder.embed_documents(own) for own in texts]
    results = list(reversed(alone))

    def work(place: int) -> None:
        results[place] = embedder.embed_documents(texts[place])

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(got, wanted) for got, wanted in zip(results, alone, strict=True))


def test_a_key_goes_to_the_server_by_both_ways(
    standin: StandIn, server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "not-a-real-key")
    server.version()
    server.models()
    sent = [{name.lower(): value for name, value in call.headers.items()} for call in standin.requests]
    assert [headers["authorization"] for headers in sent] == ["Bearer not-a-real-key"] * 2
