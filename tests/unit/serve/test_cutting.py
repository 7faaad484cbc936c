"""Where an answer ends that a client wants short."""

from __future__ import annotations

import pytest

from slangrag.serve.openai.cutting import Cutter


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize(
    ("chunks", "stops", "shown", "finished"),
    [
        (["one two", " three"], (), "one two three", None),
        (["one two", " three"], ("two",), "one ", "stop"),
        (["one t", "wo three"], ("two",), "one ", "stop"),  # the stop text comes in two pieces
        (["one t", "en three"], ("two",), "one ten three", None),  # it only looked like it
        (["one tw"], ("two",), "one tw", None),  # held back until the end is known
        (["a b", " c"], ("c", "b"), "a ", "stop"),  # the first in the text, not in the list
    ],
)
def test_stop_texts(chunks: list[str], stops: tuple[str, ...], shown: str, finished: str | None) -> None:
    cutter = Cutter(stops, None, words)
    said = "".join(map(cutter.feed, chunks)) + cutter.close()
    assert (said, cutter.finished) == (shown, finished)


def test_after_so_many_tokens_nothing_more_comes() -> None:
    cutter = Cutter((), 3, words)
    said = cutter.feed("one two") + cutter.feed(" three four") + cutter.feed(" five")
    assert (said.strip(), cutter.finished) == ("one two three", "length")
