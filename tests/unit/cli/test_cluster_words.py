"""What is said about Slurm where there is none, or where one stands somewhere else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from slangrag.service.doctor.checks import slurm


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("serve.sbatch", "this runs as a job: sbatch slurm/serve.sbatch"),
        ("ingest.sbatch", "this runs as a job: sbatch slurm/ingest.sbatch [CSV]"),
        ("ingest-array.sbatch", "this runs as a job: slurm/submit-array.sh -n SHARDS"),
        ("merge.sbatch", "this runs as a job: slurm/submit-array.sh -n SHARDS"),
        ("prepare.sbatch", "this runs as a job: slurm/pipeline.sh CSV"),
        ("verify.sbatch", "this runs as a job: slurm/pipeline.sh CSV"),
        ("evaluate.sbatch", "this runs as a job: slurm/pipeline.sh CSV"),
    ],
)
def test_a_batch_script_that_is_not_submitted_says_how_to_submit_it(
    root: Path, script: str, said: str
) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SLURM")}
    done = subprocess.run(
        ["bash", f"slurm/{script}"], cwd=root, env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{said}\n")


def test_doctor_names_the_folder_of_the_batch_scripts_and_not_one_that_is_not_there(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sbatch = tmp_path / "sbatch"
    sbatch.write_text("#!/bin/sh\n", encoding="utf-8")
    sbatch.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    monkeypatch.chdir(tmp_path)
    assert slurm().said == f"sbatch is here; batch scripts are in {root / 'slurm'}"
