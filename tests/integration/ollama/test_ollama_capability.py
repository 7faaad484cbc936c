"""Whether a model can explain: by its name at first, then by the size that the server tells."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.integration.ollama.asking import QUESTION
from tests.standin import StandIn, chat_model

from slangrag.engines.ollama import OllamaChat, OllamaServer
from slangrag.engines.ollama.capability import RememberedSizes, parameters
from slangrag.engines.ollama.host import parse_host
from slangrag.engines.protocols import ChatOptions


def one_answer(chat: OllamaChat) -> str:
    return "".join(chat.stream(QUESTION, ChatOptions()))


@pytest.mark.parametrize(
    ("name", "size", "by_name", "by_size"),
    [
        ("llama3.1", "134.52M", True, False),
        ("my-own:1b", "8.0B", False, True),
        ("llama3.1", "8.0B", True, True),
        ("my-own:1b", "unknown", False, False),
    ],
)
def test_the_servers_word_replaces_the_names_after_the_first_answer(
    tmp_path: Path, name: str, size: str, by_name: bool, by_size: bool
) -> None:
    with StandIn([chat_model(name, parameter_size=size)]) as standin:
        server = OllamaServer(parse_host(standin.url))
        chat = OllamaChat(server, name, sizes=RememberedSizes(tmp_path))
        assert chat.identity.capable is by_name
        assert not standin.calls("/api/tags"), "no question waits for it"
        one_answer(chat)
        assert chat.identity.capable is by_size
        one_answer(chat)
        assert len(standin.calls("/api/tags")) == 1
        server.close()


def test_it_is_remembered_and_not_asked_again(tmp_path: Path) -> None:
    with StandIn([chat_model("llama3.1", parameter_size="134.52M")]) as standin:
        server = OllamaServer(parse_host(standin.url))
        one_answer(OllamaChat(server, "llama3.1", sizes=RememberedSizes(tmp_path)))
        later = OllamaChat(server, "LLAMA3.1:latest", sizes=RememberedSizes(tmp_path))
        assert not later.identity.capable
        one_answer(later)
        assert len(standin.calls("/api/tags")) == 1
        elsewhere = OllamaServer(parse_host("127.0.0.1:1"))
        assert OllamaChat(elsewhere, "llama3.1", sizes=RememberedSizes(tmp_path)).identity.capable
        server.close()


@pytest.mark.parametrize("capable", [True, False])
def test_what_the_user_says_of_a_model_holds_and_nothing_is_asked(tmp_path: Path, capable: bool) -> None:
    with StandIn([chat_model("llama3.1", parameter_size="1.8B")]) as standin:
        server = OllamaServer(parse_host(standin.url))
        chat = OllamaChat(server, "llama3.1", sizes=RememberedSizes(tmp_path), capable=capable)
        one_answer(chat)
        assert chat.identity.capable is capable
        assert not standin.calls("/api/tags")
        server.close()


def test_a_file_of_sizes_that_is_damaged_or_cannot_be_written_costs_no_answer(tmp_path: Path) -> None:
    (tmp_path / "ollama_sizes.json").write_text("[broken")
    taken = tmp_path / "a file"
    taken.write_text("")
    with StandIn([chat_model("llama3.1", parameter_size="134.52M")]) as standin:
        server = OllamaServer(parse_host(standin.url))
        for directory in (tmp_path, taken):
            chat = OllamaChat(server, "llama3.1", sizes=RememberedSizes(directory))
            assert one_answer(chat)
            assert not chat.identity.capable
        assert RememberedSizes(tmp_path).get(server.address, "llama3.1") == "134.52M"
        server.close()


@pytest.mark.parametrize(
    ("size", "count"),
    [
        ("8.0B", 8e9),
        ("134.52M", 134.52e6),
        ("1.8B", 1.8e9),
        ("1T", 1e12),
        ("", None),
        ("big", None),
        ("8", None),
    ],
)
def test_sizes_are_read_as_ollama_words_them(size: str, count: float | None) -> None:
    assert parameters(size) == pytest.approx(count)
