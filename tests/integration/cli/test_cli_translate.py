"""`slangrag translate`: plain English, the glossary under it, and what happens without a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tests.integration.cli.harness import Slangrag
from tests.standin import Fault, StandIn, chat_model

MESSAGE = "no cap that fit is bussin"
FIELDS = {"text", "plain", "terms", "grounded", "engine", "model", "rewritten", "rendering", "notes"}


def test_the_glossary_has_offsets_into_the_message(on_sample: Slangrag) -> None:
    told = on_sample("translate", MESSAGE, "--json", "--no-model").json
    assert set(told) == FIELDS
    assert [term["span"] for term in told["terms"]] == ["no cap", "bussin"]
    for term in told["terms"]:
        assert set(term) == {"span", "start", "end", "word", "entry_id", "definition", "senses"}
        assert MESSAGE[term["start"] : term["end"]] == term["span"]
    assert told["grounded"] is True
    assert (told["plain"], told["rendering"]) == (MESSAGE, "glossed")


@pytest.mark.weights
def test_the_small_model_rewrites_nothing_and_that_is_said(on_sample: Slangrag) -> None:
    done = on_sample("translate", MESSAGE, "--engine", "embedded")
    assert done.code == 0, done.err
    assert "too small to rewrite" in done.err
    assert "bussin" in done.out, "the glossary names what was translated"


def test_a_message_without_slang_asks_no_model(on_sample: Slangrag) -> None:
    told = on_sample("translate", "the meeting is at nine", "--json", SLANGRAG_CACHE="/nowhere").json
    assert told["plain"] == "the meeting is at nine"
    assert told["terms"] == []


def test_lines_on_standard_input_are_translated_one_by_one(on_sample: Slangrag) -> None:
    lines = "he ghosted me\n\nthe meeting is at nine\n"
    told = on_sample("translate", "--no-model", "--json", stdin=lines).json["translations"]
    assert [one["text"] for one in told] == ["he ghosted me", "the meeting is at nine"]
    shown = on_sample("translate", "--no-model", stdin=lines).out.splitlines()
    assert len([line for line in shown if not line.startswith(" ")]) == 2


def test_a_failing_engine_costs_no_translation(with_ollama: Slangrag, server: StandIn) -> None:
    server.fail(Fault("error", path="/api/chat"))
    done = with_ollama("translate", "--json", stdin=f"{MESSAGE}\nhe ghosted me\n")
    assert done.code == 3
    assert "unexpected EOF" in done.two_lines[0]
    assert [bool(one["terms"]) for one in done.json["translations"]] == [True, True]
    assert len(server.calls("/api/chat")) == 1, "a server that failed once is not asked again"


def test_to_slang_uses_words_from_the_data(on_sample: Slangrag) -> None:
    done = on_sample("translate", "--to", "slang", "--no-model", "--json", "He is an honest man")
    assert done.code == 0, done.err
    assert [term["span"] for term in done.json["terms"]] == ["honest", "man"]
    assert all(term["entry_id"] for term in done.json["terms"])


def test_several_lines_in_an_argument_or_with_whole_are_one_message(on_sample: Slangrag) -> None:
    lines = "he ghosted me\nno cap"
    for told in (
        on_sample("translate", "--no-model", "--json", lines),
        on_sample("translate", "--no-model", "--json", "--whole", stdin=lines),
    ):
        assert told.json["text"] == lines
        assert [term["span"] for term in told.json["terms"]] == ["ghosted", "no cap"]


MESSAGES: tuple[tuple[str, list[str]], ...] = (
    ("that exam was lowkey brutal ngl", ["lowkey", "ngl"]),
    ("this coffee is fire but it cost me six quid", ["fire", "quid"]),
    ("he ghosted me after 3 dates", ["ghosted"]),
    ("the concert was lit, Sam threw the ball into the crowd", ["lit"]),
    ("that's cap, you never met Beyoncé", ["cap"]),
    ("Don't be salty because I won fair and square", ["salty"]),
    ("is it cold outside? should I bring a coat", []),
    ("i ate a whole pizza, no regrets", []),
    ("the fire department came at once", []),
    ("¿Vienes a la fiesta? Va a estar genial", []),
    ("👀👀👀", []),
    ("no cap, I mean no cap 🔥 https://example.org/cap", ["no cap", "no cap"]),
    ("he yeeted it into the lake", ["yeeted"]),
)


def test_the_slang_of_messages_of_every_day_is_explained_and_nothing_else(on_sample: Slangrag) -> None:
    lines = "\n".join(message for message, _ in MESSAGES)
    told = on_sample("translate", "--no-model", "--json", stdin=lines).json["translations"]
    assert [(one["text"], [term["span"] for term in one["terms"]]) for one in told] == list(MESSAGES)
    assert all(one["plain"] == one["text"] for one in told)


def test_short_meanings_are_put_in_only_if_asked(on_sample: Slangrag) -> None:
    words = ("translate", "--no-model", "the movie was bussin ngl")
    assert on_sample(*words).out.splitlines()[0] == "the movie was bussin ngl"
    shown = on_sample(*words, "--substitute").out.splitlines()[0]
    assert shown == "the movie was extremely good not gonna lie"


def test_on_a_terminal_the_slang_is_marked_in_the_message(on_sample: Slangrag) -> None:
    done = on_sample("translate", "--no-model", MESSAGE, TTY_COMPATIBLE="1")
    assert done.out.splitlines()[0].startswith("\x1b[1;4mno cap\x1b[0m that ")


def structured(messages: Sequence[dict[str, str]], options: dict[str, Any]) -> Iterator[str]:
    yield '{"spans": [{"n": 1, "sense": 1}, {"n": 2, "sense": 1}, {"n": 3, "sense": 1}], "message": "'
    yield 'Honestly, that outfit is extremely good"}'


def test_a_capable_model_is_held_to_a_schema_and_rewrites(on_sample: Slangrag) -> None:
    with StandIn([chat_model("llama3.1", chat=structured)]) as server:
        done = on_sample("translate", "--json", "--engine", "ollama", MESSAGE, OLLAMA_HOST=server.url)
        (call,) = server.calls("/api/chat")
    assert done.code == 0, done.err
    assert done.json["plain"] == "Honestly, that outfit is extremely good"
    assert (done.json["rendering"], done.json["rewritten"]) == ("rewritten", True)
    assert call.body["format"]["required"] == ["spans", "message"]


def test_an_ordinary_word_that_could_be_slang_is_named(on_sample: Slangrag) -> None:
    done = on_sample("translate", "--no-model", "is it cold outside?")
    assert "taken in the ordinary sense, though it can be slang: cold" in done.err


def test_no_other_way_is_known(on_sample: Slangrag) -> None:
    done = on_sample("translate", "--to", "klingon", MESSAGE)
    assert done.code == 2
    assert "klingon" in done.two_lines[0]
