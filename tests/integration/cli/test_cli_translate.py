"""`slangrag translate`: plain English, the glossary under it, and what happens without a model."""

from __future__ import annotations

import pytest
from tests.integration.cli.harness import Slangrag
from tests.standin import Fault, StandIn

MESSAGE = "no cap that fit is bussin"
FIELDS = {"text", "plain", "terms", "grounded", "engine", "model", "rewritten", "notes"}


def test_the_glossary_has_offsets_into_the_message(on_sample: Slangrag) -> None:
    told = on_sample("translate", MESSAGE, "--json", "--no-model").json
    assert set(told) == FIELDS
    assert [term["span"] for term in told["terms"]] == ["no cap", "fit", "bussin"]
    for term in told["terms"]:
        assert set(term) == {"span", "start", "end", "word", "entry_id", "definition"}
        assert MESSAGE[term["start"] : term["end"]] == term["span"]
    assert told["grounded"] is True
    assert "bussin" not in told["plain"]


@pytest.mark.weights
def test_the_small_model_substitutes_and_says_so(on_sample: Slangrag) -> None:
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
    assert all(term["entry_id"] for term in done.json["terms"])


def test_no_other_way_is_known(on_sample: Slangrag) -> None:
    done = on_sample("translate", "--to", "klingon", MESSAGE)
    assert done.code == 2
    assert "klingon" in done.two_lines[0]
