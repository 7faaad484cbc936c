"""Small talk gets a sentence that fits it, and a question about a word never does."""

from __future__ import annotations

import pytest

from slangrag.answer.chat.small_talk import small_talk

HELLO, WELCOME, BYE, ASK, SELF, SURE, SORRY, RIGHT = (
    "Hello!", "You're welcome.", "Bye!", "Ask away", "I explain slang", "I only say", "Sorry.", "All right.",
)  # fmt: skip


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("hi there", HELLO),
        ("Heyyyy", HELLO),
        ("thanks a lot!", WELCOME),
        ("hello, thanks", WELCOME),  # words of two kinds: the first kind of the list
        ("goodbye", BYE),
        ("have a nice day", BYE),
        ("see ya later", BYE),
        ("how are you doing today?", ASK),
        ("ok so who are you?", SELF),
        ("can you help me please", SELF),
        ("tell me a joke", SELF),
        ("are you sure about that?", SURE),
        ("wait, really?", SURE),
        ("that makes no sense", SORRY),
        ("I don't get it", SORRY),
        ("no thanks", RIGHT),
        ("never mind", RIGHT),
        ("nvm lol", RIGHT),
        ("ok understood", RIGHT),
    ],
)
def test_a_line_of_small_talk_gets_what_fits_it(line: str, reply: str) -> None:
    assert (small_talk(line, begun=True) or "").startswith(reply)


@pytest.mark.parametrize(
    "line",
    ["thanks, and what is rizz?", "lol", "sup bro what is cap", "thank you next", "ok boomer", "",
     "hi hi hi hi hi hi hi hi", "have a nice rizz"],
)  # fmt: skip
def test_what_may_be_a_question_is_looked_up(line: str) -> None:
    assert small_talk(line, begun=True) is None


def test_praise_opens_no_talk_because_the_word_may_be_asked_for() -> None:
    assert small_talk("cool", begun=False) is None
    assert small_talk("cool", begun=True) == RIGHT
