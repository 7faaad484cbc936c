"""docs/library.md is run as it stands."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import pytest

pytestmark = pytest.mark.weights


def test_every_example_of_the_library_page_gives_what_it_says(
    root: Path, sample_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(sample_store, tmp_path / "store")  # the page adds a document
    monkeypatch.chdir(tmp_path)
    done = doctest.testfile(str(root / "docs/library.md"), module_relative=False)
    assert done.attempted > 15
    assert done.failed == 0
