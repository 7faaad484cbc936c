"""What is asked of a word beyond its meaning is answered from the data, or said not to be there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.answer.scripted import ScriptedChat, found, hit
from tests.unit.answer.talks import ABOUT_RIZZ, ABOUT_TWO, replied

from slangrag.answer.chat.comparing import looked_up
from slangrag.answer.chat.conversation import Conversation, Turn, begin
from slangrag.answer.chat.follow_up import resolve
from slangrag.answer.chat.turns import extended
from slangrag.answer.events import Answer, Event, Finished
from slangrag.errors import EngineReply
from slangrag.retrieval.types import Retrieval

SALTY = (
    (
        "salty",
        "Bitter or annoyed, from sailor talk. It is mildly rude.\nHe's still salty about that chess game.",
    ),
    ("salty", "Tasting strongly of salt."),
)
ABOUT_SALTY = Conversation(
    "20261122-120000-abcd",
    1.0,
    (Turn("what does salty mean", "what does salty mean", "Bitter [1].", ("salty",), 2.0, ("0000001",)),),
)


def told_of(asked: str, chat: ScriptedChat, *definitions: tuple[str, str]) -> Answer:
    follow_up = resolve(asked, ABOUT_SALTY)
    events = replied(follow_up, ABOUT_SALTY, found(*definitions), chat)
    (finished,) = [event.answer for event in events if isinstance(event, Finished)]
    return finished


@pytest.mark.parametrize("capable", [True, False])
def test_an_example_is_the_datas_own_and_cited(capable: bool) -> None:
    chat = ScriptedChat("I am salty about 7 apples [1].", capable=capable)
    told = told_of("use it in a sentence", chat, *SALTY)
    assert told.text == "“He's still salty about that chess game.” [1]"
    assert (told.grounded, told.quoted, chat.asked) == (True, True, [])
    assert [c.entry_id for c in told.citations] == ["0000001"]


def test_no_example_in_the_data_is_said_and_none_is_made_up() -> None:
    told = told_of("use it in a sentence", ScriptedChat("Salty! [1]"), SALTY[1])
    assert told.text == "My data has no example of “salty” in a sentence."
    assert (told.abstained, told.grounded, told.citations) == (True, False, ())


def test_what_else_it_can_mean_leaves_out_what_was_told() -> None:
    told = told_of(
        "what else can it mean", ScriptedChat('"Salty" means tasting strongly of salt [1].'), *SALTY
    )
    assert [c.entry_id for c in told.citations] == ["0000002"]
    assert "bitter" not in told.text.lower()
    assert (
        told_of("what else can it mean", ScriptedChat(), SALTY[0]).text
        == "My data has nothing more on “salty”."
    )


def test_a_sense_that_shares_only_some_words_with_one_told_is_another_sense() -> None:
    verb = ("drip", "To wear fashionable outfits with confidence, mainly in the form dripping.")
    noun = ("drip", "Stylish, expensive-looking clothes and jewellery, or the flair of the person in them.")
    turn = Turn("drip", "drip", "To wear [1].", ("drip",), 2.0, ("0000001",))
    talk = replace(ABOUT_RIZZ, turns=(turn,))
    chat = ScriptedChat("Drip means expensive-looking clothes and jewellery [1].")
    events = replied(resolve("no, the other meaning", talk), talk, found(verb, noun), chat)
    (told,) = [event.answer for event in events if isinstance(event, Finished)]
    assert [c.entry_id for c in told.citations] == ["0000002"]


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("is it rude?", "“It is mildly rude.” [1]"),
        ("where does it come from?", "“Bitter or annoyed, from sailor talk.” [1]"),
        ("and its opposite?", "My data does not say what the opposite of “salty” is."),
        ("who uses it?", "My data does not say who says “salty”."),
    ],
)
def test_a_small_model_is_not_asked_what_only_the_definitions_can_say(asked: str, text: str) -> None:
    chat = ScriptedChat('"Salty" means bitter.', capable=False)
    assert told_of(asked, chat, *SALTY).text == text
    assert chat.asked == []


def test_a_capable_model_may_answer_from_the_definitions_and_is_checked() -> None:
    told = told_of(
        "is it rude?",
        ScriptedChat("Salty is bitter or annoyed, and mildly rude [1]."),
        *SALTY,
    )
    assert told.text == "Salty is bitter or annoyed, and mildly rude [1]."
    invented = told_of("is it rude?", ScriptedChat("Salty is a Viking curse [1]."), *SALTY)
    assert "Viking" not in invented.text


GHOSTING = ("ghosting", "Ending contact by silently ignoring all messages. Common in dating.")
ORBITING = ("orbiting", "Watching an ex's posts after cutting off contact.")
NO_CAP = ("no cap", "Said to stress that a statement is true. It answers the slang use of cap for a lie.")


def told_of_two(
    asked: str,
    conversation: Conversation,
    chat: ScriptedChat,
    *definitions: tuple[str, str],
) -> Answer:
    """The answer to a follow-up about two words, each looked up among `definitions`."""
    follow_up = resolve(asked, conversation)

    def retrieve(text: str) -> Retrieval:
        hits = tuple(
            hit(*one, n=n) for n, one in enumerate(definitions, start=1) if text == f"what does {one[0]} mean"
        )
        return Retrieval(text, "define", "yes" if hits else "no", hits)

    *_, last = replied(follow_up, conversation, looked_up(follow_up, retrieve), chat)
    assert isinstance(last, Finished)
    return last.answer


def about_words(*words: str) -> Conversation:
    return ABOUT_RIZZ.with_turn(Turn("?", "?", "…", words, 3.0))


@pytest.mark.parametrize("capable", [True, False])
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("is it the same as orbiting?", ("ghosting",)),
        ("which one is worse?", ("ghosting", "orbiting")),
        ("so they are opposites?", ("ghosting", "orbiting")),
        ("what is the difference between ghosting and orbiting", ()),
    ],
)
def test_two_words_that_the_data_does_not_compare_are_not_compared(
    capable: bool, asked: str, words: tuple[str, ...]
) -> None:
    """Told what each means instead of one's meaning again; a capable model here only repeats itself."""
    talk = about_words(*words) if words else begin()
    if capable and words:
        talk = talk.with_turn(Turn("?", "?", "Ghosting is ending contact [1].", words, 4.0))
    chat = ScriptedChat("Ghosting is ending contact [1].", capable=capable)
    told = told_of_two(asked, talk, chat, GHOSTING, ORBITING)
    if capable and not words:
        assert told.text == "Ghosting is ending contact [1]."
        return
    assert told.text.startswith("My data does not compare “ghosting” and “orbiting”")
    assert [citation.word for citation in told.citations] == ["ghosting", "orbiting"]


