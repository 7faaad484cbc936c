"""A dozen kills; benchmarks/crash.py does hundreds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from benchmarks.crash import STAGES, Case, kill_once, prepare, write_csv


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crash")


@pytest.fixture(scope="module")
def cases(scratch: Path) -> tuple[Case, Case]:
    """A first load, and a newer file into the store that it left."""
    older, newer = scratch / "older.csv", scratch / "newer.csv"
    write_csv(older, 600)
    write_csv(newer, 600, newer=True)
    first = prepare("first", older, None, scratch)
    return first, prepare("second", newer, scratch / "undisturbed-first", scratch)


@pytest.mark.slow
@pytest.mark.parametrize("case", [0, 1], ids=["first load", "newer file"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_ingest_ends_like_one_that_was_never_killed(
    cases: tuple[Case, Case], scratch: Path, stage: str, case: int
) -> None:
    chance = random.Random()
    for _ in range(2):
        same, again = kill_once(cases[case], stage, chance, scratch)
        assert same
        assert again <= 400, "only what was in flight or not yet committed is embedded twice"
