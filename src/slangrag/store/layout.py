"""Where things lie in a store directory."""

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
    def chroma(self) -> Path:
        """The persistent Chroma directory, derived from the lexicon."""
        return self.root / "chroma"

    @property
    def building(self) -> Path:
        """Where a Chroma directory is built before it takes the place of `chroma`."""
        return self.root / "chroma.building"

    @property
    def retired(self) -> Path:
        """The Chroma directory that was just replaced, on its way out."""
        return self.root / "chroma.retired"

    @property
    def lock(self) -> Path:
        """The writer's lock file; it says who holds it."""
        return self.root / "store.lock"
