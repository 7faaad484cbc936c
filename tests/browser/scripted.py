"""A capable model whose words a test writes, behind the Ollama stand-in."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Turns = Sequence[Mapping[str, Any]]

GHOST = "What does it mean to ghost someone?"
ANSWER = (
    "To ghost someone is to stop answering them without warning, so that they are left wondering [1]. "
    "Most people find it rather cold. "
    "The word became popular on dating apps around 2015 [3]."
)
"""To GHOST, over the sample: one sentence that a source supports, one of its own words, one withheld."""

MESSAGE = "no cap that food is bussin"
REWRITTEN = json.dumps(
    {
        "spans": [{"n": 1, "sense": 1}, {"n": 2, "sense": 1}],
        "message": "Honestly, that food is extremely good.",
    }
)
"""To MESSAGE: what a model is asked for, both words in their first sense."""


@dataclass
class Script:
    """What the model says. hold_at: the number of the word before which it waits for `let_go`."""

    says: str = ANSWER
    hold_at: int | None = None
    let_go: threading.Event = field(default_factory=threading.Event)
    asked: list[Turns] = field(default_factory=list)

    def __call__(self, turns: Turns, _options: Mapping[str, Any]) -> Iterator[str]:
        """The answer, word by word."""
        self.asked.append(turns)
        for number, word in enumerate(self.says.split(" ")):
            if number == self.hold_at:
                self.let_go.wait(20)
            yield word if number == 0 else f" {word}"


class Model:
    """One model of the stand-in for many tests: plays the script of the test that runs."""

    def __init__(self) -> None:
        self.script = Script()

    def __call__(self, turns: Turns, options: Mapping[str, Any]) -> Iterator[str]:
        """The script's answer."""
        return self.script(turns, options)
