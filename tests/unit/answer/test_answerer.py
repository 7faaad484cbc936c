"""What a user is shown: only checked sentences, or quotations, or an honest no."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.unit.answer.scripted import RIZZ, ScriptedChat, found

from slangrag.answer.ask.answerer import answer
from slangrag.answer.ask.choosing import told as quotations
from slangrag.answer.ask.quoting import quote
from slangrag.answer.events import (
    Answer,
    AnswerOptions,
    Event,
    Finished,
    FirstToken,
    Remark,
    Sentence,
    Withdrawn,
)
from slangrag.engines.protocols import ChatOptions
from slangrag.errors import EngineReply, EngineUnreachable
from slangrag.retrieval.types import Hit, Match, Retrieval, Span
from slangrag.sources.entry import Entry

GENERATE = AnswerOptions(generate=True)


def run(chat: ScriptedChat, retrieval: Retrieval, options: AnswerOptions | None = None) -> list[Event]:
    return list(answer(retrieval.query, retrieval, chat, options))


def drain(stream: Iterator[Event], into: list[Event]) -> None:
    """Collect events one by one, so that those before an error are kept."""
    for event in stream:
        into.append(event)  # noqa: PERF402


def finished(events: list[Event]) -> Answer:
    (last,) = [event.answer for event in events if isinstance(event, Finished)]
    assert isinstance(events[-1], Finished)
    return last


def test_a_supported_answer_is_streamed_cited_and_called_grounded() -> None:
    chat = ScriptedChat(
        "Rizz is charm at attracting someone romantically [1]. It can mean to win somebody over [2]."
    )
    events = run(chat, found(*RIZZ))
    assert isinstance(events[0], FirstToken)
    assert [e.citations for e in events if isinstance(e, Sentence)] == [(1,), (2,)]
    told = finished(events)
    assert told.text == (
        "Rizz is charm at attracting someone romantically [1]. It can mean to win somebody over [2]."
    )
    assert told.grounded
    assert not told.quoted
    assert [(c.n, c.entry_id, c.word) for c in told.citations] == [
        (1, "0000001", "rizz"),
        (2, "0000002", "rizz"),
    ]
    assert (told.engine, told.model, told.used) == ("scripted", "script-1", 2)
    assert set(told.timings_ms) == {"retrieve", "first_token", "total"}


@pytest.mark.parametrize("step", [1, 2, 5, 1000])
def test_how_the_stream_is_cut_changes_nothing(step: int) -> None:
    reply = "Rizz is charm, i.e. skill at attracting someone. [1] It is to win somebody over [1, 2]"
    told = finished(run(ScriptedChat(reply, step=step), found(*RIZZ)))
    assert told.text == (
        "Rizz is charm, i.e. skill at attracting someone [1]. It is to win somebody over [1][2]."
    )


def test_an_invented_sentence_is_withdrawn_and_the_rest_stays() -> None:
    chat = ScriptedChat(
        "Rizz is charm at attracting someone [1]. It was invented by Julius Caesar in Rome [1]."
    )
    events = run(chat, found(*RIZZ))
    (withdrawn,) = [e for e in events if isinstance(e, Withdrawn)]
    assert "Caesar" in withdrawn.text
    assert "Caesar" not in finished(events).text


def test_where_the_model_says_nothing_that_the_data_says_the_definition_is_quoted_beside_it() -> None:
    chat = ScriptedChat("Rizz is a kind of Italian rice dish [1]. It is served with cheese [2].")
    events = run(chat, found(*RIZZ))
    assert ["Italian" in e.reason for e in events if isinstance(e, Withdrawn)] == [True]
    told = finished(events)
    assert [sentence.support for sentence in told.sentences] == ["own words", "quoted"]
    assert RIZZ[0][1] in told.text
    assert not told.grounded
    assert [citation.n for citation in told.citations] == [1]


def test_an_answer_of_which_nothing_can_be_shown_becomes_a_quotation() -> None:
    told = finished(run(ScriptedChat("Rizz is Caesar's salad, see https://x.example [1]."), found(*RIZZ)))
    assert {sentence.support for sentence in told.sentences} == {"quoted"}
    assert told.grounded
    assert any("quoted" in note for note in told.notes)


def test_a_citation_out_of_range_is_dropped_and_the_right_one_found() -> None:
    told = finished(run(ScriptedChat("Rizz is charm at attracting someone romantically [7]."), found(*RIZZ)))
    assert told.text == "Rizz is charm at attracting someone romantically [1]."


def test_a_wrong_citation_is_put_right() -> None:
    chat = ScriptedChat("To rizz somebody is to win them over with smooth talk [1].")
    assert finished(run(chat, found(*RIZZ))).citations[0].n == 2


@pytest.mark.parametrize("reply", ["", "   \n\n", "....", "[1]", "💀💀💀", "asdf qwer zxcv asdf qwer"])
def test_silence_and_gibberish_become_a_quotation(reply: str) -> None:
    told = finished(run(ScriptedChat(reply), found(*RIZZ)))
    assert told.quoted
    assert RIZZ[0][1] in told.text


def test_a_looping_model_is_stopped_and_says_things_once() -> None:
    chat = ScriptedChat("Rizz is charm at attracting someone [1]. " * 200)
    told = finished(run(chat, found(*RIZZ)))
    assert told.text == "Rizz is charm at attracting someone [1]."
    assert chat.cancelled == 1


def test_an_endless_sentence_is_not_waited_for() -> None:
    chat = ScriptedChat("charm " * 5000)
    told = finished(run(chat, found(*RIZZ)))
    assert told.quoted
    assert chat.cancelled == 1


def test_unknown_slang_is_not_put_to_the_model_at_all() -> None:
    chat = ScriptedChat("Skibidi means cool [1].")
    retrieval = found(query="what does skibidi mean", known="no", suggestions=("skid", "bidi"))
    told = finished(run(chat, retrieval, AnswerOptions(data_until="May 2016")))
    assert chat.asked == []
    assert told.abstained
    assert not told.grounded
    assert "not in my data" in told.text
    assert "May 2016" in told.text
    assert "Did you mean “skid” or “bidi”?" in told.text
    assert told.suggestions == ("skid", "bidi")


def test_a_doubtful_sense_is_framed_as_doubtful_before_the_answer() -> None:
    retrieval = found(*RIZZ, known="maybe", suggestions=("ritz",))
    events = run(ScriptedChat("Rizz is charm [1]."), retrieval, AnswerOptions(data_until="May 2016"))
    remarks = [e.text for e in events if isinstance(e, Remark)]
    assert "another sense" in remarks[0]
    assert "May 2016" in remarks[0]
    assert finished(events).text.startswith(remarks[0])
    assert "“ritz”" in finished(events).text


def test_no_year_is_claimed_for_data_whose_end_is_unknown() -> None:
    told = finished(run(ScriptedChat("Rizz is charm [1]."), found(*RIZZ, known="maybe")))
    assert "20" not in told.text


@pytest.mark.parametrize("match", ["fuzzy", "inflected"])
def test_another_spelling_is_named_before_it_is_answered_and_no_other_sense_is_claimed(match: Match) -> None:
    retrieval = found(*RIZZ, match=match, span="rizs", query="what does rizs mean", known="maybe")
    told = finished(run(ScriptedChat("Rizz is charm [1]."), retrieval))
    assert "“rizs” is not in my data; this is about “rizz”." in told.text
    assert "another sense" not in told.text


def test_a_described_word_that_is_unsure_is_doubted_as_a_word_and_not_as_a_sense() -> None:
    retrieval = replace(found(*RIZZ, match="semantic", known="maybe"), intent="reverse")
    told = finished(run(ScriptedChat("Rizz is charm [1]."), retrieval))
    assert told.text.startswith("Not sure that this is the word you are looking for.")
    assert "another sense" not in told.text


def test_a_model_that_finds_no_answer_may_say_so() -> None:
    told = finished(run(ScriptedChat("NOT IN THE DEFINITIONS"), found(*RIZZ)))
    assert told.abstained
    assert told.citations == ()
    assert not told.quoted


def test_an_engine_that_breaks_off_leaves_what_was_checked_and_then_fails() -> None:
    chat = ScriptedChat("Rizz is charm [1]. It is al", failure=EngineReply("broke off"))
    seen: list[Event] = []
    with pytest.raises(EngineReply):
        drain(answer("q", found(*RIZZ), chat), seen)
    told = finished(seen)
    assert told.text == "Rizz is charm [1]."
    assert any("broke off" in note for note in told.notes)


def test_an_engine_that_is_not_there_gives_quotations_and_then_fails() -> None:
    seen: list[Event] = []
    chat = ScriptedChat(failure=EngineUnreachable("nobody there"))
    with pytest.raises(EngineUnreachable):
        drain(answer("q", found(*RIZZ), chat), seen)
    assert finished(seen).quoted


def test_closing_the_stream_cancels_the_model() -> None:
    chat = ScriptedChat("Rizz is charm [1]. " + "It is more and more. " * 50)
    stream = answer("q", found(*RIZZ), chat)
    for event in stream:
        if isinstance(event, Sentence):
            break
    stream.close()  # type: ignore[attr-defined]
    assert chat.cancelled == 1


def test_definitions_that_do_not_fit_are_dropped_whole_and_counted() -> None:
    definitions = [("rizz", f"Charm number {n}. " + "filler " * 60) for n in range(6)]
    chat = ScriptedChat("Rizz is charm [1].")
    options = AnswerOptions(chat=ChatOptions(num_ctx=500, max_tokens=50))
    told = finished(run(chat, found(*definitions), options))
    assert 0 < told.dropped < 6
    assert told.used == 6 - told.dropped
    assert len(told.hits) == 6
    assert any(f"{told.dropped} of 6 definitions" in note for note in told.notes)
    prompt = chat.asked[0][-1].content
    assert prompt.count("filler") == 60 * told.used


def test_a_small_model_is_asked_about_one_definition_at_a_time() -> None:
    chat = ScriptedChat(
        '"Rizz" means charm or skill at attracting someone romantically, mostly through easy talk.',
        '"Rizz" means to win somebody over with smooth talk; usually in the form rizz up.',
        capable=False,
        accepts_grammar=True,
    )
    told = finished(run(chat, found(*RIZZ), GENERATE))
    assert told.text == (
        '"Rizz" means charm or skill at attracting someone romantically, mostly through easy talk [1]. '
        "It can also mean to win somebody over with smooth talk; usually in the form rizz up [2]."
    )
    assert len(chat.asked) == 2
    assert all(options.grammar and "Rizz" in options.grammar for options in chat.options)


def test_a_model_too_small_to_explain_is_not_asked_and_that_is_said() -> None:
    chat = ScriptedChat("Rizz is rice.", capable=False)
    told = finished(run(chat, found(*RIZZ)))
    assert not chat.asked
    assert told.text.startswith("“rizz”: “Charm or skill")
    assert told.notes == (
        "answered with the definitions: script-1 is too small to explain (--generate lets it try)",
    )


def test_a_small_model_that_drifts_is_replaced_by_the_definition_itself() -> None:
    chat = ScriptedChat('"Rizz" means a pan of rice.', capable=False)
    told = finished(run(chat, found(RIZZ[0]), GENERATE))
    assert told.quoted
    assert told.text == f"“rizz”: “{RIZZ[0][1]}” [1]."


def test_without_any_model_the_definitions_are_quoted() -> None:
    told = quote("what does rizz mean", found(*RIZZ))
    assert told.quoted
    assert told.model == ""
    assert [c.n for c in told.citations] == [1, 2]
    assert quote("?", found(known="no")).abstained


def test_a_sentence_cut_off_by_the_token_limit_is_not_shown() -> None:
    chat = ScriptedChat("Rizz is charm at attracting someone [1]. It is charm mostly through")
    events = run(chat, found(*RIZZ), AnswerOptions(chat=ChatOptions(max_tokens=12)))
    assert finished(events).text == "Rizz is charm at attracting someone [1]."
    assert [e.reason for e in events if isinstance(e, Withdrawn)] == ["it was cut off at 12 tokens"]


def test_a_small_model_explains_each_stretch_of_a_message_once() -> None:
    text = "no cap that is mid"
    hits = tuple(
        Hit(Entry(str(n), word, f"A {word} thing numbered."), 1.0, "exact", span)
        for n, (word, span) in enumerate(
            [
                ("no cap", Span("no cap", 0, 6)),
                ("cap", Span("cap", 3, 6)),
                ("no cap fr", None),
                ("mid", Span("mid", 15, 18)),
            ]
        )
    )
    chosen = quotations(Retrieval(text, "sentence", "yes", hits))
    assert [(one.n, one.hit.entry.word) for one in chosen] == [(1, "no cap"), (4, "mid")]


def test_a_small_model_is_not_asked_about_one_sense_twice() -> None:
    retrieval = found(
        ("rizz", "Charm or skill at attracting someone."),
        ("Rizz", "Skill at attracting someone, or charm."),
        ("drip", "A stylish outfit."),
        ("rizz", "To win somebody over with talk."),
    )
    assert [one.n for one in quotations(retrieval)] == [1, 4]


@pytest.mark.parametrize(("question", "said"), [("is rizz rude?", True), ("what does rizz mean", False)])
def test_a_small_model_that_cannot_answer_the_question_says_so(question: str, said: bool) -> None:
    chat = ScriptedChat('"Rizz" means charm or skill at attracting someone.', capable=False)
    told = finished(list(answer(question, found(RIZZ[0]), chat, GENERATE)))
    assert any("too small" in note for note in told.notes) is said
