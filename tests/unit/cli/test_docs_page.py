"""docs/cli.md is what the app itself says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tools import make_docs
from tools.make_docs import page


def test_the_page_is_up_to_date_with_the_app(root: Path) -> None:
    written = (root / "docs" / "cli.md").read_text(encoding="utf-8")
    assert written == page(), "run: make docs (or python tools/make_docs.py --no-images)"


def test_every_command_and_option_explains_itself() -> None:
    text = page()
    for name in ("ingest", "ask", "chat", "translate", "define", "search", "doctor", "eval"):
        assert f"## slangrag {name}\n" in text
    for name in ("store info", "store verify", "store rebuild", "models pull", "config set"):
        assert f"## slangrag {name}\n" in text


@pytest.mark.parametrize("width", [96, 80, 50])
def test_no_summary_of_a_command_is_cut(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr(make_docs, "WIDTH", width)
    assert not re.findall(r"^.*[a-z]\.\.\.$", page(), re.MULTILINE)


def test_prose_is_wrapped_so_that_a_changed_word_is_not_a_changed_paragraph(root: Path) -> None:
    """Tables and indented or fenced blocks stand as they must."""
    long = []
    for file in sorted((root / "docs").glob("*.md")):
        fenced = False
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            fenced ^= line.lstrip().startswith("```")
            if not fenced and not line.startswith(("|", "    ")) and len(line) > 120:
                long.append(f"{file.name}:{number}")
    assert long == []
