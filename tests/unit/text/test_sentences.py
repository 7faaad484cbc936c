"""A sentence is shown when it is whole, and wherever the stream was cut it is the same sentence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slangrag.text.sentences import LONGEST, SentenceStream, loops, parts_of, sentence_ends, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("One [1]. Two [2].", ["One [1].", "Two [2]."]),
        ("One. [1] Two. [2]", ["One. [1]", "Two. [2]"]),
        ("One (1). (A remark.) Two.", ["One (1).", "(A remark.)", "Two."]),
        ("Short, e.g. this one. Next.", ["Short, e.g. this one.", "Next."]),
        ("Costs 3.50 in the U.S. today. Next.", ["Costs 3.50 in the U.S. today.", "Next."]),
        ("- One\n- Two\n", ["One", "Two"]),
        ("1. One\n2. Two", ["One", "Two"]),
        ("**Rizz** is charm.", ["Rizz is charm."]),
        ("Really?! Yes…", ["Really?!", "Yes…"]),
        ('He said "yes." Then he left.', ['He said "yes."', "Then he left."]),
        ("", []),
        (" \n...\n", []),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@settings(deadline=None)
@given(st.lists(st.integers(min_value=1, max_value=7), max_size=40))
def test_how_the_stream_is_cut_changes_nothing(cuts: list[int]) -> None:
    text = "Rizz is charm, e.g. at parties. [1] It is a skill [1, 2]! (Some say so.) It costs 2.50.\n- End"
    stream, at = SentenceStream(), 0
    got: list[str] = []
    for cut in cuts:
        got += stream.feed(text[at : at + cut])
        at += cut
    got += [*stream.feed(text[at:]), *stream.close()]
    assert got == sentences(text)


def test_text_without_an_end_is_handed_over_at_last() -> None:
    stream = SentenceStream()
    assert not list(stream.feed("a" * LONGEST))
    assert list(stream.feed("a"))


@pytest.mark.parametrize(
    "text", ["and so on and so on and so on and so on and so on", "na " * 14, "very good " * 9]
)
def test_loops_are_seen(text: str) -> None:
    assert loops(text)


def test_plain_sentences_are_no_loops() -> None:
    assert not loops("To throw something hard and without much care for where it lands, as one does.")


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("One. Two! Three", ["One.", " Two!"]),
        ("Words, e.g. rizz, are said. Often.", ["Words, e.g. rizz, are said."]),
        ("1. First of all. Then", ["1. First of all."]),
        ("It has 12. Then it stops. So", ["It has 12.", " Then it stops."]),
        ("A line\nthat goes on. Then", ["A line\nthat goes on."]),
        ("Said “so.” Then", ["Said “so.”"]),
        ("no end at all", []),
    ],
)
def test_ends_of_sentences_are_told_where_they_are_in_the_text(text: str, ends: list[str]) -> None:
    stops = list(sentence_ends(text))
    assert [text[first:after] for first, after in zip([0, *stops], stops, strict=False)] == ends
    shifted = f"Before. {text}"
    assert [stop - 8 for stop in sentence_ends(shifted, 8)] == stops


def test_a_megabyte_of_stops_is_looked_through_once() -> None:
    """Hours, when every stop was tried as the first of its run."""
    assert list(sentence_ends("." * 1_000_000)) == []


def test_a_row_of_a_table_is_never_joined_with_the_next_however_long_it_is() -> None:
    row = "88 | double eight | Cat in the shed. Do not close the roller doors until it has been seen to leave"
    text = f"{row}\n90 | ninety | Tea"
    assert [text[start:end] for start, end in parts_of(text)][-1] == "90 | ninety | Tea"
