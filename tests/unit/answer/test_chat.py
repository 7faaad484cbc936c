"""A conversation remembers what it is about, and comes back as it was left."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.answer.scripted import RIZZ, ScriptedChat, found

from slangrag.answer.answerer import answer
from slangrag.answer.chat import longer, remembered, reply, resolve
from slangrag.answer.events import AnswerOptions, Finished
from slangrag.answer.history import Conversation, Turn, begin, latest, load, save, saved
from slangrag.engines.protocols import ChatOptions
from slangrag.errors import InputFormat, InputMissing

ABOUT_RIZZ = Conversation(
    "20261122-120000-abcd",
    1.0,
    (Turn("what does rizz mean", "what does rizz mean", "Charm [1].", ("rizz",), 2.0),),
)
ABOUT_TWO = ABOUT_RIZZ.with_turn(Turn("drip and tea?", "drip and tea?", "…", ("drip", "tea"), 3.0))


@pytest.mark.parametrize(
    ("asked", "standalone"),
    [
        ("and what about its opposite?", "what is the opposite of rizz"),
        ("what's the opposite?", "what is the opposite of rizz"),
        ("another word for it?", "what is another word for rizz"),
        ("where does it come from?", "where does rizz come from"),
        ("and simp?", "what does simp mean"),
        ("what about no cap", "what does no cap mean"),
        ("ok, what about sus?", "what does sus mean"),
        ("how about touch grass?", "what does touch grass mean"),
        ("more", "what does rizz mean"),
        ("tell me more", "what does rizz mean"),
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


def test_the_second_one_is_the_second_one() -> None:
    assert resolve("and the second one?", ABOUT_TWO).standalone == "what does tea mean"


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


def test_a_turn_is_answered_with_the_earlier_ones_in_the_prompt() -> None:
    chat = ScriptedChat("Rizz is charm [1].")
    events = list(reply(resolve("more", ABOUT_RIZZ), ABOUT_RIZZ, found(*RIZZ), chat))
    assert [m.content for m in chat.asked[0][1:3]] == ["what does rizz mean", "Charm."]
    (told,) = [e.answer for e in events if isinstance(e, Finished)]
    after = longer(ABOUT_RIZZ, resolve("more", ABOUT_RIZZ), told)
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
    list(reply(resolve("more", talk), talk, found(*RIZZ), chat, options))
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


def test_a_conversation_comes_back_as_it_was_left(tmp_path: Path) -> None:
    save(ABOUT_TWO, tmp_path)
    assert load(tmp_path, ABOUT_TWO.id) == ABOUT_TWO
    assert latest(tmp_path) == (ABOUT_TWO, [])


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.text(), st.lists(st.text(), max_size=3)), max_size=4))
def test_any_text_survives_being_kept(
    tmp_path_factory: pytest.TempPathFactory, turns: list[tuple[str, str, list[str]]]
) -> None:
    kept = begin(0.0)
    for asked, told, words in turns:
        kept = kept.with_turn(Turn(asked, asked, told, tuple(words), 1.5))
    directory = tmp_path_factory.mktemp("chats")
    save(kept, directory)
    assert load(directory, kept.id) == kept


def test_saving_again_replaces_and_leaves_no_litter(tmp_path: Path) -> None:
    save(ABOUT_RIZZ, tmp_path)
    save(ABOUT_TWO, tmp_path)
    save(ABOUT_RIZZ.with_turn(ABOUT_TWO.turns[-1]), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"{ABOUT_RIZZ.id}.jsonl"]


def test_the_latest_comes_first_and_a_broken_file_is_passed_over_and_named(tmp_path: Path) -> None:
    old, new = begin(1_000_000.0), begin(2_000_000.0)
    save(old, tmp_path)
    save(new, tmp_path)
    (tmp_path / "20300101-000000-ffff.jsonl").write_text("{not json", encoding="utf-8")
    (tmp_path / "notes.jsonl").write_text("{}", encoding="utf-8")
    kept, passed_over = saved(tmp_path)
    assert [c.id for c in kept] == [new.id, old.id]
    assert len(passed_over) == 1
    assert "20300101-000000-ffff" in passed_over[0]
    assert latest(tmp_path)[0].id == new.id
    assert latest(tmp_path)[1] == passed_over
    with pytest.raises(InputFormat):
        load(tmp_path, "20300101-000000-ffff")


@pytest.mark.parametrize(
    "wrong", ["../../etc/passwd", "x", "", "20261122-120000-zzzz", "20261122-120000-0000"]
)
def test_an_id_cannot_lead_out_of_the_directory_and_a_wrong_one_is_said(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(InputMissing):
        load(tmp_path, wrong)


def test_nothing_to_go_on_with_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        latest(tmp_path / "none")
