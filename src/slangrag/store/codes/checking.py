"""Are the codes those of the lexicon's vectors? Every row compared; reads only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slangrag.store.codes.file import CodeFile, encode
from slangrag.store.codes.rows import changed_rows, codes_named
from slangrag.store.lexicon import Lexicon

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CodesFound:
    """coded: rows with the code of their vector. waiting: rows that are compared exactly. wrong: rows with
    another code. missing: rows that are neither coded nor waiting. torn: segments with a wrong checksum."""

    coded: int
    waiting: int
    wrong: int
    missing: int
    torn: int

    @property
    def ok(self) -> bool:
        """Whether search by meaning can find every entry."""
        return not (self.wrong or self.missing or self.torn)


def check_codes(root: Path, lexicon: Lexicon) -> CodesFound:
    """Compare them, in one view of the lexicon (the caller's transaction). Raises StoreDamaged."""
    import numpy as np

    entries = lexicon.count("entries")
    codes = codes_named(root, lexicon)
    if codes is None:
        return CodesFound(0, entries, 0, 0, 0)
    changed = changed_rows(lexicon, codes.through, lexicon.count("uncoded"))[0]
    right = wrong = 0
    for rids, words in _last_of_each(codes):
        there, vectors = lexicon.vector_rows(rids[~np.isin(rids, changed)].tolist())
        if not len(there):
            continue
        at = np.searchsorted(rids, there)
        same = (
            (encode(vectors, codes.centre) == words[:, at]).all(axis=0) if len(there) else np.zeros(0, bool)
        )
        right += int(same.sum())
        wrong += int(len(same) - same.sum())
    waiting = len(changed) + lexicon.rows_above(codes.through)
    torn = sum(not segment.is_whole() for segment in codes.segments)
    return CodesFound(right, waiting, wrong, entries - right - wrong - waiting, torn)


def _last_of_each(codes: CodeFile) -> list[tuple[NDArray[np.int64], NDArray[np.uint64]]]:
    """Segment by segment the rows that no later segment replaces: row ids, rising, and words."""
    import numpy as np

    found = []
    later = np.zeros(0, np.int64)
    for segment in reversed(codes.segments):
        kept = ~np.isin(segment.rids, later)
        found.append((segment.rids[kept], segment.words[:, kept]))
        later = np.union1d(later, segment.rids)
    return found
