"""What became of the records of a file: counted the same for a load, for a shard and for a report."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Counts:
    """Each record is one of the first four; the last two count work.

    embedded: vectors made. rewritten: entries of earlier loads that this one changed or pruned.
    """

    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    filtered: int = 0
    embedded: int = 0
    rewritten: int = 0

    @property
    def records(self) -> int:
        """How many records are accounted for."""
        return self.accepted + self.rejected + self.duplicates + self.filtered

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))
