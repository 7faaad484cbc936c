"""Every way in which a server can fail ends in the right error, soon, with nothing left open."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest
from tests.integration.ollama.asking import QUESTION, ask
from tests.standin import Fault, Shape, StandIn, chat_model
from tests.standin.faults import Kind

from slangrag.engines.ollama import OllamaChat, OllamaEmbedder, OllamaServer
from slangrag.engines.ollama.host import parse_host
from slangrag.engines.protocols import ChatOptions, ChatUsage, Message
from slangrag.errors import (
    ContextOverflow,
    EngineBusy,
    EngineError,
    EngineReply,
    EngineTimeout,
    EngineUnreachable,
    TextRejected,
)

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


def test_a_full_queue_is_busy_and_not_broken() -> None:
    with StandIn([chat_model("llama3.1")], max_queue=1, shape=Shape(token_ms=30)) as standin:
        server = OllamaServer(parse_host(standin.url))
        running = OllamaChat(server).stream(QUESTION, ChatOptions())
        next(running)
        with pytest.raises(EngineBusy):
            ask(server)
        running.close()  # type: ignore[attr-defined]
