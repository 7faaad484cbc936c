"""`slangrag add` with a stub for an embedder, which kills itself where it is told to; run as a script.

    python -m tests.integration.documents.mortal POINT COUNT ARGUMENT...

POINT names a function, with "+" behind it for the moment after the call; COUNT says which of its calls.
Without a point ("-") it says "begins" on standard output when the documents begin to be read.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from functools import wraps
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from tests.unit.ingest.stubs import StubEmbedder

from slangrag.cli.main import main
from slangrag.service import engines
from slangrag.service.adding import Adding


def takes_its_time(_: int, texts: Sequence[str]) -> None:
    time.sleep(0.002 * len(texts))


def deadly(called: Callable[..., Any], count: int, *, after: bool) -> Callable[..., Any]:
    calls = 0

    @wraps(called)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = called(*arguments, **named)
        if calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return wrapped


def arm(point: str, count: int) -> None:
    place, _, name = point.removesuffix("+").rpartition(".")
    module, _, owner = place.partition(":")
    of: Any = import_module(f"slangrag.{module}")
    of = getattr(of, owner) if owner else of
    setattr(of, name, deadly(getattr(of, name), count, after=point.endswith("+")))


def tell_when_it_begins() -> None:
    add = Adding.add

    def told(self: Adding, target: str) -> Any:
        sys.stdout.write("begins\n")
        sys.stdout.flush()
        return add(self, target)

    Adding.add = told  # type: ignore[method-assign]


if __name__ == "__main__":
    point, count, *arguments = sys.argv[1:]
    chosen = SimpleNamespace(model=StubEmbedder(fault=takes_its_time), note="")
    engines.embedder = lambda *_: chosen  # type: ignore[assignment]
    if point == "-":
        tell_when_it_begins()
    else:
        arm(point, int(count))
    sys.argv = ["slangrag", *arguments]
    main()
