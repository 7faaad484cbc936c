"""The OpenAPI document tells the truth: schemathesis asks what it says may be asked, and what may not."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.serving import Served

pytestmark = [pytest.mark.weights, pytest.mark.slow]


CONFIG = """
[checks]
unsupported_method.enabled = false  # 405 is what the router says, with its Allow

# OpenAI's 400s are about what no schema says: the last message must be the user's, the length of a vector.
[[operations]]
include-path-regex = "^/v1/"
checks.positive_data_acceptance.enabled = false
"""


def test_every_operation_is_as_described(server: Served, tmp_path: Path) -> None:
    """As a command of its own: its pytest plugin does not bear with the others."""
    command = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert command is not None
    (tmp_path / "schemathesis.toml").write_text(CONFIG)
    run = subprocess.run(
        [
            command, "--config-file", "schemathesis.toml",
            "run", f"{server.url}/api/openapi.json", "--seed", "1",
            "--max-examples", "20", "--phases", "examples,coverage,fuzzing", "--no-color",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=250, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-6000:]
    assert "17 selected" in run.stdout
