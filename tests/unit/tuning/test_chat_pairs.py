"""Pairs for a chat model: what is kept, what is counted, and what a killed run leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.answer.scripted import ScriptedChat, found

from slangrag.answer.ask.prompts import NOT_THERE, capable_messages
from slangrag.answer.support.checkers import by_words
from slangrag.cli.render.curve import curve
from slangrag.engines.protocols import ChatOptions, Message
from slangrag.errors import InputFormat, UsageError
from slangrag.tuning.chat.answering import Checked, Metered, Recited, checked, quoted_meaning
from slangrag.tuning.chat.journal import KEPT, Asked, Journal
from slangrag.tuning.chat.loading import as_turns
from slangrag.tuning.chat.pairs import Pair, read_pairs, write_rows

RIZZ = ("rizz", "Charm or skill at attracting a romantic partner.")
DRIP = ("drip", "Stylish, expensive clothes and jewellery.")
QUESTION = "what does rizz mean"


def said(text: str) -> Checked:
    return checked(QUESTION, found(RIZZ, DRIP), Recited(text), ChatOptions(), by_words())


def test_a_pair_has_the_very_messages_that_the_answerer_sends() -> None:
    kept = said("“Rizz” is charm or skill at attracting a romantic partner [1].")
    retrieval = found(RIZZ, DRIP)
    assert list(kept.messages) == capable_messages(QUESTION, retrieval.intent, retrieval.hits)
    assert kept.words == ("rizz", "drip")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Rizz is charm or skill at attracting a romantic partner [1].", True),
        ("It is charm or skill at attracting a romantic partner.", True),  # it gets its citation
        ("Rizz is charm or skill at attracting a romantic partner [2].", False),
        ("Rizz was coined in 1998 by a poet [1].", False),
        (
            "Rizz is charm or skill at attracting a romantic partner [1]. It is rude to say so at work [1].",
            False,
        ),
        ("Rizz is charm or skill at attracting a partner [1]. See www.rizz.com for more [1].", False),
        ("", False),
    ],
)
def test_an_answer_is_kept_only_if_every_sentence_of_it_is_supported(text: str, kept: bool) -> None:
    judged = said(text)
    assert bool(judged.text) == kept
    assert bool(judged.reason) != kept
    if kept:
        assert judged.text.endswith("[1].")


def test_a_decline_is_the_very_words_that_the_program_listens_for() -> None:
    judged = said(f"{NOT_THERE}.")
    assert (judged.text, judged.declined, judged.reason) == (NOT_THERE, True, "")


def test_a_quotation_of_the_definitions_passes_its_own_check() -> None:
    text = quoted_meaning(found(RIZZ, DRIP))
    assert text == "“rizz”: “Charm or skill at attracting a romantic partner.” [1]."
    assert said(text).reason == ""


def test_what_a_model_reads_and_writes_is_counted() -> None:
    chat = Metered(ScriptedChat("Rizz is charm [1]."))
    checked(QUESTION, found(RIZZ), chat, ChatOptions(), by_words())
    assert chat.spent.answer == 4


PAIR = Pair(
    (Message("system", "s"), Message("user", "q")), "Rizz is charm [1].", "q", "rizz", "meaning", "x", ("1",)
)


def test_pairs_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    assert write_rows(path, [PAIR.row(), PAIR.row()]) == 2
    assert read_pairs(path, hint="") == [PAIR, PAIR]
    row = json.loads(path.read_text().splitlines()[0])
    assert row["prompt"][0] == {"role": "system", "content": "s"}
    assert row["completion"] == [{"role": "assistant", "content": "Rizz is charm [1]."}]


@pytest.mark.parametrize(
    "line", ['{"prompt": []}', "no json", "[]", '{"prompt": [{"role": "tool"}], "completion": [{}]}']
)
def test_a_line_that_is_no_pair_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(PAIR.row()) + "\n" + line + "\n")
    with pytest.raises(InputFormat, match="line 2"):
        read_pairs(path, hint="")


OPTIONS = {"writer": "definitions", "seed": 0}


def test_a_killed_run_goes_on_after_its_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    with Journal(path, OPTIONS) as journal:
        journal.add(Asked("0:rizz", "q", "rizz", "meaning", KEPT, pair=PAIR))
        journal.add(Asked("0:drip", "q", "drip", "meaning", "nothing is found", prompt_tokens=7))
    with path.open("a") as out:
        out.write('{"key": "0:cap", "que')
    with Journal(path, OPTIONS) as journal:
        assert journal.done == {"0:rizz", "0:drip"}
        assert (journal.tally.asked, journal.tally.kept[False], journal.tally.prompt_tokens) == (2, 1, 7)
        journal.add(Asked("0:cap", "q", "cap", "absent", KEPT, held_out=True, pair=PAIR))
        assert len(list(journal.kept(held_out=False))) == 1
        assert list(journal.kept(held_out=True)) == [PAIR.row()]
        assert journal.tally.refused == {"nothing is found": 1}


def test_pairs_of_two_writers_are_not_mixed_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "asked.jsonl"
    Journal(path, OPTIONS).__exit__(None, None, None)
    with pytest.raises(UsageError, match=r"writer definitions \(now llama3.1\)") as refused:
        Journal(path, {**OPTIONS, "writer": "llama3.1"})
    assert "--fresh" in refused.value.hint
    with Journal(path, {**OPTIONS, "writer": "llama3.1"}, fresh=True) as journal:
        assert not journal.done


def test_declines_keep_to_their_share(tmp_path: Path) -> None:
    with Journal(tmp_path / "asked.jsonl", OPTIONS) as journal:
        for n in range(40):
            wants = journal.tally.wants_decline(0.15, held_out=False)
            journal.add(Asked(str(n), "q", "w", "absent" if wants else "meaning", KEPT, pair=PAIR))
        assert journal.tally.kinds["absent"] == 6


def test_a_template_without_a_system_role_gets_the_instructions_before_the_question() -> None:
    messages = (Message("system", "Explain."), Message("user", "what is rizz"))
    assert as_turns(messages, with_system=True)[0]["role"] == "system"
    assert as_turns(messages, with_system=False) == [{"role": "user", "content": "Explain.\n\nwhat is rizz"}]


def test_the_curve_shows_a_falling_loss_falling() -> None:
    lines = curve([4.0, 3.0, 2.0, 1.0])
    assert lines[0].split() == ["4.000", "█"]
    assert lines[-1].split() == ["1.000", "███▁"]
    assert len(curve([float(n) for n in range(500)])[-1]) <= 9 + 60
    assert curve([]) == []
