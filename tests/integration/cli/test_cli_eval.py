"""`slangrag eval`: figures from the console script."""

from __future__ import annotations

from pathlib import Path

from tests.integration.cli.harness import Slangrag


def test_the_document_has_the_contracts_fields(on_sample: Slangrag, root: Path) -> None:
    questions = str(root / "tests/data/questions/define.jsonl")
    found = on_sample("eval", questions, "--per-task", "20", "--json").json
    assert {"dataset", "n", "metrics", "by_task", "config"} <= set(found)
    assert found["n"] == 20
    assert 0.0 <= found["by_task"]["define"]["R@1"] <= 1.0


def test_a_report_is_one_file_that_loads_nothing_from_elsewhere(on_sample: Slangrag, root: Path) -> None:
    questions = str(root / "tests/data/questions/define.jsonl")
    done = on_sample("eval", questions, "--per-task", "10", "--report", "out.html")
    assert done.code == 0, done.err
    page = (on_sample.cwd / "out.html").read_text(encoding="utf-8")
    assert "<svg" in page
    assert 'src="http' not in page
    assert 'href="http' not in page


def test_questions_that_are_not_there_or_not_questions(on_sample: Slangrag) -> None:
    assert on_sample("eval", "absent.jsonl").code == 5
    (on_sample.cwd / "odd.jsonl").write_text("no JSON at all\n")
    done = on_sample("eval", "odd.jsonl")
    assert done.code == 5
    assert "odd.jsonl" in done.two_lines[0]
