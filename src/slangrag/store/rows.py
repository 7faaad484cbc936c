"""Rows on their way into the lexicon, before they have a number there."""

from __future__ import annotations

from dataclasses import dataclass

from slangrag.sources.entry import Entry


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A row to write: the entry, its folded headword, the hash of its text, its unit vector as float16."""

    entry: Entry
    fold: str
    text_hash: bytes
    vector: bytes


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A record set aside: its number, its line, why, the beginning of its text.

    entry_id, text_hash and fold (of the headword) are given for rows that the embedder refused.
    """

    record: int
    line: int
    reason: str
    text: str
    entry_id: str | None = None
    text_hash: bytes | None = None
    fold: str | None = None


def rest_of(entry: Entry) -> tuple[int | None, int | None, str, int]:
    """What may change in an entry without embedding it again."""
    return entry.up_votes, entry.down_votes, entry.author, entry.rating
