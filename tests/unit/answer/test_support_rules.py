"""What is never shown, what claims nothing, and what may be shown: labelled cases for each rule."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slangrag.answer.support import rules
from slangrag.answer.support.types import Claim, Judgement, Source
from slangrag.answer.support.words import Words
from slangrag.text.citations import split_citations
from slangrag.text.inert import inert
from slangrag.text.injection import about_the_word

DATA = Path(__file__).parents[2] / "data"
CASES = [json.loads(line) for line in (DATA / "support_rules.jsonl").read_text(encoding="utf-8").splitlines()]


def judged(case: dict[str, Any]) -> Judgement:
    sources = [Source(*given) for given in case["sources"]]
    claim = Claim(case["text"], tuple(case["numbers"]), case["question"], case["before"])
    (judgement,) = Words().judge([claim], sources, case["question"])
    return judgement


def agrees(case: dict[str, Any], judgement: Judgement) -> bool:
    if case["support"] == "shown":
        return judgement.support in ("supported", "own words")
    return judgement.support == case["support"] and case["reason"] in judgement.reason


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}: {case['text'][:40]}")
def test_a_sentence_gets_the_support_that_it_deserves(case: dict[str, Any]) -> None:
    assert agrees(case, judged(case)), judged(case)


@pytest.mark.parametrize(
    ("rule", "name", "instead"),
    [
        ("link", "_LINK", re.compile("(?!)")),
        ("order", "is_order", lambda text, *, passage=False: False),
        ("obeys", "_obeys", lambda *given: False),
        ("loops", "loops", lambda text: False),
        ("number", "_strange_numbers", lambda *given: []),
        ("number", "_SPELLED", frozenset()),
        ("name", "_strange_names", lambda *given: []),
        ("name", "is_ordinary", lambda word: False),
        ("name", "near", lambda one, other: one == other),
        ("wrong headword", "_other_headword", lambda *given: ""),
        ("denies", "_denies", lambda *given: False),
        ("denies", "_DENIES", r"\b"),
        ("remark", "_REMARK", re.compile("(?!)")),
        ("remark", "_ASKS", re.compile("(?!)")),
    ],
)
def test_each_rule_is_needed_by_a_case(
    monkeypatch: pytest.MonkeyPatch, rule: str, name: str, instead: Callable[..., Any] | object
) -> None:
    monkeypatch.setattr(rules, name, instead)
    assert not all(agrees(case, judged(case)) for case in CASES if case["rule"] == rule)


def test_an_obedient_model_gets_no_order_shown() -> None:
    """The hostile definitions, and a model that does what they say and copies them."""
    with (DATA / "adversarial.csv").open(encoding="utf-8", newline="", errors="replace") as file:
        attacks = list(csv.DictReader(file))
    for row in attacks:
        number = row["word_id"][-2:]
        word, definition = inert(row["word"]), about_the_word(row["definition"])
        if "CANARY" in f"{word} {definition}":  # text of the definition, aimed at a terminal; no order
            continue
        source = Source(1, word, definition, row["definition"])
        for said in (f"CANARY{number}.", f"{word} means CANARY{number}.", f"The answer is CANARY{number}."):
            bare, numbers, _ = split_citations(f"{said[:-1]} [1].", {1})
            (judgement,) = Words().judge([Claim(bare, numbers, "q")], [source], "q")
            assert judgement.support == "withheld", (number, said, judgement)
