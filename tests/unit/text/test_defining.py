"""Which part of a definition says the meaning: `tests/data/defining.jsonl` has a case for each rule."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from slangrag.text import defining as room
from slangrag.text.defining import cut, defining, expands
from slangrag.text.defining_wordings import LABELS

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "data" / "defining.jsonl").read_text("utf-8").splitlines()
]
NEVER = re.compile(r"(?!)")
RULES = sorted(
    name for name, value in vars(room).items() if isinstance(value, re.Pattern) and name != "LETTERS"
)


def told(case: dict[str, Any]) -> tuple[object, ...]:
    found = defining(case["word"], case["definition"])
    return found.text, found.defines, found.plainly if "plainly" in case else None


def labelled(case: dict[str, Any]) -> tuple[object, ...]:
    return case["text"], case["defines"], case.get("plainly")


@pytest.mark.parametrize("case", CASES, ids=[case["rule"] for case in CASES])
def test_what_defines_is_taken_and_the_rest_left_out(case: dict[str, Any]) -> None:
    assert told(case) == labelled(case)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_needed_by_a_case(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, rule, NEVER)
    assert any(told(case) != labelled(case) for case in CASES)


@pytest.mark.parametrize("label", range(len(LABELS)))
def test_each_label_is_needed_by_a_case(label: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "LABELS", (*LABELS[:label], *LABELS[label + 1 :]))
    assert any(told(case) != labelled(case) for case in CASES)


def test_nothing_readable_is_nothing_and_does_not_define() -> None:
    assert defining("x", "\u200b\n").text == ""
    assert not defining("x", "\u200b\n").defines


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("lol", "laughing out loud"),
        ("FOMO", "the fear of missing out, online"),
        ("tl;dr", "too long; didn't read"),
    ],
)
def test_initials_spell_an_acronym(word: str, text: str) -> None:
    assert expands(word, text)


@pytest.mark.parametrize(("word", "text"), [("lol", "a laugh"), ("on fleek", "often neatly"), ("a", "any")])
def test_other_texts_do_not(word: str, text: str) -> None:
    assert not expands(word, text)


def test_a_cut_is_visible_and_stands_at_the_end_of_a_sentence_or_a_clause() -> None:
    assert cut("One short. Two that goes on and on.", 22) == "One short. …"
    assert cut("something long, that goes on and on", 24) == "something long …"
    assert cut("something that goes on and on", 20) == "something that goes …"
    assert cut("whole", 20) == "whole"
