from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from slangrag.errors import StoreLocked
from slangrag.store.layout import StoreLayout
from slangrag.store.lock import hold, is_held, read_holder

HOLD = """
import sys, time
from pathlib import Path
from slangrag.store.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def start_holder(store: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(store)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_refused_within_a_second_and_told_who_holds_the_lock(tmp_path: Path) -> None:
    with start_holder(tmp_path) as holder:
        began = time.monotonic()
        with (
            pytest.raises(StoreLocked, match=rf"process {holder.pid} on .* since 20\d\d-") as refused,
            hold(tmp_path),
        ):
            pass
        assert time.monotonic() - began < 1
        assert "-c" in refused.value.message, "the command that holds it is named"
        holder.kill()


def test_a_killed_writer_leaves_no_lock_behind(tmp_path: Path) -> None:
    with start_holder(tmp_path) as holder:
        holder.kill()
    assert not is_held(tmp_path)
    with hold(tmp_path):
        assert is_held(tmp_path)


def test_a_released_lock_names_nobody(tmp_path: Path) -> None:
    with hold(tmp_path):
        assert read_holder(StoreLayout(tmp_path).lock) is not None
    assert read_holder(StoreLayout(tmp_path).lock) is None


def test_asking_who_writes_does_not_disturb_the_writer_that_comes_next(tmp_path: Path) -> None:
    with hold(tmp_path):
        pass
    for _ in range(200):
        assert not is_held(tmp_path)
        with hold(tmp_path):
            pass
