"""What is asked of the talk itself is done: checked again, summed up, translated."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.unit.answer.scripted import ScriptedChat, found, hit
from tests.unit.answer.talks import ABOUT_RIZZ

from slangrag.answer.chat.conversation import Continued, Conversation, ReadAs, begin
from slangrag.answer.chat.translated import Translated
from slangrag.answer.chat.turns import Talking, converse
from slangrag.answer.events import Answer, Event, Finished, Note
from slangrag.errors import EngineBusy, EngineReply
from slangrag.retrieval.types import Retrieval
from slangrag.sources.entry import Entry

RIZZ = (
    "rizz",
    "Charm in flirting, from charisma.\nShe has rizz for days.\nHe rizzed up the room.",
)
SALTY = ("salty", "Bitter or annoyed.")
GOAT = Entry("7", "GOAT", "Greatest of all time.")


def talked(
    lines: list[str], chat: ScriptedChat, made: Translated | None = None
) -> tuple[list[list[Event | ReadAs | Continued]], Conversation]:
    """The events of each turn of a talk, and the talk."""

    def retrieve(text: str) -> Retrieval:
        hits = tuple(hit(*one, n=n) for n, one in enumerate((RIZZ, SALTY), start=1) if one[0] in text)
        return Retrieval(text, "define", "yes" if hits else "no", hits)

    talk = begin(0.0)
    turns = []
    for line in lines:
        talking = Talking(retrieve, chat, lambda text: made or Translated(text, (), grounded=True))
        turns.append(list(converse(line, talk, talking)))
        talk = next(event.conversation for event in turns[-1] if isinstance(event, Continued))
    return turns, talk


def extend(events: list[Event | ReadAs | Continued], turn: Iterator[Event | ReadAs | Continued]) -> None:
    """Keep what comes before an error."""
    for event in turn:
        events.append(event)  # noqa: PERF402  # list.extend would do the same, but says less


def said(events: list[Event | ReadAs | Continued]) -> Answer:
    return next(event.answer for event in events if isinstance(event, Finished))


def test_a_doubted_answer_is_set_beside_its_definition_whole() -> None:
    turns, _ = talked(["what does rizz mean", "are you sure that's right?"], ScriptedChat(capable=False))
    told = said(turns[1])
    assert "I quoted the data" in told.text
    assert "He rizzed up the room" in told.text, "the whole definition, not the part that was quoted"
    assert [one.word for one in told.citations] == ["rizz"]


def test_a_doubted_sentence_of_the_models_own_is_named() -> None:
    chat = ScriptedChat("Rizz is charm in flirting [1]. It became popular with many streamers quickly [1].")
    turns, _ = talked(["what does rizz mean", "are you sure?"], chat)
    own = [one.text for one in said(turns[0]).sentences if one.support == "own words"]
    assert own, "else this test tests nothing"
    told = said(turns[1])
    assert "Not all of it is in the definitions" in told.text
    assert "It became popular" in told.text
    assert len(chat.asked) == 1


def test_a_summary_has_each_word_once_as_it_was_told_with_marks_of_its_own() -> None:
    lines = ["what does rizz mean", "what does salty mean", "what does rizz mean", "summarise our chat"]
    turns, talk = talked(lines, ScriptedChat(capable=False))
    told = said(turns[-1])
    assert told.text == (
        "We talked about “rizz”, “salty”. “rizz”: “Charm in flirting, from charisma.” [1]. "
        "“salty”: “Bitter or annoyed.” [2]."
    )
    assert [one.support for one in told.sentences] == ["quoted", "quoted"]
    assert talk.headwords == ("rizz",), "the talk is still about what it was about"
    assert said(talked(["recap"], ScriptedChat())[0][0]).text.startswith("There is nothing to summarise")


def test_another_one_is_an_example_not_told_before() -> None:
    lines = ["what does rizz mean", "use it in a sentence", "another one", "another one"]
    turns, _ = talked(lines, ScriptedChat(capable=False))
    assert said(turns[1]).text == "“She has rizz for days.” [1] “He rizzed up the room.” [1]"
    assert said(turns[2]).text == "My data has no further example of “rizz” in a sentence."


@pytest.mark.parametrize(("grounded", "support"), [(True, "supported"), (False, "own words")])
def test_a_translation_comes_with_the_definitions_it_rests_on(grounded: bool, support: str) -> None:
    made = Translated("she is the best", (GOAT,), grounded=grounded, engine="ollama", model="m")
    turns, talk = talked(["translate: she is the goat"], ScriptedChat(), made)
    told = said(turns[0])
    assert [(one.text, one.support) for one in told.sentences] == [
        ("she is the best", support),
        ("“GOAT”: “Greatest of all time.” [1].", "quoted"),
    ]
    assert talk.headwords == ("GOAT",)


def test_a_message_that_is_not_rewritten_is_explained_and_not_repeated() -> None:
    made = Translated("she is the goat", (GOAT,), grounded=True)
    turns, _ = talked(["translate: she is the goat"], ScriptedChat(capable=False), made)
    assert said(turns[0]).text == "“GOAT”: “Greatest of all time.” [1]."
    turns, _ = talked(["translate: it rains"], ScriptedChat(capable=False))
    assert said(turns[0]).text == "There is no slang in that which my data knows."


def test_an_engine_that_fails_at_a_translation_is_told_after_what_the_data_says() -> None:
    made = Translated("she is the goat", (GOAT,), grounded=True, failure=EngineReply("it broke"))
    events: list[Event | ReadAs | Continued] = []
    talking = Talking(lambda _: found(), ScriptedChat(), lambda _: made)
    turn = converse("translate: she is the goat", begin(), talking)
    with pytest.raises(EngineReply):
        extend(events, turn)
    assert isinstance(events[-1], Continued)


def test_a_line_that_the_model_could_not_read_says_so() -> None:
    chat = ScriptedChat("", "Rizz is charm in flirting [1].")
    talking = Talking(lambda _: found(RIZZ), chat, lambda text: Translated(text, (), grounded=True))
    events = list(converse("would a boss mind it?", ABOUT_RIZZ, talking))
    assert any(isinstance(event, Note) and "read by rules" in event.text for event in events)
    assert any(isinstance(event, ReadAs) for event in events)


def test_a_small_models_note_does_not_talk_of_an_option_that_chat_lacks() -> None:
    turns, _ = talked(["what does rizz mean"], ScriptedChat(capable=False))
    assert "--generate" not in " ".join(said(turns[0]).notes)


def test_the_title_is_the_first_question_that_found_something_and_short() -> None:
    _, talk = talked(["hi", "what does rizz mean " + "really " * 20], ScriptedChat(capable=False))
    assert talk.title.startswith("what does rizz mean really")
    assert len(talk.title) <= 61
    assert talk.title.endswith("…")
    assert begin().title == "(empty)"


def test_an_engine_that_is_busy_costs_the_rewriting_and_not_the_turn() -> None:
    chat = ScriptedChat(failure=EngineBusy("busy"))
    talking = Talking(lambda _: found(RIZZ), chat, lambda text: Translated(text, (), grounded=True))
    events: list[Event | ReadAs | Continued] = []
    with pytest.raises(EngineBusy):
        extend(events, converse("would a boss mind it?", ABOUT_RIZZ, talking))
    assert isinstance(events[-1], Continued)
