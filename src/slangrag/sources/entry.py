"""Entry: one row of the dictionary, cleaned. What every other room talks about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One definition of one headword.

    entry_id is the source's own id, verbatim (zeros kept); in a store, the name of a source that came later
    stands before its ids. source is that name, "" unless the store has several. Votes are None where the
    source does not say; unknown is not zero. rating is the content rating: 0 clean, 1 mild, 2 strong, 3
    severe. definition may hold line breaks ("\\n") and [bracketed] cross-references.
    """

    entry_id: str
    word: str
    definition: str
    up_votes: int | None = None
    down_votes: int | None = None
    author: str = ""
    rating: int = 0
    source: str = ""
