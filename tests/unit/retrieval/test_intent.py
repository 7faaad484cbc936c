"""How a question is understood, from its wording alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slangrag.retrieval.intent import message_odds, parse
from slangrag.retrieval.weights import load_weights
from slangrag.retrieval.wordings import BETWEEN

PHRASINGS = [
    json.loads(line) for line in (Path(__file__).parent / "phrasings.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("case", PHRASINGS, ids=lambda case: case["query"])
def test_however_a_definition_is_asked_for_the_word_is_found_in_the_question(case: dict[str, str]) -> None:
    parsed = parse(case["query"], {})
    assert parsed.intent == "define"
    assert parsed.firm
    assert case["word"] in [subject.text for subject in parsed.subjects]


@pytest.mark.parametrize("case", PHRASINGS, ids=lambda case: case["query"])
def test_every_subject_is_a_stretch_of_the_question(case: dict[str, str]) -> None:
    for subject in parse(case["query"], {}).subjects:
        assert case["query"][subject.start : subject.end] == subject.text


@pytest.mark.parametrize(
    ("query", "description"),
    [
        ("what's the word for when someone stops replying to you", "someone stops replying to you"),
        ("is there a word for being hungry and angry", "being hungry and angry"),
        ("what do you call a person who never pays for drinks", "a person who never pays for drinks"),
        ("a term for someone who copies your style", "someone who copies your style"),
        ("slang for very tired", "very tired"),
        ("what is the slang word for money", "money"),
        ("how do you say cool in teen slang", "cool in teen slang"),
        ("what is it called when you fall asleep on a call", "you fall asleep on a call"),
    ],
)
def test_a_question_for_the_word_is_a_description_without_its_wrapping(query: str, description: str) -> None:
    parsed = parse(query, {})
    assert parsed.intent == "reverse"
    assert parsed.firm
    assert parsed.description.endswith(description)


@pytest.mark.parametrize(
    "text",
    [
        "yo that party last night was lit!",
        "I'm so salty she left me on read...",
        "nah he's just flexing, don't trust him",
        "Bro, did you see that? He got roasted!",
        "what is up with your crusty old car?",
    ],
)
def test_a_message_is_no_question_and_reads_as_a_message(text: str) -> None:
    parsed = parse(text, load_weights().intent)
    assert not parsed.firm
    assert message_odds(text, load_weights().intent) > 0


@pytest.mark.parametrize(
    "text",
    [
        "A person who always talks about themselves and nothing else",
        "To leave a party without saying goodbye to anyone",
        "when someone takes your food without asking",
        "used to express surprise or excitement about something",
    ],
)
def test_a_bare_definition_reads_as_a_description(text: str) -> None:
    assert parse(text, load_weights().intent).intent == "reverse"


def test_the_same_text_always_reads_the_same() -> None:
    text = "she ghosted me again lol"
    assert parse(text, load_weights().intent) == parse(text, load_weights().intent)


@pytest.mark.parametrize(
    ("query", "intent", "asked"),
    [
        (
            "he ghosted me and now he is salty, what does that mean",
            "sentence",
            "he ghosted me and now he is salty",
        ),
        ("that fit is fire ngl. what does this even mean?", "sentence", "that fit is fire ngl"),
        ("bussin, what does that mean?", "define", "bussin"),
        ("what does that dude mean", "define", "that dude"),
    ],
)
def test_a_message_before_the_question_is_what_is_asked_about(query: str, intent: str, asked: str) -> None:
    parsed = parse(query, load_weights().intent)
    assert parsed.intent == intent
    assert asked in [subject.text for subject in parsed.subjects]


def test_two_questions_in_one_breath_are_read_as_two_words() -> None:
    parsed = parse("what does salty mean and what does no cap mean?", load_weights().intent)
    assert parsed.intent == "define"
    assert BETWEEN.split(parsed.subjects[0].text) == ["salty", "no cap"]
