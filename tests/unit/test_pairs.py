"""KEY=VALUE pairs: what is typed is what a model gets, with its type."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from slangrag.pairs import one_line, read_pair, read_pairs, write_pairs


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("num_gpu=20", 20),
        ("top_p=0.9", 0.9),
        ("top_p=.9", 0.9),
        ("do_sample=true", True),
        ("do_sample=True", True),
        ("seed=null", None),
        ("dtype=bfloat16", "bfloat16"),
        ('stop=["a","b"]', ["a", "b"]),
        ("stop=a=b", "a=b"),
        ("suffix=", ""),
        (' name = "7" ', "7"),
    ],
)
def test_a_value_is_json_where_it_reads_as_json_and_text_elsewhere(text: str, value: Any) -> None:
    read = read_pair(text)[1]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("text", ["num_gpu", "=5", "num gpu=5", "5x=1", ""])
def test_what_is_no_pair_is_refused_and_shown(text: str) -> None:
    with pytest.raises(ValueError, match="is not KEY=VALUE"):
        read_pair(text)


def test_commas_part_pairs_but_not_lists() -> None:
    assert read_pairs('num_gpu=20, stop=["a,b", "c"], top_p=.9') == {
        "num_gpu": 20,
        "stop": ["a,b", "c"],
        "top_p": 0.9,
    }
    assert read_pairs(r'a="x\",y",b={"c": [1, 2]}') == {"a": 'x",y', "b": {"c": [1, 2]}}


def test_a_pair_of_its_own_may_hold_a_comma() -> None:
    assert read_pairs(one_line(["tensor_split=1,2", "a=1", "a=2"])) == {"tensor_split": "1,2", "a": 2}


@given(
    some.dictionaries(
        some.from_regex(r"[a-z_]{1,8}", fullmatch=True),
        some.recursive(
            some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
            lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
            max_leaves=5,
        ),
    )
)
def test_what_is_written_is_read_back(pairs: dict[str, Any]) -> None:
    """The line travels through slangrag.toml, the environment and a server's socket."""
    assert read_pairs(write_pairs(pairs)) == pairs
