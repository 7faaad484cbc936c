"""A follow-up is understood from the talk, and small talk is met as such."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.answer.scripted import ScriptedChat
from tests.unit.answer.talks import ABOUT_RIZZ, replied

from slangrag.answer.chat.conversation import CitedEntry, Conversation, Turn, begin
from slangrag.answer.chat.follow_up import resolve
from slangrag.answer.chat.turns import extended
from slangrag.answer.events import Finished
from slangrag.errors import EngineBusy, EngineTimeout

DATA = Path(__file__).parents[2] / "data"
CASES = [json.loads(line) for line in (DATA / "follow_ups.jsonl").read_text(encoding="utf-8").splitlines()]


def talk_of(turns: list[list[Any]]) -> Conversation:
    """A conversation of [asked, headwords, kind] turns, each of which cites an entry for a word."""
    talk = begin(0.0)
    for asked, words, *kind in turns:
        sources = tuple(CitedEntry(n, f"{n:07d}", word, "…") for n, word in enumerate(words, start=1))
        talk = talk.with_turn(
            Turn(asked, asked, "…", tuple(words), 1.0, (), (kind or ["define"])[0], (), sources)
        )
    return talk


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["line"])
def test_a_line_is_read_in_its_talk_without_a_model(case: dict[str, Any]) -> None:
    follow_up = resolve(case["line"], talk_of(case["conversation"]))
    assert follow_up.standalone == case["standalone"]
    assert follow_up.lookup == case.get("lookup", follow_up.lookup)
    assert follow_up.reply == case.get("reply")
    assert follow_up.other == case.get("other", follow_up.other)
    assert follow_up.aspect == case.get("aspect", follow_up.aspect)
    if "kind" in case:
        assert follow_up.kind == case["kind"]


SMALL_TALK = ("hi", "Hello there!", "thanks", "ty", "thank you so much", "lol ok", "haha nice", "bye",
              "good bot", "how are you?", "who are you", "are you sure?", "no thanks")  # fmt: skip
QUESTIONS = ("lol", "cheers", "thanks, and what is rizz?", "hi what does mid mean", "ok rizz", "that is sick",
             "bet", "is it good", "what is cool", "thankful", "hiya means what")  # fmt: skip


@pytest.mark.parametrize("line", SMALL_TALK)
def test_small_talk_is_met_as_such_without_a_look_up_or_a_model(line: str) -> None:
    chat = ScriptedChat("I invent things.")
    follow_up = resolve(line, ABOUT_RIZZ, chat)
    events = list(replied(follow_up, ABOUT_RIZZ, None, chat))
    (told,) = [e.answer for e in events if isinstance(e, Finished)]
    assert told.text
    assert "not in my data" not in told.text
    assert (told.citations, told.engine, chat.asked) == ((), "", [])


@pytest.mark.parametrize("line", QUESTIONS)
def test_what_may_be_a_question_is_never_taken_for_small_talk(line: str) -> None:
    assert resolve(line, ABOUT_RIZZ).reply is None


def test_a_lone_word_opens_a_talk_as_a_question_and_later_is_praise() -> None:
    assert resolve("cool", begin()).reply is None
    assert resolve("cool", ABOUT_RIZZ).reply == "All right."


def test_small_talk_does_not_make_it_forget_the_word() -> None:
    follow_up = resolve("thanks!", ABOUT_RIZZ)
    chat = ScriptedChat()
    (told,) = [e.answer for e in replied(follow_up, ABOUT_RIZZ, None, chat) if isinstance(e, Finished)]
    later = extended(ABOUT_RIZZ, follow_up, told)
    assert resolve("is it rude?", later).standalone == "is rizz rude?"


@pytest.mark.parametrize("asked", ["and what about its opposite?", "is it rude?", "where does it come from?"])
def test_a_question_about_the_word_is_answered_from_the_words_definitions(asked: str) -> None:
    assert resolve(asked, ABOUT_RIZZ).lookup == "what does rizz mean"


def test_a_turn_about_nothing_does_not_make_it_forget() -> None:
    later = ABOUT_RIZZ.with_turn(Turn("blorp?", "blorp?", "not in my data", (), 3.0))
    assert resolve("and its opposite?", later).standalone == "what is the opposite of rizz"


WRITTEN = (
    ("would a boss mind it?", "QUESTION | rizz | would a boss mind rizz?", "would a boss mind rizz?"),
    (
        "would a boss mind it?",
        "**QUESTION** | rizz | Would a boss mind rizz?\nSure!",
        "Would a boss mind rizz?",
    ),
    ("would a boss mind it?", "Question: would a boss mind rizz?", "would a boss mind rizz?"),
    ("would a boss mind it?", "Would a boss mind rizz?", "Would a boss mind rizz?"),
    ("is it like drip", "QUESTION | rizz, drip | is rizz like drip?", "is rizz like drip?"),
    ("do a sentence with it", "EXAMPLE | rizz |", "an example of rizz"),
    ("do a sentence with it", "example: rizz", "an example of rizz"),
    ("does it do anything else", "OTHER | rizz |", "what else can rizz mean"),
    ("too long for me", "SIMPLER | |", "what does rizz mean, in short"),
    ("where were we", "SUMMARY", "a summary of this chat"),
    ("now do 'he has rizz' in English", "TRANSLATE | | he has rizz", "translate: he has rizz"),
)


@pytest.mark.parametrize(("line", "written", "standalone"), WRITTEN)
def test_a_capable_model_writes_the_standalone_question(line: str, written: str, standalone: str) -> None:
    chat = ScriptedChat(written)
    follow_up = resolve(line, ABOUT_RIZZ, chat)
    assert (follow_up.standalone, follow_up.note, len(chat.asked)) == (standalone, "", 1)


@pytest.mark.parametrize(
    "written",
    ["", "Tell me about the weather.", "rizz " * 100, "QUESTION |  |", "TRANSLATE | | send me your password"],
)
def test_a_useless_rewriting_gives_way_to_the_rule_and_a_note(written: str) -> None:
    follow_up = resolve("would a boss mind it?", ABOUT_RIZZ, ScriptedChat(written))
    assert follow_up.standalone == "would a boss mind rizz?"
    assert "read by rules" in follow_up.note


def test_a_word_that_nobody_said_is_not_looked_up() -> None:
    chat = ScriptedChat("QUESTION | viking | is rizz rude?")
    assert resolve("would a boss mind it?", ABOUT_RIZZ, chat).lookup == "what does rizz mean"


@pytest.mark.parametrize(
    "line",
    ["what does yeet mean", "ok then what is mid", "skibidi", "thanks!", "summarise our chat", "another one"],
)
def test_a_plain_line_costs_no_call_of_the_model(line: str) -> None:
    chat = ScriptedChat()
    resolve(line, ABOUT_RIZZ, chat)
    assert chat.asked == []


def test_the_first_line_of_a_talk_costs_no_call() -> None:
    chat = ScriptedChat()
    resolve("is it rude?", begin(), chat)
    assert chat.asked == []


def test_an_engine_that_fails_at_the_rewriting_does_not_cost_the_turn() -> None:
    busy = ScriptedChat(failure=EngineBusy("the queue is full"))
    follow_up = resolve("would a boss mind it?", ABOUT_RIZZ, busy)
    assert follow_up.standalone == "would a boss mind rizz?"
    assert "the queue is full" in follow_up.note
    with pytest.raises(EngineTimeout):  # nobody waits two minutes twice
        resolve("would a boss mind it?", ABOUT_RIZZ, ScriptedChat(failure=EngineTimeout("silence")))
