"""Rates and times to go, from what was done lately."""

from __future__ import annotations

import time
from collections import deque
from typing import Final

from slangrag.ingest.plan import Progress, Report

_WINDOW: Final = 15.0


class Meter:
    """Turns "so many rows are done" into Progress; one for each stage."""

    def __init__(self, stage: str, report: Report) -> None:
        self._stage = stage
        self._report = report
        self._marks: deque[tuple[float, int]] = deque()

    def tell(self, done: int, total: int | None) -> None:
        """Report that `done` rows of `total` (None: unknown) are done."""
        now = time.monotonic()
        self._marks.append((now, done))
        while now - self._marks[0][0] > _WINDOW and len(self._marks) > 2:
            self._marks.popleft()
        began, first = self._marks[0]
        rate = (done - first) / (now - began) if now > began else 0.0
        eta = max(0, total - done) / rate if total is not None and rate > 0 else None
        self._report(Progress(self._stage, done, total, rate, eta))
