"""Threads: what is set is obeyed; else the cores that others leave idle."""

from __future__ import annotations

import os

import pytest

from slangrag.engines.embedded import threads
from slangrag.engines.embedded.threads import idle_threads


@pytest.mark.parametrize(("load", "expected"), [(0.2, 8), (3.4, 5), (8.0, 1), (40.0, 1)])
def test_cores_that_others_keep_busy_are_left_alone(
    monkeypatch: pytest.MonkeyPatch, load: float, expected: int
) -> None:
    monkeypatch.setattr(threads, "default_threads", lambda: 8)
    monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 0.0), raising=False)
    assert idle_threads(0) == expected
    assert idle_threads(0, limit=4) == min(expected, 4)


def test_the_setting_is_obeyed_whatever_the_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (99.0, 0.0, 0.0), raising=False)
    assert idle_threads(6, limit=4) == 6