def test_what_was_just_told_of_both_is_not_told_again() -> None:
    talk = about_words("ghosting", "orbiting")
    talk = talk.with_turn(Turn("?", "?", "…", ("ghosting", "orbiting"), 5.0, ("0000001", "0000002")))
    told = told_of_two("which one is worse?", talk, ScriptedChat(capable=False), GHOSTING, ORBITING)
    assert told.text == "My data does not compare “ghosting” and “orbiting”."


def test_a_sentence_of_one_word_that_names_the_other_is_quoted() -> None:
    cap = ("cap", "A lie.")
    chat = ScriptedChat(capable=False)
    told = told_of_two("so they are opposites?", about_words("cap", "no cap"), chat, cap, NO_CAP)
    assert told.text == "“It answers the slang use of cap for a lie.” [2]"
    told = told_of_two(
        "which one is common in dating?", about_words("ghosting", "orbiting"), chat, GHOSTING, ORBITING
    )
    assert told.text == "“Common in dating.” [1]"


def test_a_word_to_compare_with_that_the_data_lacks_is_named() -> None:
    chat = ScriptedChat("Ghosting is ending contact [1].")
    told = told_of_two("is it the same as benching?", about_words("ghosting"), chat, GHOSTING)
    assert told.text == "“benching” is not in my data, so I cannot compare."
    assert chat.asked == []


