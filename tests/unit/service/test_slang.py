"""The facade: one store, many questions, many threads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import slangrag
from slangrag import Slang
from slangrag.errors import StoreMissing, UsageError


def test_the_library_costs_nothing_until_it_is_used() -> None:
    heavy = "{'sqlite3', 'numpy', 'rich', 'typer', 'slangrag.service'}"
    script = f"import slangrag, sys; assert not {heavy} & set(sys.modules), sorted(sys.modules)"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_a_name_that_the_library_lacks_is_refused() -> None:
    with pytest.raises(AttributeError, match="Slag"):
        slangrag.Slag  # noqa: B018


def test_a_store_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing) as told:
        Slang.open(tmp_path / "none")
    assert told.value.hint


def test_a_setting_that_does_not_exist_is_refused_and_not_ignored(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="topk"):
        Slang.open(tmp_path, topk=3)
