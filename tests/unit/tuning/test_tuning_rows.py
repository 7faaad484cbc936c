"""What the trainer is given: batches without a headword twice, columns of the same length."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from slangrag.text.forms import fold
from slangrag.tuning.examples import Example
from slangrag.tuning.training.rows import batches, columns


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60), st.integers(1, 9), st.integers(0, 5))
def test_no_headword_comes_twice_in_a_batch_and_every_row_comes_once(
    words: list[str], size: int, seed: int
) -> None:
    dealt = batches(words, size, seed)
    assert sorted(row for batch in dealt for row in batch) == list(range(len(words)))
    for batch in dealt:
        assert len(batch) <= size
        assert max(Counter(words[row] for row in batch).values(), default=0) <= 1
    assert len(dealt) == len(batches(words, size, seed + 1))
    assert max(map(len, dealt)) - min(map(len, dealt)) <= 1


def test_another_seed_deals_other_batches() -> None:
    words = [str(n) for n in range(40)]
    assert batches(words, 8, 0) != batches(words, 8, 1)
    assert batches(words, 8, 0) == batches(words, 8, 0)


def example(word: str, *negatives: str) -> Example:
    return Example(f"what about {word} then", (f"{word}: meaning",), word, "1", "message", neg=negatives)


def test_a_query_without_negatives_gets_some_of_other_headwords() -> None:
    found = columns(
        [example("a", "x: 1", "y: 2"), example("b"), example("X", "a: 3")],
        negatives=2,
        query_template="query: {text}",
        document_template="passage: {word}: {definition}",
        cut=lambda text: text[:10],
        seed=0,
    )
    assert found["anchor"][0] == "query: what about"
    assert found["positive"][1] == "passage: b: meaning"
    assert {len(column) for column in found.values()} == {3}
    assert found["negative_1"][0] == "passage: x: 1"
    assert found["negative_2"][0] == "passage: y: 2"
    assert set(found) == {"anchor", "positive", "negative_1", "negative_2"}


def test_a_borrowed_negative_is_never_an_answer() -> None:
    """What was mined for "a" defines "b", so it is right for the second query."""
    found = columns(
        [example("a", "b: 1"), example("b"), example("c", "d: 1")],
        negatives=1,
        query_template="{text}",
        document_template="{word}: {definition}",
        cut=lambda text: text,
        seed=0,
    )
    assert found["negative_1"] == ["b: 1", "d: 1", "d: 1"]


def test_without_any_negatives_there_is_no_column_for_them() -> None:
    found = columns(
        [example("a"), example("b")],
        negatives=2,
        query_template="{text}",
        document_template="{word}: {definition}",
        cut=lambda text: text,
        seed=0,
    )
    assert set(found) == {"anchor", "positive"}
    assert fold(found["positive"][0]).startswith("a")
