"""What a command and a server say to one another comes out as it went in."""

from __future__ import annotations

from typing import Any

import pytest

from slangrag import errors
from slangrag.answer.chat.conversation import Continued, Conversation, ReadAs, Turn
from slangrag.answer.events import (
    Answer,
    Citation,
    Draft,
    Finished,
    FirstToken,
    Note,
    Remark,
    Sentence,
    Sources,
    Withdrawn,
)
from slangrag.answer.translate.terms import Sense, SlangTerm, Translation
from slangrag.retrieval.types import Hit, Retrieval, Span
from slangrag.service import wire
from slangrag.sources.entry import Entry

ENTRY = Entry("0000001", "rizz", "Charm. “Café” \N{SPARKLES}", 3, None)
HIT = Hit(ENTRY, 1.5, "exact", Span("rizz", 10, 14), {"exact": 1.0}, 0.9)
FOUND = Retrieval("what does rizz mean", "define", "yes", (HIT,), ("fizz",), ("no embedder",))
ANSWER = Answer(
    "q", "Charm [1].", "yes", False, True, (Citation(1, "0000001", "rizz"),), (HIT,), "ollama", "llama3.1",
    {"total": 12.5}, ("a note",), sentences=(Sentence("Charm [1].", (1,), "own words"),),
)  # fmt: skip
TALK = Conversation("20261124-101010-abcd", 1.5, (Turn("q", "q", "a", ("rizz",), 2.0),))
SENSE = Sense("0000001", "rizz", "Charm.", "charm", 0.0)
TRANSLATED = Translation(
    "rizz", "charm", (SlangTerm(Span("rizz", 0, 4), (SENSE,)),), "rewritten", True, "ollama", "m"
)


@pytest.mark.parametrize(
    "value",
    [
        Sources(FOUND),
        Note("n"),
        FirstToken(3.25),
        Draft("d"),
        Remark("r"),
        Sentence("s", (1, 2), "quoted"),
        Withdrawn("w", "why"),
        Finished(ANSWER),
        ReadAs("x"),
        Continued(TALK),
        FOUND,
        TRANSLATED,
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_value_travels(value: Any) -> None:
    line = wire.dump(value)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert wire.load(line) == value


def test_a_translation_whose_engine_failed_travels_with_its_failure() -> None:
    from dataclasses import replace

    failed = replace(TRANSLATED, failure=errors.EngineBusy("busy", hint="wait"))
    back = wire.load(wire.dump(failed))
    assert isinstance(back, Translation)
    assert isinstance(back.failure, errors.EngineBusy)
    assert (back.failure.message, back.failure.hint) == ("busy", "wait")


def test_errors_keep_their_kind_and_an_unknown_kind_is_still_an_error() -> None:
    back = wire.load(wire.dump_error(errors.StoreLocked("locked", hint="wait")))
    assert isinstance(back, errors.StoreLocked)
    odd = wire.load(b'{"is": "error", "of": {"kind": "annotations", "message": "m", "hint": ""}}\n')
    assert type(odd) is errors.SlangragError


def test_an_end_is_an_end_and_nonsense_is_said() -> None:
    assert wire.load(wire.END) is None
    for line in (b"{}\n", b"nonsense\n", b'{"is": "Slang", "of": {}}\n'):
        with pytest.raises(ValueError, match=r"kind|called|JSON"):
            wire.load(line)


def test_a_call_travels_with_its_conversation() -> None:
    call = wire.Call("1", "converse", {"top_k": 3}, {"line": "x"}, TALK)
    assert wire.load_call(wire.dump_call(call)) == call


@pytest.mark.parametrize("of", ["{}", "[1]", "null", '{"kind": 3, "message": "m", "hint": ""}'])
def test_an_error_that_is_none_of_ours_is_nonsense(of: str) -> None:
    with pytest.raises(ValueError, match=r"Object|str|Expected"):
        wire.load(f'{{"is": "error", "of": {of}}}\n'.encode())
