"""docs/cli.md is what the app itself says."""

from __future__ import annotations

import re
from pathlib import Path

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
    cut = re.findall(r"^.*[a-z]\.\.\.$", text, re.MULTILINE)
    assert not cut, "a summary was cut: shorten the docstring's first line"
