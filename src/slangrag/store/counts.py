"""What became of the records of a file: counted the same for a load, for a shard and for a report."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Counts:
    """Each record is one of the first four; embedded and rewritten count work.

    embedded: vectors made. rewritten: entries of earlier loads that this one changed or pruned. shared:
    those of the accepted that another source has as well, with the same headword and definition.
    """

    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    filtered: int = 0
    embedded: int = 0
    rewritten: int = 0
    shared: int = 0

    @property
    def records(self) -> int:
        """How many records are accounted for."""
        return self.accepted + self.rejected + self.duplicates + self.filtered

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))
