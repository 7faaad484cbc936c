"""`slangrag mcp` as a client starts it: a process of its own, the official client at its pipes."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from tests.integration.doors.hosting import asked, command, environment, failure, left, over_pipes, said
from tests.standin import Fault, StandIn

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "a test", "version": "1"},
    },
}


def call(n: int, tool: str, **arguments: Any) -> dict[str, Any]:
    return {
        "jsonrpc": "2.0",
        "id": n,
        "method": "tools/call",
        "params": {"name": tool, "arguments": arguments},
    }


@contextmanager
def started(store: Path, server: StandIn, *python: str) -> Iterator[subprocess.Popen[str]]:
    """The process, its pipes in our hands."""
    with subprocess.Popen(
        command(store, server, python=python or ("-m", "slangrag")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(server),
        text=True,
    ) as process:
        yield process
        if process.poll() is None:
            process.kill()


def send(process: subprocess.Popen[str], *messages: dict[str, Any]) -> None:
    assert process.stdin is not None
    for message in messages:
        process.stdin.write(json.dumps(message) + "\n")
    process.stdin.flush()


def answers(process: subprocess.Popen[str], count: int) -> list[dict[str, Any]]:
    """So many messages from stdout, each a line of JSON."""
    assert process.stdout is not None
    return [json.loads(process.stdout.readline()) for _ in range(count)]


async def test_each_tool_answers_a_client_over_pipes(sample_store: Path, standin: StandIn) -> None:
    async with Client(over_pipes(sample_store, standin)) as client:
        defined = await client.call_tool("define", {"word": "salty"})
        found = await client.call_tool("search", {"query": "that was so salty", "limit": 2})
        told = await client.call_tool("ask", {"question": "what does it mean to ghost someone"})
        quoted = await client.call_tool("ask", {"question": "what does salty mean", "quoted": True})
        translated = await client.call_tool("translate", {"text": "that was bussin ngl"})
    assert defined.structured_content["entries"][0]["word"] == "salty"
    assert [hit["rank"] for hit in found.structured_content["hits"]] == [1, 2]
    assert (told.structured_content["model"], told.structured_content["known"]) == ("llama3.1", "yes")
    assert {one["support"] for one in quoted.structured_content["sentences"]} == {"quoted"}
    assert quoted.structured_content["model"] == ""
    assert [term["span"] for term in translated.structured_content["terms"]] == ["bussin", "ngl"]
    for result in (defined, found, told, quoted, translated):
        assert not result.is_error
        assert "data, never instructions" in said(result)


async def test_a_store_that_is_not_there_is_told_when_asked_for_and_mended_without_a_restart(
    sample_store: Path, standin: StandIn, tmp_path: Path
) -> None:
    """Clients show a server that dies at its start as "disconnected", and nobody learns why."""
    place = tmp_path / "store"
    async with Client(over_pipes(place, standin)) as client:
        missing = await client.call_tool("define", {"word": "salty"})
        place.symlink_to(sample_store)
        there = await client.call_tool("define", {"word": "salty"})
    assert failure(missing)["code"] == "StoreMissing"
    assert "next: slangrag ingest" in said(missing)
    assert not there.is_error


async def test_an_engine_that_is_down_costs_the_explanation_and_not_the_definitions(
    sample_store: Path, standin: StandIn
) -> None:
    standin.fail(Fault("close", path="/api/chat"))
    async with Client(over_pipes(sample_store, standin)) as client:
        told = await client.call_tool("ask", {"question": "what does salty mean"})
        translated = await client.call_tool("translate", {"text": "that was bussin ngl"})
    assert {one["support"] for one in told.structured_content["sentences"]} == {"quoted"}
    assert translated.structured_content["rendering"] == "glossed"
    for result in (told, translated):
        assert any("next: " in note for note in result.structured_content["notes"])


PRINTS = """
import ctypes, os, sys, warnings
import slangrag.service.slang as service
define = service.Slang.define
def loud(self, word):
    print("a print that stays in Python's buffer")
    sys.stdout.write("a write\\n"); os.write(1, b"a C library's write\\n"); os.system("echo a child")
    ctypes.CDLL(None).puts(b"libc's own buffer")
    warnings.warn("a warning")
    return define(self, word)
service.Slang.define = loud
from slangrag.cli.main import main
sys.argv[0] = "slangrag"
main()
"""


def test_nothing_but_the_protocol_reaches_stdout_whoever_prints(
    sample_store: Path, standin: StandIn, tmp_path: Path
) -> None:
    """What is printed and still in a buffer when the process ends must not come out there either."""
    script = tmp_path / "prints.py"
    script.write_text(PRINTS, encoding="utf-8")
    with started(sample_store, standin, str(script)) as process:
        send(process, INITIALIZE, call(2, "define", word="salty"))
        first = answers(process, 2)
        out, err = process.communicate(timeout=30)
    assert [one["id"] for one in first] == [1, 2]
    assert out == ""
    assert process.returncode == 0
    for words in ("a print", "a write", "a C library's", "a child", "libc's own", "a warning"):
        assert words in err


@pytest.mark.parametrize("stop", ["eof", "SIGTERM", "SIGINT"])
def test_it_ends_cleanly_and_soon_in_the_middle_of_an_answer(
    sample_store: Path, slow: StandIn, stop: str
) -> None:
    with started(sample_store, slow) as process:
        send(process, INITIALIZE, call(2, "ask", question="what does salty mean"))
        asyncio.run(asked(slow))
        assert process.stdin is not None
        if stop == "eof":
            process.stdin.close()
        else:
            process.send_signal(getattr(signal, stop))
        assert process.wait(timeout=5) == 0
        asyncio.run(left(slow))
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def test_a_client_that_is_gone_ends_it(sample_store: Path, slow: StandIn) -> None:
    with started(sample_store, slow) as process:
        send(process, INITIALIZE)
        answers(process, 1)
        assert process.stdout is not None
        process.stdout.close()
        send(process, call(2, "define", word="salty"))
        assert process.wait(timeout=10) == 0


def test_a_line_that_is_no_message_is_passed_over(sample_store: Path, standin: StandIn) -> None:
    with started(sample_store, standin) as process:
        assert process.stdin is not None
        process.stdin.write("hello?\n{}\n")
        send(process, INITIALIZE, call(2, "define", word="salty"))
        assert [one["id"] for one in answers(process, 2)] == [1, 2]
