"""`slangrag serve` as a process, and commands that let it answer."""

from __future__ import annotations

import json
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
from typing import Any

import httpx
import pytest
from tests.integration.serve.conftest import Script
from tests.serving import events_of, within
from tests.standin import StandIn

from slangrag.service.server_socket import socket_path

pytestmark = pytest.mark.weights

SLANGRAG = (sys.executable, "-m", "slangrag")


@contextmanager
def serving(
    store: Path, *flags: str, ollama: str = "", env: dict[str, str] | None = None
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process and its address as it printed it."""
    engine = ["--engine", "ollama"] if ollama else ["--engine", "embedded"]
    process = subprocess.Popen(
        [*SLANGRAG, "serve", "--port", "0", "--store", str(store), *engine, *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **({"OLLAMA_HOST": ollama} if ollama else {}), **(env or {})},
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def slangrag(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SLANGRAG, *arguments], capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})}
    )


@pytest.fixture
def own_store(sample_store: Path) -> Iterator[Path]:
    """A store whose path is short enough for a socket, and that no other test's server is beside."""
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="slg-"))
    store = folder / "store"
    shutil.copytree(sample_store, store)
    yield store
    shutil.rmtree(folder)


def test_it_prints_its_address_answers_and_ends_well(own_store: Path) -> None:
    with serving(own_store) as (process, address):
        assert address.startswith("http://127.0.0.1:")
        assert "token" not in address
        status = httpx.get(f"{address}api/status", trust_env=False).json()
        assert status["store"]["headwords"] > 600
        assert status["uploads"] is True  # only this machine can reach it
        assert str(own_store) not in json.dumps(status)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0
    assert "stopped" in said
    assert "GET /api/status 200" in said
    path = socket_path(own_store)
    assert path is not None
    assert not path.exists()


def test_questions_are_not_logged_unless_asked_for(own_store: Path) -> None:
    for flags, logged in (((), False), (("--log-questions",), True)):
        with serving(own_store, *flags) as (process, address):
            httpx.get(f"{address}word/rizzler", trust_env=False)
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=30)
        assert ("rizzler" in said) is logged


def test_on_a_cluster_it_has_a_token_and_says_how_to_get_there(own_store: Path, tmp_path: Path) -> None:
    env = {"SLURM_JOB_ID": "7", "SLANGRAG_LOGIN": "ann@login", "XDG_DATA_HOME": str(tmp_path)}
    with serving(own_store, "--no-uploads", env=env) as (process, address):
        base, _, fragment = address.partition("#token=")
        assert len(fragment) >= 24
        assert httpx.get(f"{base}api/status", trust_env=False).status_code == 401
        header = {"Authorization": f"Bearer {fragment}"}
        status = httpx.get(f"{base}api/status", headers=header, trust_env=False)
        assert (status.status_code, status.json()["uploads"]) == (200, False)
        (token,) = (tmp_path / "slangrag" / "serve").glob("*.token")
        assert stat.S_IMODE(token.stat().st_mode) == 0o600
        assert token.read_text().strip() == fragment
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert "ssh -N -o ExitOnForwardFailure=yes -J ann@login -L " in said
    assert fragment not in said  # stderr is what ends in a job's log
    assert not token.exists()


def test_a_token_cannot_be_left_out_where_others_could_ask(own_store: Path) -> None:
    refused = slangrag("serve", "--host", "0.0.0.0", "--no-token", "--store", str(own_store), "--port", "0")
    assert refused.returncode == 2
    assert "without a token anybody could ask" in refused.stderr
    weak = own_store.parent / "token"
    weak.write_text("short")
    weak.chmod(0o600)
    assert "16 or more" in slangrag("serve", "--token-file", str(weak), "--store", str(own_store)).stderr
    weak.chmod(0o644)
    assert "chmod 600" in slangrag("serve", "--token-file", str(weak), "--store", str(own_store)).stderr


