"""Files of questions: what is taken and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from slangrag.errors import InputFormat, InputMissing
from slangrag.evaluation.asking import sample
from slangrag.evaluation.questions import read_questions


def test_ids_agree_whether_or_not_somebody_dropped_their_zeros(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(
        '{"task": "reverse", "query": "charm", "headword": "rizz", "entry_ids": [17, "0000018"]}\n'
        '{"task": "sentence", "query": "mad rizz", "headword": "rizz", "entry_id": "0000017"}\n'
    )
    first, second = read_questions([path])
    assert first.entry_ids == {"17", "18"}
    assert second.entry_ids == {"17"}
    assert first.answerable


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{not json", "no JSON"),
        ("[1, 2]", "no JSON object"),
        ('{"task": "define", "query": "what is rizz"}', "lacks headword"),
        ('{"task": "guess", "query": "x", "headword": "y"}', "task 'guess'"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text('{"task": "define", "query": "what is rizz", "headword": "rizz"}\n' + line + "\n")
    with pytest.raises(InputFormat, match="line 2") as caught:
        read_questions([path])
    assert said in caught.value.message


def test_a_missing_or_empty_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputMissing):
        read_questions([tmp_path / "none.jsonl"])
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(InputMissing):
        read_questions([tmp_path / "empty.jsonl"])


def test_a_sample_has_so_many_of_each_task_and_is_the_same_every_time(root: Path) -> None:
    questions = read_questions(sorted((root / "tests/data/questions").glob("*.jsonl")))
    some = sample(questions, 5)
    assert some == sample(questions, 5)
    assert sorted(q.task for q in some) == ["define"] * 5 + ["reverse"] * 5 + ["sentence"] * 5
