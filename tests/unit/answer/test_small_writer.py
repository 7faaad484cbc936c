"""A small model's sentence says all that the definition says and nothing else, or it is not shown."""

from __future__ import annotations

import pytest
from tests.unit.answer.scripted import hit

from slangrag.answer.ask.choosing import Told, part
from slangrag.answer.ask.small_prompts import small_opening
from slangrag.answer.ask.small_writer import difference


def compared(word: str, definition: str, sentence: str) -> str:
    found = hit(word, definition)
    one = Told(1, found, part(found))
    return difference(sentence, small_opening(one), one)


@pytest.mark.parametrize(
    ("word", "definition", "sentence"),
    [
        (
            "rizz",
            "Charm or skill at flirting.",
            '"Rizz" means charm or skill at flirting.',
        ),
        ("legit", "Real; genuine.", '"Legit" means real or genuine.'),
        ("bet", "Said to agree with a plan.", '"Bet" is said to agree with a plan.'),
        ("irl", "In real life, as opposed to online.", '"Irl" means in real life, as opposed to online.'),
    ],
)
def test_a_whole_retelling_stands(word: str, definition: str, sentence: str) -> None:
    assert compared(word, definition, sentence) == ""


@pytest.mark.parametrize(
    ("word", "definition", "sentence", "reason"),
    [
        (
            "irl",
            "Real life, as opposed to a game.",
            '"Irl" means real life or a game.',
            "drops opposed",
        ),
        (
            "noob",
            "Someone as bad as a beginner.",
            '"Noob" means someone bad.',
            "drops beginner",
        ),
        ("rizz", "Charm or skill at flirting.", '"Rizz" means charm.', "drops skill, flirting"),
        ("rizz", "Charm or skill at flirting.", '"Rizz" means charm skill at flirting.', "drops or"),
        ("goat", "The best player of all.", '"Goat" means the best player of all football.', "adds football"),
        ("simp", "A man who obeys a woman.", '"Simp" means a woman who obeys a man.', "order"),
        ("mid", "Not good.", '"Mid" means good.', "adds good"),
        ("cap", "A lie.", '"Mid" means a lie.', "what it is about"),
        (
            "rack",
            "Cash, 10 hundreds.",
            '"Rack" means cash, 20 hundreds.',
            "numbers",
        ),
        ("ghost", "To vanish without a word.", '"Ghost" means to vanish a word.', "drops without"),
        ("slack", "Doing the job and no more.", '"Slack" means doing the job and doing it.', "deny"),
        ("cap", 'To lie, heard as "capping".', '"Cap" means to lie, heard as a cap.', "quoted"),
        ("yeet", "To throw.", '"Yeet" means to throw a yeet.', "adds yeet"),
    ],
)
def test_what_is_dropped_added_or_turned_round_is_seen(
    word: str, definition: str, sentence: str, reason: str
) -> None:
    assert reason in compared(word, definition, sentence)
