"""What votes say about an entry, with care for how few they are.

Pure arithmetic; knows nothing of entries, files or ranking.
"""

from __future__ import annotations

import math


def wilson_lower_bound(up: int, down: int, z: float = 1.96) -> float:
    """Lower end of the Wilson score interval for the up-vote share, in [0, 1].

    z is the normal quantile of the confidence wanted (1.96: 95 %). Zero votes give 0. Source:
    Wilson (1927), JASA 22, p. 209.
    """
    votes = up + down
    if votes == 0:
        return 0.0
    share = up / votes
    centre = share + z * z / (2 * votes)
    spread = z * math.sqrt(share * (1 - share) / votes + z * z / (4 * votes * votes))
    return max(0.0, (centre - spread) / (1 + z * z / votes))
