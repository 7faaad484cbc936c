"""Every way in which a server can fail ends in the right error, soon, with nothing left open."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from tests.standin import Fault, Shape, StandIn, chat_model, embedding_model
from tests.standin.faults import Kind

from slangrag.engines.ollama import OllamaChat, OllamaEmbedder, OllamaServer
from slangrag.engines.ollama.host import parse_host
from slangrag.engines.protocols import ChatOptions, ChatUsage, EmbedderIdentity, Message
from slangrag.errors import (
    ContextOverflow,
    EngineBusy,
    EngineError,
    EngineReply,
    EngineTimeout,
    EngineUnreachable,
    ModelMissing,
    TextRejected,
)

QUESTION = [Message("user", "What does yeet mean?")]

AT_THE_DOOR: list[tuple[Kind, type[EngineError]]] = [
    ("error", EngineReply),
    ("busy", EngineBusy),
    ("html", EngineReply),
    ("forbidden", EngineReply),
    ("close", EngineUnreachable),
    ("reset", EngineUnreachable),
    ("hang", EngineTimeout),
    ("slow", EngineTimeout),
]
"""Faults that strike before a word of the reply, whatever was asked."""


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


def ask(server: OllamaServer, usage: ChatUsage | None = None) -> str:
    return "".join(OllamaChat(server).stream(QUESTION, ChatOptions(), usage))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        *AT_THE_DOOR,
        ("truncated", EngineReply),
        ("mid_stream_error", EngineReply),
        ("no_done", EngineReply),
        ("killed", EngineReply),
        ("stall", EngineTimeout),
    ],
)
def test_a_failing_answer_is_never_taken_for_a_whole_one(
    standin: StandIn, server: OllamaServer, kind: Kind, expected: type[EngineError]
) -> None:
    standin.fail(Fault(kind, path="/api/chat", times=1))
    started = time.perf_counter()
    with pytest.raises(EngineError) as failed:
        ask(server)
    assert type(failed.value) is expected
    assert failed.value.hint
    assert time.perf_counter() - started < 5
    assert ask(server), "the next question finds the server as before"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        *AT_THE_DOOR,
        ("truncated", EngineUnreachable),
        ("wrong_count", EngineReply),
        ("nan", TextRejected),
        ("zero", TextRejected),
        ("wrong_dimension", EngineReply),
    ],
)
@pytest.mark.parametrize("way", ["documents", "query"])
def test_a_failing_embedding_is_never_stored(
    standin: StandIn, server: OllamaServer, way: str, kind: Kind, expected: type[EngineError]
) -> None:
    embedder = OllamaEmbedder(server)
    assert embedder.identity.dimension == 64
    standin.fail(Fault(kind, path="/api/embed", times=1))
    with pytest.raises(EngineError) as failed:
        _ = embedder.embed_documents(["a", "b"]) if way == "documents" else embedder.embed_query("a")
    assert type(failed.value) is expected
    assert failed.value.hint
    assert embedder.embed_documents(["a", "b"]).shape == (2, 64)


def test_a_model_that_is_slow_to_load_is_waited_for_longer_than_a_connection(standin: StandIn) -> None:
    standin.fail(Fault("slow", path="/api/chat", seconds=0.5))
    assert ask(OllamaServer(parse_host(standin.url), connect_timeout=0.2, read_timeout=10.0))


def test_a_server_that_is_down_is_said_at_once_with_what_to_start() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server = OllamaServer(parse_host(f"127.0.0.1:{unused.getsockname()[1]}"))
        assert not server.answers()
        calls: list[Callable[[], object]] = [
            lambda: ask(server),
            lambda: OllamaEmbedder(server).identity,
            lambda: server.models(),
            lambda: list(server.pull("llama3.1")),
        ]
        for call in calls:
            started = time.perf_counter()
            with pytest.raises(
                EngineUnreachable, match=r"does not answer at \S+ \(connection refused\)$"
            ) as down:
                call()
            assert "ollama serve" in down.value.hint
            assert time.perf_counter() - started < 3, "no retries on the way of a question"
        server.close()


def test_a_host_that_does_not_exist_is_unreachable_and_no_traceback() -> None:
    server = OllamaServer(parse_host("no-such-host.invalid"))
    with pytest.raises(EngineUnreachable):
        ask(server)
    with pytest.raises(EngineUnreachable):
        server.models()
    server.close()


@pytest.mark.parametrize(
    "greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi!"]
)
def test_something_else_that_listens_there_is_not_taken_for_ollama(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            for _ in range(2):
                connection, _ = listener.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(greeting)

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        server = OllamaServer(parse_host(f"127.0.0.1:{listener.getsockname()[1]}"), read_timeout=2.0)
        assert not server.answers()
        with pytest.raises(EngineError) as wrong:
            ask(server)
        assert type(wrong.value) is EngineReply
        thread.join(5)


def test_the_probe_of_engine_auto_is_quick_even_where_a_server_hangs(
    standin: StandIn, server: OllamaServer
) -> None:
    standin.fail(Fault("hang", path="/api/version"))
    started = time.perf_counter()
    assert not server.answers(timeout=0.2)
    assert time.perf_counter() - started < 1


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


def test_abandoning_an_answer_stops_the_server_from_writing_it() -> None:
    with StandIn([chat_model("llama3.1")], shape=Shape(token_ms=20)) as standin:
        server = OllamaServer(parse_host(standin.url))
        answer = OllamaChat(server).stream(QUESTION, ChatOptions())
        next(answer)
        answer.close()  # type: ignore[attr-defined]
        deadline = time.time() + 3
        while not standin.requests[-1].cancelled and time.time() < deadline:
            time.sleep(0.02)
        assert standin.requests[-1].cancelled


def test_a_server_too_old_to_refuse_a_long_prompt_is_found_out() -> None:
    """Its count of the prompt gives it away: either the whole context, or far less than was sent."""
    long = [Message("user", "word " * 3000)]
    for version, note in (("0.13.5", False), ("0.32.15", True)):
        with StandIn([chat_model("llama3.1")], version=version, heeds_truncate=False) as standin:
            server = OllamaServer(parse_host(standin.url))
            usage = ChatUsage()
            stream = OllamaChat(server).stream(long, ChatOptions(num_ctx=512), usage)
            if note:
                list(stream)
                assert "cut it in silence" in usage.notes[-1]
            else:
                with pytest.raises(ContextOverflow):
                    list(stream)


@pytest.mark.parametrize("text", ["<think>Yeet, hm.</think>To throw.", "To throw."])
def test_thinking_is_never_part_of_the_answer(text: str) -> None:
    pieces = [text[start : start + 3] for start in range(0, len(text), 3)]
    with StandIn([chat_model("llama3.1", chat=lambda messages, options: pieces)]) as standin:
        assert ask(OllamaServer(parse_host(standin.url))) == "To throw."


def test_a_thinking_model_is_told_not_to() -> None:
    model = chat_model("qwen3", chat=lambda messages, options: ["Thrown."], thoughts=("Hm", " hm"))
    with StandIn([model]) as standin:
        usage = ChatUsage()
        chat = OllamaChat(OllamaServer(parse_host(standin.url)), "qwen3")
        assert list(chat.stream(QUESTION, ChatOptions(), usage)) == ["Thrown."]
        assert usage.answer_tokens == 1


def test_thinking_without_an_opening_tag_is_kept_back_where_the_name_warns_of_it() -> None:
    model = chat_model("deepseek-r1:7b", chat=lambda messages, options: ["Hm", ", yeet?</think>", " Thrown."])
    with StandIn([model]) as standin:
        chat, usage = OllamaChat(OllamaServer(parse_host(standin.url)), "deepseek-r1:7b"), ChatUsage()
        assert list(chat.stream(QUESTION, ChatOptions(), usage)) == ["Thrown."]
        assert usage.notes == []


def test_a_model_that_thought_aloud_once_is_said_to_and_waited_for_from_then_on() -> None:
    model = chat_model("llama3.1", chat=lambda messages, options: ["Hm", ", yeet?</think>", "Thrown."])
    with StandIn([model]) as standin:
        chat, usage = OllamaChat(OllamaServer(parse_host(standin.url))), ChatUsage()
        assert list(chat.stream(QUESTION, ChatOptions(), usage)) == ["Hm", ", yeet?</think>", "Thrown."]
        assert usage.notes == ["llama3.1 thought aloud: what stands before </think> is no part of its answer"]
        assert list(chat.stream(QUESTION, ChatOptions())) == ["Thrown."]


@pytest.mark.parametrize(
    ("name", "pieces", "thoughts"),
    [
        ("llama3.1", ["<think>", "hm", " hm"], ()),
        ("qwq", ["hm", " hm</think>"], ()),
        ("gpt-oss", [], ("hm", " hm")),
    ],
)
def test_an_answer_that_was_all_thinking_says_so(
    name: str, pieces: list[str], thoughts: tuple[str, ...]
) -> None:
    model = chat_model(name, chat=lambda messages, options: pieces, thoughts=thoughts)
    with StandIn([model]) as standin:
        usage = ChatUsage()
        chat = OllamaChat(OllamaServer(parse_host(standin.url)), name)
        assert list(chat.stream(QUESTION, ChatOptions(), usage)) == []
        assert "on thinking" in usage.notes[-1]


def test_a_full_queue_is_busy_and_not_broken() -> None:
    with StandIn([chat_model("llama3.1")], max_queue=1, shape=Shape(token_ms=30)) as standin:
        server = OllamaServer(parse_host(standin.url))
        running = OllamaChat(server).stream(QUESTION, ChatOptions())
        next(running)
        with pytest.raises(EngineBusy):
            ask(server)
        running.close()  # type: ignore[attr-defined]


def test_a_proxy_is_never_asked_for_this_machine(
    standin: StandIn, server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert server.version()
    assert server.models()


def test_a_proxy_is_asked_for_another_machine_unless_it_is_exempt(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ollama's own command does. The stand-in plays the proxy: it is sent the whole URL."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", standin.url)
    server = OllamaServer(parse_host("http://gpu17.cluster.invalid:11434"), connect_timeout=2.0)
    with pytest.raises(EngineReply):
        server.version()
    assert standin.requests[-1].path == "http://gpu17.cluster.invalid:11434/api/version"
    monkeypatch.setenv("no_proxy", ".cluster.invalid")
    with pytest.raises(EngineUnreachable):
        server.version()


def test_a_key_goes_to_the_server_by_both_ways(
    standin: StandIn, server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_API_KEY", "not-a-real-key")
    server.version()
    server.models()
    sent = [{name.lower(): value for name, value in call.headers.items()} for call in standin.requests]
    assert [headers["authorization"] for headers in sent] == ["Bearer not-a-real-key"] * 2


@pytest.mark.parametrize("ask_for", ["version", "models"])
def test_a_server_that_sends_callers_elsewhere_is_not_followed(standin: StandIn, ask_for: str) -> None:
    """The key would go along."""
    head = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {standin.url}/api/tags\r\n"
    elsewhere = f"{head}Content-Length: 0\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def send_away() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(elsewhere.encode())

        thread = threading.Thread(target=send_away, daemon=True)
        thread.start()
        server = OllamaServer(parse_host(f"127.0.0.1:{listener.getsockname()[1]}"), read_timeout=2.0)
        with pytest.raises(EngineReply, match="elsewhere"):
            getattr(server, ask_for)()
        server.close()
        thread.join(5)
    assert standin.requests == []


def test_a_server_behind_a_path_is_called_there(standin: StandIn) -> None:
    server = OllamaServer(parse_host(f"{standin.url}/ollama/"))
    with pytest.raises(EngineReply, match="not Ollama"):
        server.version()
    assert standin.requests[-1].path == "/ollama/api/version"


def test_pulling_shows_progress_and_ends_with_success(standin: StandIn, server: OllamaServer) -> None:
    steps = list(server.pull("all-minilm"))
    assert steps[-1].status == "success"
    assert any(0 < step.completed <= step.total for step in steps)
    assert server.model("all-minilm").name == "all-minilm:latest"


@pytest.mark.parametrize(
    ("name", "offline", "expected"),
    [("no-such-model", False, ModelMissing), ("all-minilm", True, EngineUnreachable)],
)
def test_a_pull_that_fails_under_status_200_is_no_success(
    name: str, offline: bool, expected: type[EngineError]
) -> None:
    with StandIn(offline=offline) as standin:
        server = OllamaServer(parse_host(standin.url))
        with pytest.raises(EngineError) as failed:
            list(server.pull(name))
        assert type(failed.value) is expected


def test_a_pull_that_breaks_off_is_no_success(standin: StandIn, server: OllamaServer) -> None:
    standin.fail(Fault("no_done", path="/api/pull"))
    with pytest.raises(EngineReply, match="broke off"):
        list(server.pull("all-minilm"))
