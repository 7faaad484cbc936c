"""A conversation remembers what it is about, and comes back as it was left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.answer.scripted import RIZZ, ScriptedChat, found, hit

from slangrag.answer.answerer import answer
from slangrag.answer.chat import longer, remembered, reply
from slangrag.answer.comparing import looked_up
from slangrag.answer.events import Answer, AnswerOptions, Event, Finished
from slangrag.answer.follow_up import resolve
from slangrag.answer.history import Conversation, Turn, begin, latest, load, save, saved
from slangrag.engines.protocols import ChatOptions
from slangrag.errors import EngineBusy, EngineReply, EngineTimeout, InputFormat, InputMissing
from slangrag.retrieval.types import Retrieval

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
    later = longer(ABOUT_RIZZ, follow_up, told)
    assert resolve("is it rude?", later).standalone == "is rizz rude?"


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
    follow_up = resolve(asked, ABOUT_SALTY, chat)
    events = reply(follow_up, ABOUT_SALTY, found(*definitions), chat)
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
    events = reply(resolve("no, the other meaning", talk), talk, found(verb, noun), chat)
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
    invented = told_of("is it rude?", ScriptedChat("is salty rude?", "Salty is a Viking curse [1]."), *SALTY)
    assert "Viking" not in invented.text


def test_the_first_one_is_the_first_one_of_the_talk() -> None:
    later = ABOUT_RIZZ.with_turn(Turn("and tea?", "what does tea mean", "…", ("tea",), 3.0))
    assert resolve("how about the first one?", later).standalone == "what does rizz mean"


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
    follow_up = resolve(asked, conversation, chat)

    def retrieve(text: str) -> Retrieval:
        hits = tuple(
            hit(*one, n=n) for n, one in enumerate(definitions, start=1) if text == f"what does {one[0]} mean"
        )
        return Retrieval(text, "define", "yes" if hits else "no", hits)

    *_, last = reply(follow_up, conversation, looked_up(follow_up, retrieve), chat)
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
    *_, last = reply(follow_up, ABOUT_TWO, hits, ScriptedChat("Ghosting is ending contact [1]."))
    assert isinstance(last, Finished)
    talk = longer(ABOUT_TWO, follow_up, last.answer)
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
    *_, last = reply(follow_up, talk, long, ScriptedChat())
    assert isinstance(last, Finished)
    assert last.answer.text == "“rizz”, in short: charm or skill at attracting someone [1]."
    again = talk.with_turn(Turn("?", "?", last.answer.text, ("rizz",), 4.0))
    *_, last = reply(resolve("shorter please", again), again, long, ScriptedChat())
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
    *_, last = reply(resolve(asked, talk, chat), talk, found(("rizz", "Charm in flirting.")), chat)
    assert isinstance(last, Finished)
    assert last.answer.text == said
    assert last.answer.abstained


def test_an_engine_that_fails_is_not_taken_for_data_that_says_nothing() -> None:
    talk = ABOUT_RIZZ.with_turn(Turn("?", "?", "Rizz is charm in flirting [1].", ("rizz",), 3.0))
    chat = ScriptedChat("Rizz is charm [1]. And", failure=EngineReply("it broke"))
    asked = resolve("where does it come from?", talk, chat)
    events: list[Event] = []
    with pytest.raises(EngineReply):
        events.extend(reply(asked, talk, found(("rizz", "Charm in flirting.")), chat))
    assert isinstance(events[-1], Finished)
    assert "Rizz is charm" in events[-1].answer.text
    assert "the engine failed" in events[-1].answer.notes[-1]


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