def test_a_port_that_is_taken_is_named(own_store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = slangrag("serve", "--port", port, "--store", str(own_store), "--engine", "embedded")
    assert refused.returncode == 2
    assert f"port {port}" in refused.stderr
    assert f"--port {int(port) + 1}" in refused.stderr


def test_a_host_that_is_none_is_not_answered_with_another_port(own_store: Path) -> None:
    common = ("--store", str(own_store), "--engine", "embedded")
    refused = slangrag("serve", "--host", "no.such.host.invalid", "--token", *common)
    assert refused.returncode == 2
    assert "--host 127.0.0.1" in refused.stderr


def test_an_answer_under_way_comes_to_its_end_at_sigterm(
    own_store: Path, ollama: StandIn, script: Script
) -> None:
    script.let_go.clear()
    with serving(own_store, ollama=ollama.url) as (process, address):
        body = {"question": "what does rizz mean"}
        headers = {"Accept": "text/event-stream"}
        with httpx.stream(
            "POST", f"{address}api/ask", json=body, headers=headers, timeout=30, trust_env=False
        ) as response:
            events = events_of(response)
            assert next(events)[0] in {"sources", "note"}
            assert within(5, lambda: script.asked)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            script.let_go.set()
            assert [name for name, _ in events][-1] == "finished"
        assert process.wait(10) == 0


def test_commands_let_it_answer_and_say_nothing_about_it(own_store: Path) -> None:
    common = ("--store", str(own_store), "--engine", "embedded")
    asked: tuple[tuple[str, ...], ...] = (
        ("ask", "--json", "what does rizz mean"),
        ("search", "--json", "the word for ignoring someone's texts"),
        ("translate", "--json", "that fit is bussin"),
        ("search", "--json", "-n", "2", "--explain", "rizz"),
    )
    alone = [slangrag(*one, *common) for one in asked]
    with serving(own_store) as (process, _):
        through = [slangrag(*one, *common) for one in asked]
        without = slangrag(*asked[0], *common, "--no-server")
        doctor = slangrag("doctor", "--quick", *common).stdout
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    for one, other in zip(alone, through, strict=True):
        assert _without_times(one.stdout) == _without_times(other.stdout)
        assert one.stderr == other.stderr
    assert _without_times(without.stdout) == _without_times(alone[0].stdout)
    assert said.count("POST /local 200") == len(asked) + 1  # doctor's is the one more
    assert "answers ask, chat, search and translate" in doctor


def test_a_chat_goes_through_it_too(own_store: Path) -> None:
    common = ("--store", str(own_store), "--engine", "embedded")
    lines = "what does rizz mean\nand salty?\n/define drip\n"
    with serving(own_store) as (process, _):
        told = subprocess.run(
            [*SLANGRAG, "chat", *common], input=lines, capture_output=True, text=True, timeout=60
        )
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert "Bitter, annoyed or resentful" in told.stdout
    assert "read as: what does salty mean" in told.stderr
    assert said.count("POST /local 200") == 2


def test_other_settings_and_a_dead_server_are_passed_over(own_store: Path, ollama: StandIn) -> None:
    common = ("--store", str(own_store))
    with serving(own_store) as (process, _):
        other = slangrag(
            "ask", *common, "--engine", "ollama", "what does rizz mean", env={"OLLAMA_HOST": ollama.url}
        )
        assert other.returncode == 0
        process.kill()
        process.communicate(timeout=10)
    path = socket_path(own_store)
    assert path is not None
    assert path.exists()  # killed: nobody took it away
    asked = slangrag("ask", *common, "--engine", "embedded", "what does rizz mean")
    assert asked.returncode == 0
    assert "Charm" in asked.stdout
    with serving(own_store) as (_, address):  # and the next server takes its place
        assert httpx.get(f"{address}healthz", trust_env=False).status_code == 200


def test_a_server_killed_in_mid_answer_is_said_and_the_next_question_is_answered(
    own_store: Path, ollama: StandIn, script: Script
) -> None:
    script.says = "Rizz is charm [1]. " + "It is skill at attracting someone [1]. " * 5
    script.let_go.clear()
    common = ("--store", str(own_store), "--engine", "ollama", "what does rizz mean")
    env = {**os.environ, "OLLAMA_HOST": ollama.url}
    with serving(own_store, ollama=ollama.url) as (process, _):
        asking = subprocess.Popen(
            [*SLANGRAG, "ask", *common], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert within(10, lambda: script.asked)
        process.kill()
        process.communicate(timeout=10)
        script.let_go.set()
        _, said = asking.communicate(timeout=20)
    assert asking.returncode == 3
    assert "the server ended in the midst of its answer" in said
    again = slangrag("ask", *common, env={"OLLAMA_HOST": ollama.url})
    assert again.returncode == 0
    assert "Rizz is charm [1]." in again.stdout


def test_a_load_is_seen_by_a_server_that_runs(own_store: Path, tmp_path: Path) -> None:
    csv = tmp_path / "more.csv"
    csv.write_text("word,definition\nzorblax,A word that was made for this very test of slang.\n")
    ask: dict[str, Any] = {"query": "a word made for this very test of slang", "intent": "reverse"}
    with serving(own_store) as (_, address):
        before = httpx.post(f"{address}api/search", json=ask, trust_env=False, timeout=30).json()
        assert "zorblax" not in [hit["word"] for hit in before["hits"]]
        loaded = slangrag("ingest", str(csv), "--store", str(own_store), "--engine", "embedded")
        assert loaded.returncode == 0, loaded.stderr
        time.sleep(1.1)
        after = httpx.post(f"{address}api/search", json=ask, trust_env=False, timeout=30).json()
        assert after["hits"][0]["word"] == "zorblax"
        defined = httpx.post(f"{address}api/define", json={"word": "zorblax"}, trust_env=False).json()
        assert defined["known"] == "yes"


def _without_times(text: str) -> Any:
    document = json.loads(text)
    document.pop("timings_ms", None)
    return document
