"""`/mcp` behind a real server on loopback: the official client, progress, cancellation, the guard."""

from __future__ import annotations

import asyncio
import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from mcp import Client
from tests.integration.doors.hosting import asked, failure, left, said, served
from tests.standin import Fault, StandIn

from slangrag import Slang
from slangrag.errors import EngineBusy

CALLS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("define", {"word": "salty"}),
    ("define", {"word": "ghsoting"}),
    ("define", {"word": "xqzzyv"}),
    ("search", {"query": "that was so salty", "limit": 3}),
    ("search", {"query": "someone who stops replying"}),
    ("ask", {"question": "what does it mean to ghost someone"}),
    ("ask", {"question": "what does xqzzyv mean"}),
    ("ask", {"question": "what does salty mean", "quoted": True}),
    ("translate", {"text": "he ghosted me and now he's salty"}),
    ("translate", {"text": "he stopped answering me", "to": "slang"}),
    ("translate", {"text": "good morning"}),
    ("documents", {}),
)
ERAS = ("auto", "legacy")
"""The protocol of 2026-07-28, without sessions, and the one before it, with them."""


@pytest.mark.parametrize("mode", ERAS)
async def test_every_result_is_what_its_schema_says(slang: Slang, mode: str) -> None:
    async with served(slang) as url, Client(url, mode=mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == ["define", "search", "ask", "translate", "documents", "read_document"]
        for name, arguments in CALLS:
            jsonschema.Draft202012Validator(tools[name].input_schema).validate(arguments)
            result = await client.call_tool(name, arguments)
            assert not result.is_error, result.content
            jsonschema.Draft202012Validator(tools[name].output_schema).validate(result.structured_content)
            assert said(result).strip()


async def test_tools_say_what_they_do_and_whose_words_they_give(slang: Slang) -> None:
    async with served(slang) as url, Client(url) as client:
        for tool in (await client.list_tools()).tools:
            assert tool.title
            assert "never instructions" in (tool.description or "")
            assert "never instructions" in json.dumps(tool.output_schema)
            hints = tool.annotations
            assert hints is not None
            assert (hints.read_only_hint, hints.idempotent_hint) == (True, True)
            assert (hints.destructive_hint, hints.open_world_hint) == (False, False)
        assert "never follow" in (client.instructions or "")
        assert client.server_capabilities.prompts is None
        assert client.server_capabilities.resources is None


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("define", {}, "word: Field required"),
        ("define", {"word": "   "}, "word: String should have at least 1 character"),
        ("define", {"word": "a" * 201}, "word: String should have at most 200 characters"),
        ("search", {"query": "salty", "limit": 51}, "limit: Input should be less than or equal to 50"),
        ("ask", {"question": "a" * 4001}, "question: String should have at most 4000 characters"),
        ("translate", {"text": "hi", "to": "french"}, "to: Input should be 'plain' or 'slang'"),
        ("translate", {"text": "hi", "model": "x"}, "model: Extra inputs are not permitted"),
        (
            "search",
            {"query": "hi", "only": "books"},
            "only: Input should be 'both', 'dictionary' or 'documents'",
        ),
        (
            "read_document",
            {"document": 1, "length": 20001},
            "length: Input should be less than or equal to 20000",
        ),
        ("read_document", {"document": 1, "page": 1, "start": 5}, "page and start were both given"),
    ],
)
async def test_an_argument_that_is_off_is_named_to_the_model_that_gave_it(
    slang: Slang, tool: str, arguments: dict[str, Any], words: str
) -> None:
    async with served(slang) as url, Client(url) as client:
        result = await client.call_tool(tool, arguments)
    assert failure(result)["code"] == "UsageError"
    assert said(result).startswith(words)
    assert "aaaa" not in said(result)
    assert "pydantic" not in said(result)


async def test_a_tool_that_is_not_there_is_a_protocol_error(slang: Slang) -> None:
    async with served(slang) as url, Client(url) as client:
        with pytest.raises(Exception, match="there is no tool 'insult'"):
            await client.call_tool("insult", {})


@pytest.mark.parametrize("mode", ERAS)
async def test_a_client_that_waits_is_told_how_far_the_model_is_and_nothing_unjudged(
    slang: Slang, mode: str
) -> None:
    told: list[tuple[float, str]] = []

    async def heard(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, message or ""))

    async with served(slang) as url, Client(url, mode=mode) as client:
        question = {"question": "what does it mean to ghost someone"}
        result = await client.call_tool("ask", question, progress_callback=heard)
    steps = [step for step, _ in told]
    assert steps == sorted(set(steps))
    assert told[0][1].endswith("definitions found")
    assert any("begun to write" in message for _, message in told)
    assert not any("answer" in message.lower() for _, message in told)
    assert not result.is_error


@pytest.mark.parametrize("mode", ERAS)
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("ask", {"question": "what does salty mean"}), ("translate", {"text": "that was bussin ngl"})],
)
async def test_a_call_that_is_cancelled_ends_the_generation_and_frees_the_model(
    slow_slang: Slang, slow: StandIn, mode: str, tool: str, arguments: dict[str, Any]
) -> None:
    async with served(slow_slang) as url, Client(url, mode=mode) as client:
        call = asyncio.create_task(client.call_tool(tool, arguments))
        await asked(slow)
        await asyncio.sleep(0.3)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        (ended,) = await left(slow)
        assert ended.finished - ended.started < 5
        again = asyncio.create_task(client.call_tool(tool, arguments))
        await asked(slow, 2)
        again.cancel()
        await left(slow, 2)


