"""What votes say about an entry, with care for how few they are.

Pure arithmetic; knows nothing of entries, files or ranking. Unknown votes (None) are not zero votes:
where nothing is known, the answer is what is typical.
"""

from __future__ import annotations

import math
from typing import Final

# A beta prior for the share of up-votes, fitted by moments to the 6,367 of 8,595 real entries that had 50
# votes or more: mean 0.65, worth 6.5 votes.
PRIOR_SHARE: Final = 0.65
PRIOR_VOTES: Final = 6.5


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


def vote_score(up: int | None, down: int | None) -> float:
    """How well liked an entry is, in (0, 1): its up-vote share, drawn towards the typical one.

    The posterior mean of a beta-binomial model, (up + share * k) / (up + down + k), with the prior
    above. Ten thousand votes count for no more than their share does, since the most voted entries
    are often jokes. Unknown votes give the prior's mean. Source: Gelman et al., Bayesian Data
    Analysis (3rd ed.), section 2.4.
    """
    if up is None or down is None:
        return PRIOR_SHARE
    return (up + PRIOR_SHARE * PRIOR_VOTES) / (up + down + PRIOR_VOTES)
