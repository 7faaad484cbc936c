"""What a chain's first job refuses on the cluster: a disk, a memory or a file that cannot become a store."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

EXPECTED = {
    "rows_read": 600,
    "accepted": 594,
    "embedder_rate": 50.0,
    "embed_seconds": 11.9,
    "index_seconds": 0.5,
    "disk": 5_000_000,
    "memory": 530_000_000,
}


@pytest.mark.parametrize(
    ("differs", "memory", "code", "said"),
    [
        ({}, "32G", 0, ""),
        ({}, "0", 0, ""),
        ({}, "512", 0, ""),
        ({"disk": 10**18}, "32G", 4, "the store takes about 1000000000.0 GB, there is room for "),
        ({"memory": 3 * 10**9}, "2G", 4, "the index takes about 3.0 GB of memory, its job has 2.1 GB: --mem"),
        (
            {"memory": 3 * 10**9},
            "2048",
            4,
            "the index takes about 3.0 GB of memory, its job has 2.1 GB: --mem",
        ),
        ({"accepted": 0}, "32G", 5, "not one row is usable"),
    ],
)
def test_what_does_not_fit_is_said_before_hours_are_spent(
    root: Path, tmp_path: Path, differs: dict[str, int], memory: str, code: int, said: str
) -> None:
    estimate = tmp_path / "estimate.json"
    estimate.write_text(json.dumps(EXPECTED | differs), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, root / "slurm" / "fits.py", estimate, tmp_path / "new" / "store", memory],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr[: len(said)]) == (code, said)
    assert done.stdout.startswith(
        f"{(EXPECTED | differs)['accepted']} of 600 rows, about 12 s at 50 rows/s, "
    )


def test_what_an_unfinished_build_takes_already_is_room_for_the_store(root: Path, tmp_path: Path) -> None:
    building = tmp_path / "store.building"
    building.mkdir()
    (building / "lexicon.sqlite3").write_bytes(b"x" * 4_000_000)
    counted = subprocess.run(
        [
            sys.executable,
            "-c",
            "import os, sys; from pathlib import Path; import fits\n"
            "free = os.statvfs(sys.argv[1]); store = Path(sys.argv[1]) / 'store'\n"
            "print(fits.room(store) - free.f_bavail * free.f_frsize)",
            tmp_path,
        ],
        cwd=root / "slurm",
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(counted.stdout) > 2_000_000
