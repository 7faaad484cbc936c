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
    assert [term["span"] for term in done.json["terms"]] == ["honest", "man"]
    assert all(term["entry_id"] for term in done.json["terms"])


PLAIN = (
    ("that exam was lowkey brutal ngl", "that exam was somewhat brutal not gonna lie"),
    ("this coffee is fire but it cost me six quid",
     "this coffee is excellent but it cost me six pounds in British money"),
    ("he ghosted me after 3 dates", "he stopped answering me after 3 dates"),
    ("the concert was lit, Sam threw the ball into the crowd",
     "the concert was exciting, Sam threw the ball into the crowd"),
    ("that's cap, you never met Beyoncé", "that's a lie, you never met Beyoncé"),
    ("Don't be salty because I won fair and square", "Don't be bitter because I won fair and square"),
    ("is it cold outside? should I bring a coat", "is it cold outside? should I bring a coat"),
    ("i ate a whole pizza, no regrets", "i ate a whole pizza, no regrets"),
    ("we're having a ball at grandma's", "we're having a ball at grandma's"),
    ("¿Vienes a la fiesta? Va a estar genial", "¿Vienes a la fiesta? Va a estar genial"),
    ("👀👀👀", "👀👀👀"),
    ("ok", "ok"),
)  # fmt: skip


def test_messages_of_every_day_read_well_in_plain_english(on_sample: Slangrag) -> None:
    lines = "\n".join(message for message, _ in PLAIN)
    told = on_sample("translate", "--no-model", "--json", stdin=lines).json["translations"]
    assert [(one["text"], one["plain"]) for one in told] == list(PLAIN)


def test_slang_that_cannot_be_replaced_stays_and_is_explained_below(on_sample: Slangrag) -> None:
    done = on_sample("translate", "--no-model", "absolute skill issue, bro")
    shown = done.out.splitlines()
    assert shown[0] == "absolute skill issue, bro"
    assert any("taunting reply" in line for line in shown[1:])
    assert "left in slang, for no gloss fits there: skill issue, bro" in done.err


def test_an_ordinary_word_that_could_be_slang_is_named(on_sample: Slangrag) -> None:
    done = on_sample("translate", "--no-model", "is it cold outside?")
    assert "taken in the ordinary sense, though it can be slang: cold" in done.err


SLANG = (
    ("The food at that new place is extremely good", "The food at that new place is bussin"),
    ("My best friend is coming over", "My bestie is coming over"),
    ("Your car must have cost a thousand dollars", "Your whip must have cost a grand"),
    ("To be honest I did not like the ending", "Tbh I did not like the ending"),
    ("She was annoyed after losing the game", "She was salty after losing the game"),
    ("It was a mediocre film, I gave it 5 out of 10", "It was a mid film, I gave it 5 out of 10"),
    ("We should meet on Monday at 3 pm", "We should meet on Monday at 3 pm"),
)


def test_plain_messages_of_every_day_in_slang(on_sample: Slangrag) -> None:
    lines = "\n".join(message for message, _ in SLANG)
    told = on_sample("translate", "--to", "slang", "--no-model", "--json", stdin=lines).json["translations"]
    assert [(one["text"], one["plain"]) for one in told] == list(SLANG)


def test_no_other_way_is_known(on_sample: Slangrag) -> None:
    done = on_sample("translate", "--to", "klingon", MESSAGE)
    assert done.code == 2
    assert "klingon" in done.two_lines[0]
