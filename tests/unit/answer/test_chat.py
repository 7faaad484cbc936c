"""A turn is answered with what was said before, as far as there is room."""

from __future__ import annotations

from tests.unit.answer.scripted import RIZZ, ScriptedChat, found
from tests.unit.answer.talks import ABOUT_RIZZ, replied

from slangrag.answer.ask.answerer import answer
from slangrag.answer.chat.conversation import Turn
from slangrag.answer.chat.follow_up import resolve
from slangrag.answer.chat.turns import extended, remembered
from slangrag.answer.events import AnswerOptions, Finished
from slangrag.engines.protocols import ChatOptions


def test_a_turn_is_answered_with_the_earlier_ones_in_the_prompt() -> None:
    chat = ScriptedChat("Rizz is charm [1].")
    events = list(replied(resolve("more", ABOUT_RIZZ), ABOUT_RIZZ, found(*RIZZ), chat))
    assert [m.content for m in chat.asked[0][1:3]] == ["what does rizz mean", "Charm."]
    (told,) = [e.answer for e in events if isinstance(e, Finished)]
    after = extended(ABOUT_RIZZ, resolve("more", ABOUT_RIZZ), told)
    assert len(after.turns) == 2
    assert after.turns[-1].headwords == ("rizz",)
    assert ABOUT_RIZZ.turns == after.turns[:1]


def test_a_long_talk_never_overflows_and_forgets_the_oldest_first() -> None:
    talk = ABOUT_RIZZ
    for n in range(50):
        talk = talk.with_turn(Turn(f"q{n} " + "w " * 40, f"q{n} " + "w " * 40, "a " * 40, ("rizz",), n))
    chat = ScriptedChat("Rizz is charm [1].")
    kept = remembered(talk, chat, 300)
    assert kept[0].role == "user"
    assert kept[-2].content.startswith("q49")
    assert sum(chat.count_tokens(m.content) for m in kept) <= 300
    options = AnswerOptions(chat=ChatOptions(num_ctx=600, max_tokens=60))
    list(replied(resolve("more", talk), talk, found(*RIZZ), chat, options))
    assert sum(chat.count_tokens(m.content) for m in chat.asked[0]) <= 540


def test_history_is_left_out_before_definitions_are() -> None:
    talk = ABOUT_RIZZ.with_turn(Turn("q " * 100, "q " * 100, "a " * 100, ("rizz",), 3.0))
    chat = ScriptedChat("Rizz is charm [1].")
    options = AnswerOptions(chat=ChatOptions(num_ctx=330, max_tokens=40))
    history = remembered(talk, chat, 1000)
    events = list(answer("q", found(*RIZZ), chat, options, history=history))
    (told,) = [e.answer for e in events if isinstance(e, Finished)]
    assert told.used == 2
    assert any("earlier messages" in note for note in told.notes)
