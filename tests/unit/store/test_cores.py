"""How many cores are idle, which decides whether an index is begun while its entries are loaded."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from slangrag.store import cores
from slangrag.store.cores import IdleCores

_BUSY = "import os, time\nos.sched_setaffinity(0, {int(__import__('sys').argv[1])})\nwhile True: pass"


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="only Linux tells which cores are ours")
def test_a_busy_core_is_not_taken_for_an_idle_one() -> None:
    allowed = os.sched_getaffinity(0)
    core = min(allowed)
    os.sched_setaffinity(0, {core})
    busy = subprocess.Popen([sys.executable, "-c", _BUSY, str(core)])
    try:
        time.sleep(0.3)
        idle = IdleCores()
        time.sleep(0.7)
        assert idle.since_last() < 0.3
    finally:
        busy.kill()
        busy.wait()
        os.sched_setaffinity(0, allowed)


def test_where_nobody_can_tell_the_cores_are_taken_for_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cores, "_TIMES", tmp_path / "there-is-no-such-file")
    assert IdleCores().since_last() == math.inf
