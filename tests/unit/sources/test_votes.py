"""Votes: few votes prove little, unknown votes are not zero."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slangrag.sources.votes import wilson_lower_bound

COUNTS = st.integers(0, 100_000)


@given(COUNTS, COUNTS, st.sampled_from([1.0, 1.6449, 1.96, 2.5758]))
def test_the_bound_is_where_the_votes_seen_are_just_z_deviations_away(up: int, down: int, z: float) -> None:
    """Wilson's definition: |share - p| = z * sqrt(p (1 - p) / n), solved for the lower p."""
    bound = wilson_lower_bound(up, down, z)
    if votes := up + down:
        share = up / votes
        assert share - bound == pytest.approx(z * math.sqrt(bound * (1 - bound) / votes), abs=1e-6)


def test_no_votes_promise_nothing() -> None:
    assert wilson_lower_bound(0, 0) == 0.0


@given(COUNTS, COUNTS)
def test_the_bound_is_a_share_and_below_the_one_observed(up: int, down: int) -> None:
    bound = wilson_lower_bound(up, down)
    assert 0.0 <= bound <= 1.0
    if up + down:
        assert bound <= up / (up + down) + 1e-12


@given(COUNTS, COUNTS)
def test_one_more_up_vote_never_harms(up: int, down: int) -> None:
    assert wilson_lower_bound(up + 1, down) >= wilson_lower_bound(up, down)
