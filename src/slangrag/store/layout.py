"""Where things lie in a store directory; the index knows its own places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MODEL: Final = "model-"
_DOCUMENTS: Final = "documents"


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

    @property
    def documents(self) -> Path:
        """The store of documents: the same kind of directory, whose entries are passages."""
        return self.root / _DOCUMENTS

    @property
    def crawls(self) -> Path:
        """Where it is noted how far sites were gone through."""
        return self.documents / "crawls"

    def model(self, digest: str) -> Path:
        """Where an embedding model lives that goes with the store, told from others by its digest."""
        return self.root / f"{_MODEL}{digest}"

    def models(self) -> list[Path]:
        """The embedding models that are there."""
        return sorted(path for path in self.root.glob(f"{_MODEL}*") if path.is_dir())
