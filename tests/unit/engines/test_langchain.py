"""Any other LLM, asked through LangChain of a local server that speaks OpenAI's protocol."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from slangrag.config import load_settings
from slangrag.engines.langchain import LangChainChat
from slangrag.engines.protocols import ChatModel, ChatOptions, ChatUsage, Message
from slangrag.errors import (
    ContextOverflow,
    EngineBusy,
    EngineError,
    EngineMissing,
    EngineReply,
    EngineTimeout,
    EngineUnreachable,
    ModelMissing,
    UsageError,
)

ASK = [Message("system", "Be brief."), Message("user", "What is rizz?")]
WORDS = ["Rizz ", "is ", "charm."]
THOUGHTS = {
    "thinks": ["<think>", "Hm", "</think>"],
    "deepseek-r1": ["Hm", "</think>"],
    "gpt-leaks": ["Hm", "</think>"],
}
REFUSALS = {
    "refuse-401": (401, "Incorrect API key provided", "invalid_api_key"),
    "refuse-403": (403, "Your country is not supported", "forbidden"),
    "refuse-503": (503, "Overloaded", "overloaded"),
    "refuse-404": (404, "The model does not exist", "model_not_found"),
    "refuse-429": (429, "Rate limit reached", "rate_limit_exceeded"),
    "refuse-400": (400, "This model's maximum context length is 128 tokens", "context_length_exceeded"),
    "refuse-500": (500, "The server had an error", "server_error"),
}


class _OpenAi(BaseHTTPRequestHandler):
    """OpenAI's /chat/completions as server-sent events; the model's name says how to behave."""

    requests: ClassVar[list[dict[str, Any]]] = []
    hang_up: ClassVar[threading.Event]

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.requests.append(request)
        model = request["model"]
        if model in REFUSALS:
            status, message, code = REFUSALS[model]
            self._reply(status, {"error": {"message": message, "type": "error", "param": None, "code": code}})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        if model == "breaks-off":
            self.send_header("Content-Length", "100000")
        self.end_headers()
        for word in [*THOUGHTS.get(model, []), *(WORDS if model != "deepseek-r1-cut" else ["Hm</think>"])]:
            self._event({"role": "assistant", "content": word}, None)
            if model == "hangs":
                self.hang_up.wait(30)
                return
            if model == "breaks-off":
                return
        if model != "says-no-end":
            self._event({}, "length" if model == "cut" else "stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, delta: dict[str, str], reason: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "m",
            "choices": [choice],
        }
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def _reply(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def openai(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """The requests that the server has had."""
    _OpenAi.requests, _OpenAi.hang_up = [], threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _OpenAi)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_API_BASE", f"http://127.0.0.1:{server.server_port}/v1")
    yield _OpenAi.requests
    _OpenAi.hang_up.set()
    server.shutdown()
    thread.join()
    server.server_close()


def _chat(model: str, *, provider: str = "openai", timeout: float = 20.0) -> LangChainChat:
    return LangChainChat(replace(load_settings(), read_timeout=timeout), provider, model)


def test_an_answer_streams_and_the_options_go_along(openai: list[dict[str, Any]]) -> None:
    chat = _chat("gpt-4o-mini")
    assert isinstance(chat, ChatModel)
    usage = ChatUsage()
    options = ChatOptions(max_tokens=33, temperature=0.5, stop=("###",))
    assert list(chat.stream(ASK, options, usage)) == WORDS
    assert usage.notes == []
    assert 0 < usage.first_token_ms <= usage.total_ms
    (request,) = openai
    assert [turn["role"] for turn in request["messages"]] == ["system", "user"]
    assert request["messages"][1]["content"] == "What is rizz?"
    assert (request["temperature"], request["stream"], request["stop"]) == (0.5, True, ["###"])
    assert 33 in (request.get("max_tokens"), request.get("max_completion_tokens"))


@pytest.mark.parametrize(
    ("model", "kind", "said"),
    [
        ("refuse-401", EngineError, "refuses the key"),
        ("refuse-403", EngineError, "refuses the key"),
        ("refuse-503", EngineBusy, "Overloaded"),
        ("refuse-404", ModelMissing, "refuse-404 is not there"),
        ("refuse-429", EngineBusy, "Rate limit"),
        ("refuse-400", ContextOverflow, "too long"),
        ("refuse-500", EngineReply, "answered 500"),
        ("breaks-off", EngineReply, "broke off half-way"),
    ],
)
def test_each_failure_is_one_line_and_a_way_out(
    openai: list[dict[str, Any]], model: str, kind: type[EngineError], said: str
) -> None:
    with pytest.raises(kind, match=said) as caught:
        list(_chat(model).stream(ASK, ChatOptions()))
    assert caught.value.hint
    assert "\n" not in caught.value.message


def test_a_provider_that_falls_silent_is_given_up(openai: list[dict[str, Any]]) -> None:
    started = time.monotonic()
    with pytest.raises(EngineTimeout):
        list(_chat("hangs", timeout=0.3).stream(ASK, ChatOptions()))
    assert time.monotonic() - started < 20


def test_a_provider_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/v1")
    with pytest.raises(EngineUnreachable, match="openai:gpt-4o"):
        list(_chat("gpt-4o").stream(ASK, ChatOptions()))


def test_a_missing_key_is_asked_for_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(EngineError, match="openai") as caught:
        list(_chat("gpt-4o").stream(ASK, ChatOptions()))
    assert "OPENAI_API_KEY" in caught.value.hint


def test_a_missing_package_comes_with_its_pip_line() -> None:
    with pytest.raises(EngineMissing, match="mistralai") as caught:
        list(_chat("mistral-small", provider="mistralai").stream(ASK, ChatOptions()))
    assert "pip install" in caught.value.hint
    assert "langchain-mistralai" in caught.value.hint


def test_an_answer_that_was_cut_or_never_ended_says_so(openai: list[dict[str, Any]]) -> None:
    for model, said in [("cut", "cut at 400 tokens"), ("says-no-end", "did not say whether")]:
        usage = ChatUsage()
        assert list(_chat(model).stream(ASK, ChatOptions(), usage)) == WORDS
        assert [said in note for note in usage.notes] == [True]


@pytest.mark.parametrize("model", ["thinks", "deepseek-r1"])
def test_a_model_that_thinks_aloud_shows_its_answer_only(openai: list[dict[str, Any]], model: str) -> None:
    usage = ChatUsage()
    assert "".join(_chat(model).stream(ASK, ChatOptions(), usage)) == "".join(WORDS)
    assert usage.notes == []


def test_thinking_that_was_shown_is_owned_up_to_and_not_shown_again(openai: list[dict[str, Any]]) -> None:
    chat, usage = _chat("gpt-leaks"), ChatUsage()
    assert "".join(chat.stream(ASK, ChatOptions(), usage)).startswith("Hm</think>")
    assert ["thought aloud" in note for note in usage.notes] == [True]
    assert "".join(chat.stream(ASK, ChatOptions())) == "".join(WORDS)


def test_an_answer_that_was_all_thinking_says_so(openai: list[dict[str, Any]]) -> None:
    usage = ChatUsage()
    assert list(_chat("deepseek-r1-cut").stream(ASK, ChatOptions(), usage)) == []
    assert ["only thought" in note for note in usage.notes] == [True]


def test_the_users_options_reach_the_provider(openai: list[dict[str, Any]]) -> None:
    settings = replace(load_settings(), options='top_p=0.5,seed=9,stop=["###"]')
    list(LangChainChat(settings, "openai", "gpt-4o-mini").stream(ASK, ChatOptions()))
    assert (openai[0]["top_p"], openai[0]["seed"]) == (0.5, 9)


def test_an_option_that_the_provider_does_not_take_is_named(openai: list[dict[str, Any]]) -> None:
    chat = LangChainChat(replace(load_settings(), options="top_p=many"), "openai", "gpt-4o-mini")
    with pytest.raises(UsageError, match="openai does not take the option 'top_p'") as caught:
        list(chat.stream(ASK, ChatOptions()))
    assert "leave out --option top_p" in caught.value.hint


def test_an_answer_may_be_left_in_the_middle(openai: list[dict[str, Any]]) -> None:
    answer = _chat("gpt-4o-mini").stream(ASK, ChatOptions())
    assert next(answer) == WORDS[0]
    answer.close()  # type: ignore[attr-defined]


def test_tokens_are_estimated_from_above() -> None:
    assert _chat("gpt-4o").count_tokens("no cap, that fit is bussin") >= 9
