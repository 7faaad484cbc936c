"""Filters: what is kept depends on the file and the options, not on batches or interruptions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slangrag.sources.entry import Entry
from slangrag.sources.filters import FilterPass, Filters
from slangrag.text.forms import fold


def entry(word: str = "cap", up: int | None = None, down: int | None = None) -> Entry:
    return Entry(f"{word}-{up}-{down}", word, "a lie", up, down)


@pytest.mark.parametrize(
    ("filters", "votes", "reason"),
    [
        (Filters(), (None, None), None),
        (Filters(min_up=5), (5, 900), None),
        (Filters(min_up=5), (4, 0), "min-up"),
        (Filters(min_up=5), (None, 0), "min-up"),
        (Filters(min_up=0), (0, 0), None),
        (Filters(min_score=0.5), (100, 10), None),
        (Filters(min_score=0.5), (1, 0), "min-score"),
        (Filters(min_score=0.5), (100, None), "min-score"),
        (Filters(min_up=5, min_score=0.5), (1, 0), "min-up"),
    ],
)
def test_an_entry_must_show_that_it_reaches_a_minimum(
    filters: Filters, votes: tuple[int | None, int | None], reason: str | None
) -> None:
    assert FilterPass(filters).reason(entry("cap", *votes)) == reason


def test_the_first_entries_of_a_headword_are_kept_however_it_is_spelt() -> None:
    once = FilterPass(Filters(max_per_word=2))
    reasons = [once.reason(entry(word)) for word in ("No Cap", "rizz", "no cap!", "NO CAP", "rizz")]
    assert reasons == [None, None, None, "max-per-word", None]


def test_what_is_filtered_for_its_votes_does_not_use_up_a_headword_or_the_limit() -> None:
    once = FilterPass(Filters(min_up=5, max_per_word=1, limit=1))
    assert [once.reason(e) for e in (entry(up=1), entry(up=9), entry("rizz", up=9))] == [
        "min-up",
        None,
        "limit",
    ]
    assert once.full


def test_no_filter_is_not_active() -> None:
    assert not Filters().active
    assert Filters(limit=0).active


ENTRIES = st.lists(
    st.builds(entry, st.sampled_from(["cap", "Cap", "rizz", "drip"]), st.integers(0, 9), st.integers(0, 9))
)


@given(ENTRIES, st.integers(0, 30), st.integers(1, 3), st.integers(0, 20), st.integers(0, 5))
def test_an_interrupted_pass_ends_as_an_undisturbed_one(
    entries: list[Entry], cut: int, per_word: int, limit: int, min_up: int
) -> None:
    filters = Filters(min_up=min_up, max_per_word=per_word, limit=limit)
    whole = FilterPass(filters)
    expected = [whole.reason(e) for e in entries]
    first = FilterPass(filters)
    before = [first.reason(e) for e in entries[:cut]]
    kept = [fold(e.word) for e, reason in zip(entries, before, strict=False) if reason is None]
    second = FilterPass(filters, admitted=len(kept), earlier=kept.count)
    assert before + [second.reason(e) for e in entries[cut:]] == expected
