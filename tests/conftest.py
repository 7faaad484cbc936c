"""Fixtures that every test may use, and the summary of what was skipped and why."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

pytest_plugins = ["tests.models"]

ROOT = Path(__file__).resolve().parent.parent

# A shell starts background jobs with Ctrl-C ignored, which programs that tests press it in would inherit.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The development data beside the checkout; tests that need it are skipped, by name, without it."""
    folder = Path(os.environ.get("SLANGRAG_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"needs the development data at {folder.name}/, which a fresh clone does not have")
    return folder


@pytest.fixture(autouse=True)
def _settings_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads this machine's settings or writes into its user directories (weights excepted)."""
    for name in list(os.environ):
        if name.startswith("SLANGRAG_") and name not in {"SLANGRAG_SHARED", "SLANGRAG_CACHE"}:
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
