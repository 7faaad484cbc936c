"""A question to Ollama starts at once: what its process may import, and what the stand-in's commands do."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.standin import StandIn, chat_model, embedding_model

from slangrag.engines.ollama import OllamaServer
from slangrag.engines.ollama.host import parse_host

CHAT = """
import sys
from slangrag.config import load_settings
from slangrag.engines.ollama import OllamaChat, connect
from slangrag.engines.protocols import ChatOptions, Message

server = connect(load_settings({"ollama_host": sys.argv[1]}))
assert "".join(OllamaChat(server).stream([Message("user", "hi")], ChatOptions()))
"""
QUERY = """
import sys
from slangrag.config import load_settings
from slangrag.engines.ollama import OllamaEmbedder, connect
from slangrag.engines.protocols import EmbedderIdentity

server = connect(load_settings({"ollama_host": sys.argv[1]}))
known = EmbedderIdentity("ollama", "nomic-embed-text", "", 64)
assert OllamaEmbedder(server, remembered=known).embed_query("hi").shape == (64,)
"""
TELL = "\nprint(*{name.partition('.')[0] for name in sys.modules})"


@pytest.fixture(scope="module")
def standin() -> Iterator[StandIn]:
    with StandIn([embedding_model("nomic-embed-text", dimension=64), chat_model("llama3.1")]) as server:
        yield server


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        (CHAT, {"ollama", "httpx", "pydantic", "numpy", "asyncio", "rich", "typer"}),
        (QUERY, {"ollama", "httpx", "pydantic", "asyncio", "rich", "typer"}),
    ],
    ids=["chat", "query"],
)
def test_a_question_does_not_wait_for_heavy_imports(standin: StandIn, code: str, heavy: set[str]) -> None:
    """`import ollama` alone costs 0.4 to 0.5 s of CPU, half of what the first request may take."""
    run = subprocess.run(
        [sys.executable, "-c", code + TELL, standin.url],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert set(run.stdout.split()) & heavy == set()


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def wait_until_it_answers(server: OllamaServer) -> None:
    deadline = time.time() + 30
    while not server.answers(timeout=0.5):
        assert time.time() < deadline, "the stand-in did not come up"
        time.sleep(0.05)


def test_the_stand_in_runs_as_a_process_of_its_own(root: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.standin",
        "--port",
        "0",
        "--fault",
        "busy@/api/chat#1",
        "--pooled",
    ]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        server = OllamaServer(parse_host(url))
        assert {model.name for model in server.models()} == {"nomic-embed-text:latest", "llama3.1:latest"}
        server.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_scripts_can_call_it_as_ollama(root: Path, tmp_path: Path) -> None:
    """What was pulled once is there for the next server over the same folder, as on a login node."""
    log, port = tmp_path / "requests.jsonl", free_port()
    environment = os.environ | {
        "PATH": f"{root / 'tests' / 'standin' / 'bin'}:{os.environ['PATH']}",
        "OLLAMA_HOST": f"127.0.0.1:{port}",
        "OLLAMA_MODELS": str(tmp_path / "models"),
        "STANDIN_LOG": str(log),
        "STANDIN_VRAM": "0",
        "STANDIN_PYTHON": sys.executable,
    }

    def ollama(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["ollama", *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
        )

    assert ollama("list").returncode == 1, "nobody serves yet"
    server = OllamaServer(parse_host(environment["OLLAMA_HOST"]))
    for turn in (1, 2):
        with subprocess.Popen(["ollama", "serve"], env=environment, stdout=subprocess.DEVNULL) as process:
            wait_until_it_answers(server)
            if turn == 1:
                assert "nomic-embed-text" not in ollama("list").stdout
                assert ollama("pull", "nomic-embed-text").returncode == 0
                assert ollama("pull", "no-such-model").returncode == 1
            assert "nomic-embed-text:latest" in ollama("list").stdout
            server.wire.post("/api/embed", {"model": "nomic-embed-text", "input": ["yeet"]}, purpose="embed")
            assert server.loaded()[0].size_vram == 0
            server.close()
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
    embedded = [
        line for line in map(json.loads, log.read_text().splitlines()) if line["path"] == "/api/embed"
    ]
    assert [line["body"]["input"] for line in embedded] == [["yeet"], ["yeet"]]
