"""Where the project's own sample lies: in the checkout, or in the installed package."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from slangrag.errors import InputMissing

_NAME: Final = "sample_slang.csv"


def sample_csv() -> Path:
    """Path of `sample_slang.csv`. Raises InputMissing if this installation lacks it."""
    package = Path(__file__).resolve().parents[1]
    for path in (package / "data" / _NAME, package.parents[1] / "data" / _NAME):
        if path.is_file():
            return path
    raise InputMissing(f"this installation has no {_NAME}", hint="pip install --force-reinstall slangrag")
