"""Citations are found however a model writes them, and only where they are citations."""

from __future__ import annotations

import pytest

from slangrag.text.citations import split_citations, with_citations


@pytest.mark.parametrize(
    ("written", "bare", "numbers"),
    [
        ("It means yes [1].", "It means yes.", (1,)),
        ("It means yes. [1]", "It means yes.", (1,)),
        ("It means yes [1, 2].", "It means yes.", (1, 2)),
        ("It means yes [1][2].", "It means yes.", (1, 2)),
        ("It means yes [1] [2] .", "It means yes.", (1, 2)),
        ("It means yes (1).", "It means yes.", (1,)),
        ("It means yes [1-3].", "It means yes.", (1, 2, 3)),
        ("It means yes [ 2 ; 1 ].", "It means yes.", (2, 1)),
        ("It means yes 【2】.", "It means yes.", (2,)),
        ("[1] It means yes.", "It means yes.", (1,)),
        ("It means [1] yes or no [2].", "It means yes or no.", (1, 2)),
        ("It means yes [1][1][1].", "It means yes.", (1,)),
        ("According to definition 2, it means yes.", "It means yes.", (2,)),
        ("As definition 2 says, it means yes.", "As definition 2 says, it means yes.", (2,)),
        ("It means yes.", "It means yes.", ()),
    ],
)
def test_every_way_of_citing_is_read(written: str, bare: str, numbers: tuple[int, ...]) -> None:
    assert split_citations(written, {1, 2, 3}) == (bare, numbers, ())


@pytest.mark.parametrize(
    "written", ["See [drip].", "It is [sic] so.", "A [2nd] try.", "Born (1999 that is)."]
)
def test_bracketed_words_are_not_citations(written: str) -> None:
    assert split_citations(written, {1, 2}) == (written, (), ())


def test_numbers_that_were_never_given_are_told_apart() -> None:
    assert split_citations("Yes [2][99][0].", {1, 2}) == ("Yes.", (2,), (99, 0))


def test_a_range_without_end_does_not_become_a_thousand_citations() -> None:
    assert split_citations("Yes [1-900].", {1}) == ("Yes.", (1,), (900,))


@pytest.mark.parametrize(
    ("bare", "expected"),
    [("Yes.", "Yes [1][3]."), ("Yes", "Yes [1][3]."), ("Yes!", "Yes [1][3]!"), ("Why?", "Why [1][3]?")],
)
def test_marks_go_before_the_full_stop(bare: str, expected: str) -> None:
    assert with_citations(bare, (1, 3)) == expected


def test_what_is_written_is_read_back() -> None:
    assert split_citations(with_citations("It means yes.", (2, 5)), {2, 5}) == ("It means yes.", (2, 5), ())
