"""Figures that people compare: they must count what they say."""

from __future__ import annotations

import pytest

from slangrag.evaluation.asking import Outcome
from slangrag.evaluation.metrics import figures, interval, table
from slangrag.evaluation.questions import Question
from slangrag.retrieval.types import Intent, Known


def outcome(
    *found: str,
    right: str = "rizz",
    task: Intent = "define",
    known: Known = "yes",
    answerable: bool = True,
    sense: bool | None = None,
) -> Outcome:
    question = Question("some.jsonl", task, f"what does {right} mean", right, frozenset(), answerable, "")
    rank = found.index(right) if right in found else None
    return Outcome(question, task, known, found, rank, sense, 3.0, 1.0, ())


def test_recall_counts_the_place_of_the_right_headword() -> None:
    found = figures(
        table([outcome("rizz"), outcome("bet", "rizz"), outcome(*"abcdef", "rizz"), outcome("bet")])
    )
    assert (found["R@1"], found["R@5"], found["R@10"]) == (0.25, 0.5, 0.75)
    assert found["MRR@10"] == pytest.approx((1 + 1 / 2 + 1 / 7) / 4, abs=1e-4)


def test_a_question_without_any_hit_is_a_miss() -> None:
    assert figures(table([outcome("rizz"), outcome()]))["R@10"] == 0.5


def test_questions_whose_word_is_not_in_the_data_do_not_count_for_recall() -> None:
    found = figures(table([outcome("rizz"), outcome("bet", right="gyat", answerable=False, known="no")]))
    assert found["R@1"] == 1.0
    assert found["counted"]["R@1"] == 1


def test_knowing_is_judged_by_both_kinds_of_error() -> None:
    knowing = figures(
        table(
            [
                outcome("rizz", known="yes"),
                outcome("rizz", known="no"),
                outcome("rizz", known="maybe"),
                outcome(right="gyat", answerable=False, known="yes"),
                outcome(right="gyat", answerable=False, known="maybe"),
            ]
        )
    )["knowing"]
    assert knowing["confusion"] == {
        "answerable": {"yes": 1, "maybe": 1, "no": 1},
        "absent": {"yes": 1, "maybe": 1, "no": 0},
    }
    assert knowing["precision"] == 0.5
    assert knowing["absent_not_claimed"] == 0.5
    assert knowing["answerable_denied"] == pytest.approx(1 / 3, abs=1e-4)


def test_senses_count_only_where_one_is_gold() -> None:
    found = figures(table([outcome("rizz", sense=True), outcome("rizz", sense=False), outcome("rizz")]))
    assert found["sense_accuracy"] == 0.5
    assert found["counted"]["sense_accuracy"] == 2


def test_latency_leaves_the_embedder_out() -> None:
    assert figures(table([outcome("rizz")]))["ms"] == {"p50": 2.0, "p95": 2.0}


def test_an_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    few, many = interval([0.0, 1.0] * 10), interval([0.0, 1.0] * 500)
    assert few[0] < 0.5 < few[1]
    assert many[1] - many[0] < few[1] - few[0]
