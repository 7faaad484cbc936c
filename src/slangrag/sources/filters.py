"""Which entries a user wants to keep, decided in the order of the file.

Knows nothing of stores. The order matters to --max-per-word and --limit: they keep the first entries
of the file that pass everything else, so the outcome depends on the file and the options alone, not on
batches or on where an earlier run was interrupted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from slangrag.sources.entry import Entry
from slangrag.sources.votes import wilson_lower_bound
from slangrag.text.forms import fold

FilterReason = Literal["min-up", "min-score", "max-per-word", "limit"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What to keep; None keeps all.

    min_up: least up-votes. min_score: least Wilson lower bound of the up-vote share, 0 to 1.
    max_per_word: most entries of one headword (folded). limit: most entries in all. An entry whose
    votes are unknown does not show that it reaches a minimum, so it does not pass one.
    """

    min_up: int | None = None
    min_score: float | None = None
    max_per_word: int | None = None
    limit: int | None = None

    @property
    def active(self) -> bool:
        """Whether anything is filtered at all."""
        return self != Filters()

    def vote_reason(self, entry: Entry) -> FilterReason | None:
        """Which minimum the entry's votes miss, if any. Looks at nothing but the entry."""
        up, down = entry.up_votes, entry.down_votes
        if self.min_up is not None and (up is None or up < self.min_up):
            return "min-up"
        if self.min_score is not None and (
            up is None or down is None or wilson_lower_bound(up, down) < self.min_score
        ):
            return "min-score"
        return None


def _none_yet(_folded: str) -> int:
    return 0


class FilterPass:
    """One pass over a file, entry by entry.

    To go on after an interruption, `admitted` is how many entries of this file were admitted before
    the place to go on from, and `earlier(folded headword)` how many of them define that headword; it
    is asked once for each headword met. Ask about duplicates first: an entry admitted twice would be
    counted twice. Costs about 90 bytes for each headword, and only with max_per_word.
    """

    def __init__(
        self, filters: Filters, *, admitted: int = 0, earlier: Callable[[str], int] = _none_yet
    ) -> None:
        self.filters = filters
        self.admitted = admitted
        self._earlier = earlier
        # By hash, which costs a third of what the words themselves would.
        self._per_word: dict[int, int] = {}

    @property
    def full(self) -> bool:
        """Whether the limit is reached: nothing that follows can be admitted."""
        return self.filters.limit is not None and self.admitted >= self.filters.limit

    def reason(self, entry: Entry) -> FilterReason | None:
        """Why the entry is kept out, or None: then it is admitted, and counted."""
        if reason := self.filters.vote_reason(entry):
            return reason
        if self.full:
            return "limit"
        if self.filters.max_per_word is not None:
            folded = fold(entry.word)
            key = hash(folded)
            count = self._per_word.get(key)
            if count is None:
                count = self._earlier(folded)
            if count >= self.filters.max_per_word:
                self._per_word[key] = count
                return "max-per-word"
            self._per_word[key] = count + 1
        self.admitted += 1
        return None
