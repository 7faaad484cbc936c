"""The exception tree is the contract with every shell script."""

from __future__ import annotations

import re

import pytest

from slangrag import errors

CODES = {
    "SlangragError": 1,
    "UsageError": 2,
    "ConfigError": 2,
    "EngineError": 3,
    "StoreError": 4,
    "InputError": 5,
    "StoppedEarly": 75,
}


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_exit_codes_are_those_that_the_design_promises(name: str, code: int) -> None:
    assert getattr(errors, name).exit_code == code


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    drawn: dict[str, str] = {}
    above: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"    ([ │├└─]*)([A-Z][A-Za-z]+)", line):
            depth = len(found[1]) // 4
            above[depth] = found[2]
            drawn[found[2]] = above[depth - 1] if depth else "Exception"
    defined = {
        name: value.__base__.__name__
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.SlangragError) and value.__base__
    }
    assert drawn == defined
