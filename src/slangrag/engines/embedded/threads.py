"""How many threads the embedded engine should use right now. Knows nothing of what they will compute."""

from __future__ import annotations

import os

from slangrag.config import default_threads

SMALL_MODEL_LIMIT = 4
"""More threads than this only wait for one another in a model of some hundred million weights."""


def idle_threads(configured: int, *, limit: int | None = None) -> int:
    """`configured` if it is positive, else the cores that others leave idle: at least 1, at most `limit`.

    llama.cpp's threads meet after every matrix. On cores that others keep busy each meeting waits for
    the scheduler: two threads on two busy cores gave 3 tokens a second where one gave 60.
    """
    if configured > 0:
        return configured
    cores = default_threads()
    busy = round(os.getloadavg()[0]) if hasattr(os, "getloadavg") else 0
    threads = max(1, cores - busy)
    return threads if limit is None else min(threads, limit)
