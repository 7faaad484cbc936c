"""How much of this machine's processor time nobody uses.

Knows nothing of what would use it.
"""

from __future__ import annotations

import math
import os
import time
from pathlib import Path
from typing import Final

_TIMES: Final = Path("/proc/stat")
_IDLE: Final = (4, 5)  # fields of a line: idle, waiting for a disk (proc_stat(5), man-pages 6)


class IdleCores:
    """Looks at the cores that this process may run on, again and again."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._idle = _idle_seconds()

    def since_last(self) -> float:
        """How many cores' worth of time was idle since the last look; infinite where nobody can tell.

        Only Linux tells. The cores are those of the process's affinity mask, which Slurm sets.
        """
        at, idle = time.monotonic(), _idle_seconds()
        passed, spent = at - self._at, idle - self._idle
        self._at, self._idle = at, idle
        if math.isnan(spent):
            return math.inf
        return spent / passed if passed > 0 else 0.0


def _idle_seconds() -> float:
    """Idle seconds of the cores of this process since the machine started; NaN where unknown."""
    try:
        lines = _TIMES.read_text(encoding="ascii").splitlines()
    except OSError:
        return math.nan
    mine = {f"cpu{core}" for core in os.sched_getaffinity(0)}
    fields = [line.split() for line in lines]
    ticks = sum(int(line[at]) for line in fields if line[0] in mine for at in _IDLE)
    return ticks / os.sysconf("SC_CLK_TCK")
