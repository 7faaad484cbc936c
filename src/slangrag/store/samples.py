"""A sample of entries, drawn by votes: what people like is more likely to be in it."""

from __future__ import annotations

import heapq
import math
import random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from slangrag.store.lexicon import Lexicon

_LONG_ENOUGH: Final = 8  # characters; shorter definitions say too little to ask about


def sampled_entries(lexicon: Lexicon, count: int, *, seed: int = 0) -> list[int]:
    """Row ids of `count` entries of as many headwords, as they were drawn; fewer where there are fewer.

    An entry's weight is log2(2 + net votes), so that votes nobody knows cost nothing. Weighted sampling
    without replacement (Efraimidis and Spirakis 2006, Inf. Process. Lett. 97). Reads every entry once.
    """
    chance = random.Random(seed)
    drawn: dict[int, tuple[float, int]] = {}
    rows = lexicon.connection.execute(
        "SELECT rid, hid, coalesce(up_votes, 0) - coalesce(down_votes, 0) FROM entries "
        "WHERE length(definition) >= ? ORDER BY rid",
        (_LONG_ENOUGH,),
    )
    for rid, hid, net in rows:
        key = math.log(1.0 - chance.random()) / math.log2(2 + max(net, 0))
        if hid not in drawn or key > drawn[hid][0]:
            drawn[hid] = (key, rid)
    return [rid for _, rid in heapq.nlargest(count, drawn.values())]
