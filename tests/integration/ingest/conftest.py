"""Where the ingest tests put their store, and no long waits for an embedder that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from slangrag.ingest import embedding

QUICK = embedding.Patience(first_wait=0.001, longest_wait=0.002)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "Patience", lambda: QUICK)
