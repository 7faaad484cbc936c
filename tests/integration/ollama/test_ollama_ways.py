"""The ways to a server: proxies, redirects, paths; and what is pulled over them."""

from __future__ import annotations

import socket
import threading

import pytest
from tests.standin import Fault, StandIn

from slangrag.engines.ollama import OllamaServer
from slangrag.engines.ollama.host import parse_host
from slangrag.errors import (
    EngineError,
    EngineReply,
    EngineUnreachable,
    ModelMissing,
)


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
