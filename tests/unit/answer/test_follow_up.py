"""A follow-up is understood from the talk, and small talk is met as such."""

from __future__ import annotations

import pytest
from tests.unit.answer.scripted import ScriptedChat
from tests.unit.answer.talks import ABOUT_RIZZ, ABOUT_TWO

from slangrag.answer.chat.conversation import Turn, begin
from slangrag.answer.chat.follow_up import resolve
from slangrag.answer.chat.turns import extended, reply
from slangrag.answer.events import Finished
from slangrag.errors import EngineBusy, EngineTimeout


@pytest.mark.parametrize(
    ("asked", "standalone"),
    [
        ("and what about its opposite?", "what is the opposite of rizz"),
        ("what's the opposite?", "what is the opposite of rizz"),
        ("another word for it?", "what is another word for rizz"),
        ("where does it come from?", "where does rizz come from"),
        ("use it in a sentence", "an example of rizz"),
        ("how do you use it", "an example of rizz"),
        ("what else can it mean", "what else can rizz mean"),
        ("no, the other meaning", "what else can rizz mean"),
        ("who uses it?", "who says rizz"),
        ("past tense?", "how is rizz inflected, spelled or said aloud"),
        ("what about a simp?", "what does simp mean"),
        ("and simp?", "what does simp mean"),
        ("what about no cap", "what does no cap mean"),
        ("ok, what about sus?", "what does sus mean"),
        ("how about touch grass?", "what does touch grass mean"),
        ("explain", "what does rizz mean"),
        ("more", "what else can rizz mean"),
        ("tell me more please", "what else can rizz mean"),
        ("shorter please", "what does rizz mean, in short"),
        ("can you say it in simpler words?", "what does rizz mean, in short"),
        ("why?", "why do people say rizz"),
        ("is it the same as drip?", "is rizz the same as drip?"),
        ("what's the difference between it and drip", "what's the difference between rizz and drip"),
        ("how is it different from drip?", "how is rizz different from drip?"),
        ("is it rude?", "is rizz rude?"),
        ("can I say that to my boss?", "can I say rizz to my boss?"),
    ],
)
def test_a_follow_up_is_understood(asked: str, standalone: str) -> None:
    follow_up = resolve(asked, ABOUT_RIZZ)
    assert follow_up.standalone == standalone
    assert follow_up.asked == asked
    assert follow_up.changed


@pytest.mark.parametrize(
    "asked",
    ["what does yeet mean", "what is the opposite of drip in a long sentence", "is rizz what it seems"],
)
def test_a_question_that_stands_alone_is_left_alone(asked: str) -> None:
    assert not resolve(asked, ABOUT_RIZZ).changed


def test_the_first_question_has_nothing_to_point_back_to() -> None:
    assert not resolve("is it rude?", begin()).changed


@pytest.mark.parametrize(
    "asked", ["what does it mean", "is it rude?", "use it in a sentence", "where does it come from?"]
)
def test_a_first_question_that_only_points_is_asked_which_word(asked: str) -> None:
    assert resolve(asked, begin()).reply == "Which word do you mean?"


@pytest.mark.parametrize(
    ("asked", "lookup"),
    [
        ("ok then what does bet mean", "what does bet mean"),
        ("thanks! and what is rizz?", "what is rizz?"),
        ("so fetch", "so fetch"),
    ],
)
def test_what_is_said_before_a_question_is_not_looked_up(asked: str, lookup: str) -> None:
    assert resolve(asked, begin()).lookup == lookup


def test_the_second_one_is_the_second_one() -> None:
    assert resolve("and the second one?", ABOUT_TWO).standalone == "what does tea mean"


def test_a_question_about_the_first_one_keeps_what_it_asks() -> None:
    follow_up = resolve("what about the first one, where does it come from?", ABOUT_TWO)
    assert (follow_up.standalone, follow_up.lookup) == ("where does drip come from", "what does drip mean")


def test_two_words_are_both_meant_by_they_and_which_one() -> None:
    assert resolve("so they are opposites?", ABOUT_TWO).standalone == "so drip and tea are opposites?"
    assert resolve("which one is worse?", ABOUT_TWO).standalone == "which of drip and tea is worse"
    assert "tea" in resolve("which one is worse?", ABOUT_TWO).lookup


SMALL_TALK = ("hi", "Hello there!", "thanks", "ty", "thank you so much", "lol ok", "haha nice", "bye",
              "good bot", "how are you?", "who are you", "are you sure?", "no thanks")  # fmt: skip
QUESTIONS = ("lol", "cheers", "thanks, and what is rizz?", "hi what does mid mean", "ok rizz", "that is sick",
             "bet", "is it good", "what is cool", "thankful", "hiya means what")  # fmt: skip


@pytest.mark.parametrize("line", SMALL_TALK)
def test_small_talk_is_met_as_such_without_a_look_up_or_a_model(line: str) -> None:
    chat = ScriptedChat("I invent things.")
    follow_up = resolve(line, ABOUT_RIZZ, chat)
    events = list(reply(follow_up, ABOUT_RIZZ, None, chat))
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
    (told,) = [e.answer for e in reply(follow_up, ABOUT_RIZZ, None, chat) if isinstance(e, Finished)]
    later = extended(ABOUT_RIZZ, follow_up, told)
    assert resolve("is it rude?", later).standalone == "is rizz rude?"


def test_the_first_one_is_the_first_one_of_the_talk() -> None:
    later = ABOUT_RIZZ.with_turn(Turn("and tea?", "what does tea mean", "…", ("tea",), 3.0))
    assert resolve("how about the first one?", later).standalone == "what does rizz mean"


@pytest.mark.parametrize("asked", ["and what about its opposite?", "is it rude?", "where does it come from?"])
def test_a_question_about_the_word_is_answered_from_the_words_definitions(asked: str) -> None:
    assert resolve(asked, ABOUT_RIZZ).lookup == "what does rizz mean"


def test_a_turn_about_nothing_does_not_make_it_forget() -> None:
    later = ABOUT_RIZZ.with_turn(Turn("blorp?", "blorp?", "not in my data", (), 3.0))
    assert resolve("and its opposite?", later).standalone == "what is the opposite of rizz"


def test_a_capable_models_rewriting_is_used_if_it_names_the_word() -> None:
    chat = ScriptedChat("Would a boss mind the word rizz?")
    assert resolve("would a boss mind it?", ABOUT_RIZZ, chat).standalone == "Would a boss mind the word rizz?"


@pytest.mark.parametrize("written", ["", "Tell me about the weather.", "rizz " * 100])
def test_a_useless_rewriting_gives_way_to_the_rule(written: str) -> None:
    chat = ScriptedChat(written)
    assert resolve("would a boss mind it?", ABOUT_RIZZ, chat).standalone == "would a boss mind rizz?"


def test_a_plain_follow_up_costs_no_call_of_the_model() -> None:
    chat = ScriptedChat()
    assert resolve("is it rude?", ABOUT_RIZZ, chat).standalone == "is rizz rude?"
    assert chat.asked == []


def test_an_engine_that_fails_at_the_rewriting_does_not_cost_the_turn() -> None:
    busy = ScriptedChat(failure=EngineBusy("busy"))
    assert resolve("would a boss mind it?", ABOUT_RIZZ, busy).standalone == "would a boss mind rizz?"
    with pytest.raises(EngineTimeout):  # nobody waits two minutes twice
        resolve("would a boss mind it?", ABOUT_RIZZ, ScriptedChat(failure=EngineTimeout("silence")))
