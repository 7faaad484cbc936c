"""What a model thinks is no part of its answer."""

from __future__ import annotations

import pytest
from tests.integration.ollama.asking import QUESTION, ask
from tests.standin import StandIn, chat_model

from slangrag.engines.ollama import OllamaChat, OllamaServer
from slangrag.engines.ollama.host import parse_host
from slangrag.engines.protocols import ChatOptions, ChatUsage


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
