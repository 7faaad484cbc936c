"""What a container runs, run as a script: its token, the wait for a store, health, and the way out."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.standin import StandIn, chat_model, embedding_model

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a container's entry point is for Linux")

ROWS = 20


@pytest.fixture
def surroundings(root: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment that compose.yaml gives the container, as far as a loopback address goes."""
    commands = tmp_path / "bin"
    commands.mkdir()
    program = commands / "slangrag"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m slangrag "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    data = tmp_path / "data"
    data.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with StandIn([embedding_model("nomic-embed-text"), chat_model("llama3.1")]) as ollama:
        yield {
            **os.environ,
            "PATH": f"{commands}:{os.environ['PATH']}",
            "HOME": str(data),
            "SLANGRAG_DATA": str(data),
            "SLANGRAG_ENGINE": "ollama",
            "SLANGRAG_BIND": "127.0.0.1",
            "SLANGRAG_PORT": str(port),
            "OLLAMA_HOST": ollama.url,
        }


def as_user() -> list[str]:
    """What to put before a command so that it is not root; nothing where it is not anyway."""
    if os.getuid() != 0:
        return []
    other = ["unshare", "--map-user=10001", "--map-group=10001"]
    if subprocess.run([*other, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root cannot be another user here")
    return other


@contextmanager
def serving(root: Path, surroundings: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The container's process; its output goes to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*as_user(), root / "deploy" / "entrypoint.sh", "serve"],
            env=surroundings,
            stdout=output,
            stderr=output,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def until(log: Path, said: str) -> str:
    """What `log` holds once it says that."""
    for _ in range(300):
        if said in (text := log.read_text(encoding="utf-8")):
            return text
        time.sleep(0.1)
    raise AssertionError(f"{said!r} was not said: {log.read_text(encoding='utf-8')}")


def healthy(root: Path, surroundings: dict[str, str]) -> bool:
    asked = [sys.executable, str(root / "deploy" / "healthy.py")]
    return subprocess.run(asked, env=surroundings, capture_output=True, check=False).returncode == 0


def test_the_page_starts_by_itself_once_there_is_a_store(
    root: Path, surroundings: dict[str, str], tmp_path: Path
) -> None:
    csv, log, token_file = tmp_path / "words.csv", tmp_path / "log", tmp_path / "data" / "token"
    rows = [f'{n:07d},word{n},{n + 1},0,tester,"What word number {n} means."' for n in range(ROWS)]
    csv.write_text("\n".join(["word_id,word,up_votes,down_votes,author,definition", *rows]), encoding="utf-8")
    with serving(root, surroundings, log) as process:
        until(log, "The page starts by itself once there is a store.")
        assert not healthy(root, surroundings)
        ingested = subprocess.run(
            [*as_user(), root / "deploy" / "entrypoint.sh", "ingest", csv],
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ingested.returncode == 0, ingested.stderr
        url = f"http://127.0.0.1:{surroundings['SLANGRAG_PORT']}"
        until(log, f"{url}/#token=")
        assert healthy(root, surroundings)
        assert stat.S_IMODE(token_file.stat().st_mode) == 0o600
        token = token_file.read_text(encoding="ascii").strip()
        with httpx.Client(base_url=url, trust_env=False, timeout=30) as client:
            assert client.get("/api/status").status_code == 401
            answered = client.get("/api/status", headers={"Authorization": f"Bearer {token}"})
            assert answered.status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
    assert token_file.read_text(encoding="ascii").strip() == token


def test_a_container_that_waits_for_its_store_ends_at_once_when_told_to(
    root: Path, surroundings: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with serving(root, surroundings, log) as process:
        until(log, "docker compose -f deploy/compose.yaml run --rm slangrag ingest /csv/FILE.csv")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0


def test_root_is_refused(root: Path, surroundings: dict[str, str]) -> None:
    rooted = [] if os.getuid() == 0 else ["unshare", "--map-root-user"]
    if rooted and subprocess.run([*rooted, "true"], capture_output=True, check=False).returncode:
        pytest.skip("nobody can be root here")
    done = subprocess.run(
        [*rooted, root / "deploy" / "entrypoint.sh"],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr[:22]) == (2, "slangrag: not as root:")