@pytest.mark.parametrize("mode", ERAS)
async def test_a_cancelled_call_frees_the_model_also_while_it_is_silent(
    slow_slang: Slang, slow: StandIn, mode: str
) -> None:
    slow.fail(Fault("hang", path="/api/chat", times=1))
    question = {"question": "what does salty mean"}
    async with served(slow_slang) as url, Client(url, mode=mode) as client:
        silent = asyncio.create_task(client.call_tool("ask", question))
        await asked(slow)
        silent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await silent
        again = asyncio.create_task(client.call_tool("ask", question))
        await asked(slow, 2)  # it has its turn: well before the 30 seconds of silence are over
        again.cancel()
        await left(slow)


async def test_looking_up_does_not_wait_for_a_model_and_answers_wait_for_each_other(
    slow_slang: Slang, slow: StandIn
) -> None:
    async with served(slow_slang) as url, Client(url) as client:
        calls = [
            asyncio.create_task(client.call_tool("ask", {"question": f"what does {word} mean"}))
            for word in ("salty", "ghost")
        ]
        await asked(slow)
        words = ["salty", "ghost", "rizz", "cap"] * 5
        defined = await asyncio.gather(*(client.call_tool("define", {"word": word}) for word in words))
        assert [one.structured_content["word"] for one in defined] == words
        assert len(await asked(slow)) == 1
        for one in calls:
            one.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def test_two_answers_at_once_come_to_whom_they_belong(slang: Slang) -> None:
    async with served(slang) as url, Client(url) as client:
        questions = [f"what does {word} mean" for word in ("salty", "ghost", "rizz", "cap")]
        told = await asyncio.gather(*(client.call_tool("ask", {"question": one}) for one in questions))
    assert [one.structured_content["query"] for one in told] == questions


class FullQueue(AbstractAsyncContextManager[None]):
    """A slot that is never free."""

    async def __aenter__(self) -> None:
        raise EngineBusy("eight questions wait", hint="slangrag serve --queue 16")

    async def __aexit__(self, *_: object) -> None: ...


async def test_a_full_queue_is_told_and_a_quotation_needs_no_place_in_it(slang: Slang) -> None:
    question = {"question": "what does salty mean"}
    async with served(slang, slot=FullQueue) as url, Client(url) as client:
        busy = await client.call_tool("ask", question)
        quoted = await client.call_tool("ask", {**question, "quoted": True})
    assert failure(busy)["code"] == "EngineBusy"
    assert "quoted=true" in said(busy)
    assert not quoted.is_error


async def test_over_http_an_error_says_nothing_of_the_machine(tmp_path: Path, standin: StandIn) -> None:
    from slangrag.config import load_settings

    settings = load_settings({"store": tmp_path / "secret-place"}, environ={})
    with Slang(settings) as slang:
        async with served(slang) as url, Client(url) as client:
            result = await client.call_tool("define", {"word": "salty"})
    assert failure(result)["code"] == "StoreMissing"
    assert "secret-place" not in result.model_dump_json()
    assert str(tmp_path) not in result.model_dump_json()


async def test_a_bug_of_ours_is_told_without_what_it_says(
    slang: Slang, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("key=sk-secret")

    monkeypatch.setattr(Slang, "define", broken)
    async with served(slang) as url, Client(url, mode="legacy") as client:
        result = await client.call_tool("define", {"word": "salty"})
    assert result.is_error
    assert "sk-secret" not in result.model_dump_json()
    assert "sk-secret" in caplog.text


async def test_strong_words_are_masked_where_the_settings_want_it(
    sample_store: Path, standin: StandIn
) -> None:
    message = {"text": "that shitty game made me salty"}
    with Slang.open(sample_store, engine="ollama", ollama_host=standin.url, safe=True) as slang:
        async with served(slang) as url, Client(url) as client:
            result = await client.call_tool("translate", message)
    assert "shitty" not in result.model_dump_json()
    assert result.structured_content["text"] == "that s***** game made me salty"
    assert said(result).count("s*****") >= 1


HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "a test", "version": "1"},
    },
}
ACCEPT = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("headers", "given", "status"),
    [
        ({}, {}, 200),
        ({"Origin": "http://localhost:5173"}, {}, 200),
        ({"Origin": "https://evil.example"}, {}, 403),
        ({"Origin": "http://localhost.evil.example"}, {}, 403),
        ({"Origin": "null"}, {}, 403),
        ({"Host": "evil.example"}, {}, 421),
        ({"Host": "slang.example.org"}, {"hosts": ["slang.example.org"]}, 200),
        ({"Host": "slang.example.org:8443"}, {"hosts": ["slang.example.org:*"]}, 200),
        ({"Host": "slang.example.org"}, {"hosts": None}, 200),
        ({"Content-Type": "text/plain"}, {}, 400),
    ],
)
async def test_the_guard_lets_in_who_was_named_and_nobody_else(
    slang: Slang, headers: dict[str, str], given: dict[str, Any], status: int
) -> None:
    """A page elsewhere must not reach a server on this machine; a proxy's own name must be allowed."""
    async with served(slang, **given) as url, httpx.AsyncClient() as client:
        response = await client.post(url, json=HELLO, headers={**ACCEPT, **headers})
    assert response.status_code == status


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(slang: Slang) -> None:
    async with served(slang) as url, httpx.AsyncClient() as client:
        response = await client.post(url, content=b" " * 70_000, headers=ACCEPT)
    assert response.status_code == 413


async def test_a_note_names_no_place_on_the_machine(slang: Slang, standin: StandIn) -> None:
    standin.fail(Fault("error", path="/api/embed", message="it runs at http://10.0.0.7:11434/api"))
    async with served(slang) as url, Client(url) as client:
        found = await client.call_tool("search", {"query": "someone who stops replying"})
    assert any("could not be embedded" in note for note in found.structured_content["notes"])
    assert "10.0.0.7" not in said(found) + json.dumps(found.structured_content)
