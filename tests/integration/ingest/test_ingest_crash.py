"""A dozen kills; benchmarks/crash.py does hundreds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from benchmarks.crash import STAGES, Case, kill_once, prepare, prepare_sources, write_csv


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crash")


@pytest.fixture(scope="module")
def cases(scratch: Path) -> tuple[Case, ...]:
    """A first load, a newer file into the store that it left, a prune of what another source has too."""
    older, newer = scratch / "older.csv", scratch / "newer.csv"
    write_csv(older, 600)
    write_csv(newer, 600, newer=True)
    first = prepare("first", older, None, scratch)
    second = prepare("second", newer, scratch / "undisturbed-first", scratch)
    return first, second, prepare("third", older, prepare_sources(newer, scratch), scratch, "main")


@pytest.mark.slow
@pytest.mark.parametrize("case", [0, 1, 2], ids=["first load", "newer file", "two sources"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_ingest_ends_like_one_that_was_never_killed(
    cases: tuple[Case, ...], scratch: Path, stage: str, case: int
) -> None:
    chance = random.Random()
    for _ in range(2):
        same, again = kill_once(cases[case], stage, chance, scratch)
        assert same
        assert again <= 400, "only what was in flight or not yet committed is embedded twice"
