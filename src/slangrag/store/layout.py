"""Where things lie in a store directory; the index knows its own places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StoreLayout:
    """Paths inside one store directory."""

    root: Path

    @property
    def lexicon(self) -> Path:
        """The SQLite file that is the truth."""
        return self.root / "lexicon.sqlite3"

    @property
    def lock(self) -> Path:
        """The writer's lock file; it says who holds it."""
        return self.root / "store.lock"
