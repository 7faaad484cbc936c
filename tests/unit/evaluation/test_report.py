"""The report that `slangrag eval --report` writes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.unit.retrieval.conftest import MakeStore, make_store

from slangrag.evaluation.evaluate import evaluate
from slangrag.evaluation.report import write_report
from slangrag.service import reports

__all__ = ["make_store"]


def test_the_report_is_one_file_and_shows_hostile_words_as_text(
    make_store: MakeStore, tmp_path: Path
) -> None:
    store = make_store(("rizz", "Charm."), ("<script>", "A tag."))
    questions = tmp_path / "q.jsonl"
    questions.write_text(
        '{"task": "define", "query": "what does rizz mean", "headword": "rizz"}\n'
        '{"task": "define", "query": "what does <script>alert(1)</script> mean", "headword": "gone"}\n'
    )
    report = evaluate([questions], store)
    write_report(report, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script" in page
    assert 'src="http' not in page
    assert "<svg" in page
    assert re.search(r"\.range \{[^}]*white-space: nowrap", page), "an interval stays on one line"


def test_the_ablation_says_what_each_group_adds(make_store: MakeStore, tmp_path: Path) -> None:
    store = make_store(("salty", "Bitter."), ("the", "An article."), ("lit", "Very good."))
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"task": "sentence", "query": "he is so salty today, man", "headword": "salty"}\n')
    document = reports.evaluation(evaluate([questions], store, ablation=True))
    assert document["n"] == 1
    assert document["by_task"]["sentence"]["R@1"] == 1.0
    assert {"rarity", "length"} <= {removal["signal"] for removal in document["ablation"]}