def test_a_plain_word_that_a_definition_names_is_compared_by_that() -> None:
    salty = ("salty", "Bitter, annoyed or resentful.")
    told = told_of_two('is it the same as "bitter"?', about_words("salty"), ScriptedChat(), salty)
    assert told.text == "“Bitter, annoyed or resentful.” [1]"


def test_two_words_stay_what_the_talk_is_about_though_only_one_was_cited() -> None:
    asked = "what is the difference between ghosting and orbiting"
    follow_up = resolve(asked, ABOUT_TWO)
    hits = found(GHOSTING, ORBITING)
    *_, last = replied(follow_up, ABOUT_TWO, hits, ScriptedChat("Ghosting is ending contact [1]."))
    assert isinstance(last, Finished)
    talk = extended(ABOUT_TWO, follow_up, last.answer)
    assert resolve("which one is worse?", talk).standalone == "which of ghosting and orbiting is worse"


def test_both_words_are_used_each_in_its_own_example() -> None:
    win, loss = ("W", "A win.\nThat was a W."), ("L", "A loss.\nTake the L.")
    chat = ScriptedChat(capable=False)
    told = told_of_two("use them both in a sentence", about_words("W", "L"), chat, win, loss)
    assert told.text == "“That was a W.” [1] “Take the L.” [2]"
    told = told_of_two("use them both in a sentence", about_words("W", "L"), chat, win, ("L", "A loss."))
    assert told.text == "My data has no example of “L” in a sentence. “That was a W.” [1]"


def test_shorter_is_shorter_or_it_is_said_that_it_cannot_be() -> None:
    talk = ABOUT_RIZZ.with_turn(
        Turn("?", "?", "“rizz”: “Charm or skill at attracting someone, mostly by talk.” [1].", ("rizz",), 3.0)
    )
    follow_up = resolve("shorter please", talk)
    long = found(("rizz", "Charm or skill at attracting someone, mostly by talk."))
    *_, last = replied(follow_up, talk, long, ScriptedChat(capable=False))
    assert isinstance(last, Finished)
    assert last.answer.text == "“rizz”, in short: “Charm or skill at attracting someone” [1]."
    again = talk.with_turn(Turn("?", "?", last.answer.text, ("rizz",), 4.0))
    *_, last = replied(resolve("shorter please", again), again, long, ScriptedChat(capable=False))
    assert isinstance(last, Finished)
    assert last.answer.text == "My data has no shorter words for “rizz”."


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("why do kids say it?", "My data does not say why people say “rizz”."),
        ("where does it come from?", "My data does not say where “rizz” comes from."),
        ("is it rude?", "My data does not say whether “rizz” is rude."),
    ],
)
def test_a_capable_model_that_only_repeats_the_meaning_has_not_answered(asked: str, said: str) -> None:
    talk = ABOUT_RIZZ.with_turn(Turn("?", "?", "Rizz is charm in flirting [1].", ("rizz",), 3.0))
    chat = ScriptedChat("Rizz is charm [1].")
    *_, last = replied(resolve(asked, talk), talk, found(("rizz", "Charm in flirting.")), chat)
    assert isinstance(last, Finished)
    assert last.answer.text == said
    assert last.answer.abstained


def test_an_engine_that_fails_is_not_taken_for_data_that_says_nothing() -> None:
    talk = ABOUT_RIZZ.with_turn(Turn("?", "?", "Rizz is charm in flirting [1].", ("rizz",), 3.0))
    chat = ScriptedChat("Rizz is charm [1]. And", failure=EngineReply("it broke"))
    asked = resolve("where does it come from?", talk)
    events: list[Event] = []
    with pytest.raises(EngineReply):
        events.extend(replied(asked, talk, found(("rizz", "Charm in flirting.")), chat))
    assert isinstance(events[-1], Finished)
    assert "Rizz is charm" in events[-1].answer.text
    assert "the engine failed" in events[-1].answer.notes[-1]
