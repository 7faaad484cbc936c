"""How a text is put: a question to documents, a message, a description; and lines that say a meaning."""

from __future__ import annotations

import pytest

from slangrag.retrieval.passages.wordings import asks, asks_meaning, tells, without_place


@pytest.mark.parametrize(
    "text",
    [
        "what is the deadline for apologies",
        "whats the price of rape oil",
        "how long do we keep records",
        "for how long does a flask last",
        "why not hashtags",
        "when does the office close",
        "where is the oil store",
        "where's the beach",
        "who may answer a review",
        "who signs off refunds",
        "whose kettle is it",
        "which lamp is blue",
        "in which channel is a call allowed",
        "can i take the bicycle home",
        "are visitors allowed on sundays",
        "must agents sign",
        "is there a limit for alt text",
        "does the guide say anything about emoji",
        "tell me about the night desk",
        "show me the rule on flags",
        "describe the goose round",
        "summarise chapter 5",
        "price of rape oil?",
        "hey, can you tell me who leads the desk",
        "my radio fell, do i hand it in",
        "My radio fell. Is that bad?",
    ],
)
def test_a_question_is_known_by_how_it_is_put(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "he ghosted me again lol",
        "no cap she ate that",
        "when he said that i was dead",
        "she is lowkey obsessed",
        "someone who talks too much",
        "to leave without saying goodbye",
        "What is it? He ghosted me.",
        '"what the hell is wrong with him"',
        "deadline for apologies",
    ],
)
def test_a_message_a_description_and_a_quotation_ask_nothing(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("what does mid mean", True),
        ("meaning of whip", True),
        ("define whip", True),
        ("what does TBH stand for", True),
        ("what is a whip", False),
        ("he is mean, isn't he", True),
    ],
)
def test_a_meaning_is_asked_for_in_so_many_words(text: str, meaning: bool) -> None:
    assert asks_meaning(text) is meaning


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("what does ghost mean in hollowdeep", "what does ghost mean"),
        ("what does sus mean when somebody is on a rope?", "what does sus mean"),
        ("what does tbh stand for on the ward", "what does tbh stand for"),
        ("meaning of velcro in hospital", "meaning of velcro"),
        ("define ghost in hollowdeep", "define ghost"),
        ("in hollowdeep, what does ghost mean?", "what does ghost mean"),
        ("on the rowan ward what does tbh stand for", "what does tbh stand for"),
        ("what does ghost mean", ""),
        ("what does it mean when somebody's lowkey jealous", ""),
        ("in what sense does he mean it", ""),
        ("he ghosted me in hollowdeep", ""),
    ],
)
def test_the_place_of_a_word_is_taken_off_a_question_for_its_meaning(text: str, question: str) -> None:
    assert without_place(text) == question


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("ghost", "Ghost: a player whose body was lost"),
        ("ghost", "- **Ghost**: a player"),
        ("ghost", "“Ghost” is what we call a player"),
        ("ghost", "A ghost is a player"),
        ("ghost", "Ghosts are players"),
        ("ghost", "To ghost means to leave"),
        ("ghost", "ghost - a player"),
        ("ghost", "ghost = player"),
        ("soup", "A soup, in this trade, is something upright"),
        ("btk", "BTK means behind the kiln"),
        ("LBR", "lbr stands for lunch by the river"),
        ("88", '88 | "double eight" | Cat in the shed'),
        ("goose round", "The goose round: the ward round on Wednesdays"),
        ("c++", "C++: a language"),
    ],
)
def test_a_line_that_says_what_a_word_means_opens_with_it(word: str, line: str) -> None:
    assert tells(word, line)


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("ghost", "ghost story: a tale"),
        ("ghost", "The ghost of him is here"),
        ("ghost", "Nobody saw the ghost: it was dark"),
        ("ghost", "ghostly: like a ghost"),
        ("mid", "midnight is when it closes"),
        ("tip", "Tip the driver"),
    ],
)
def test_a_line_that_only_has_the_word_tells_nothing(word: str, line: str) -> None:
    assert not tells(word, line)
