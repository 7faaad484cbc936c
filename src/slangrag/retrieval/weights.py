"""The weights of every ranking: one resource, `weights.json`, written by `benchmarks/fit_weights.py`.

Loads numbers; knows nothing of what they weigh.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights by signal name, one mapping for each decision.

    intent: words of messages (positive) against descriptions (negative). span: headwords seen in a
    message. sense: entries of one headword. typo: spellings. reverse: headwords by description.
    message: how far to trust the reading as a message. slang: a span of a message being slang there;
    slang_closely: the same with its word and its definitions compared with the message. known: when an
    answer counts as known.
    """

    intent: Mapping[str, float]
    span: Mapping[str, float]
    sense: Mapping[str, float]
    typo: Mapping[str, float]
    reverse: Mapping[str, float]
    message: Mapping[str, float]
    slang: Mapping[str, float]
    slang_closely: Mapping[str, float]
    known: Mapping[str, float]


@cache
def load_weights() -> Weights:
    """The fitted weights that ship with the program."""
    text = files("slangrag.retrieval").joinpath("weights.json").read_text(encoding="utf-8")
    return Weights(**json.loads(text))
