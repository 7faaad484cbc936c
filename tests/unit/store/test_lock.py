from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from slangrag.errors import StoreLocked
from slangrag.store.layout import StoreLayout
from slangrag.store.lock import held_by, hold, is_held, read_holder

HOLD = """
import sys, time
from pathlib import Path
from slangrag.store.lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
HOLD_WITH_A_CHILD = """
import subprocess, sys, time
from pathlib import Path
from slangrag.store.lock import hold
with hold(Path(sys.argv[1])) as lock:
    sleeper = subprocess.Popen(["sleep", "60"], pass_fds=(lock,))
    print("held", sleeper.pid, flush=True)
    time.sleep(60)
"""
HOLD_WITH_A_CHILD_OF_OURS = """
import subprocess, sys, time
from pathlib import Path
from slangrag.store import child
from slangrag.store.lock import hold
with hold(Path(sys.argv[1])) as lock:
    sleeper = child.start("sleeper", lock=lock, stdout=subprocess.PIPE)
    print("held", sleeper.pid, sleeper.stdout.readline(), end="", flush=True)
    time.sleep(60)
"""
SLEEPER = """
import time
from slangrag.store import child
assert child.arguments() == []
print("tied", flush=True)
time.sleep(60)
"""
ON_WINDOWS = """
import os, signal, sys
from pathlib import Path
import filelock, subprocess
sys.platform = "win32"
sys.modules["fcntl"] = None
del os.pwrite, os.nice, signal.SIGUSR1
from slangrag.errors import StoreLocked
from slangrag.store import child
from slangrag.store.lock import held_by, hold, shared_lock
root = Path(sys.argv[1])
with shared_lock(root / "chroma.lock"), hold(root) as lock:
    print(held_by(root))
    child.start("slangrag", lock=lock).wait()
    try:
        with hold(root):
            print("held twice")
    except StoreLocked as refused:
        print(refused.message)
"""


@contextmanager
def holder(store: Path, code: str = HOLD, path: Path | None = None) -> Iterator[tuple[int, list[str]]]:
    """A process that holds the store's lock, and what it said; killed at the end."""
    places = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(path or ""))))
    with subprocess.Popen(
        [sys.executable, "-c", code, str(store)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": places},
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline().split()
        assert said[0] == "held"
        try:
            yield process.pid, said[1:]
        finally:
            process.kill()


def test_a_second_writer_is_refused_within_a_second_and_told_who_holds_the_lock(tmp_path: Path) -> None:
    with holder(tmp_path) as (pid, _):
        began = time.monotonic()
        with (
            pytest.raises(StoreLocked, match=rf"process {pid} on .* since 20\d\d-") as refused,
            hold(tmp_path),
        ):
            pass
        assert time.monotonic() - began < 1
        assert "-c" in refused.value.message, "the command that holds it is named"


def test_a_killed_writer_leaves_no_lock_behind(tmp_path: Path) -> None:
    with holder(tmp_path):
        pass
    assert not is_held(tmp_path)
    with hold(tmp_path):
        assert is_held(tmp_path)


def test_a_child_of_a_killed_writer_ends_with_it_and_keeps_no_lock(tmp_path: Path) -> None:
    (tmp_path / "sleeper.py").write_text(SLEEPER)
    with holder(tmp_path / "store", HOLD_WITH_A_CHILD_OF_OURS, tmp_path) as (_, (child, said)):
        assert said == "tied"
        assert Path(f"/proc/{child}").exists() or sys.platform != "linux"
    patience = time.monotonic() + 5
    while is_held(tmp_path / "store") and time.monotonic() < patience:
        time.sleep(0.05)
    with hold(tmp_path / "store"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="there a lock is its process's alone")
def test_a_lock_that_a_dead_writer_left_to_its_child_is_not_laid_to_the_dead(tmp_path: Path) -> None:
    with holder(tmp_path, HOLD_WITH_A_CHILD) as (pid, (sleeper,)):
        pass
    try:
        ended = f"a child of process {pid}, which has itself ended"
        assert ended in held_by(tmp_path)
        with pytest.raises(StoreLocked, match=ended), hold(tmp_path):
            pass
    finally:
        os.kill(int(sleeper), 9)


def test_a_released_lock_names_nobody(tmp_path: Path) -> None:
    with hold(tmp_path):
        assert read_holder(StoreLayout(tmp_path).lock) is not None
    assert read_holder(StoreLayout(tmp_path).lock) is None
    assert held_by(tmp_path) == ""


def test_asking_who_writes_does_not_disturb_the_writer_that_comes_next(tmp_path: Path) -> None:
    with hold(tmp_path):
        pass
    for _ in range(200):
        assert not is_held(tmp_path)
        with hold(tmp_path):
            pass


def test_without_what_only_unix_has_the_lock_is_taken_and_the_holder_named(tmp_path: Path) -> None:
    """Windows as far as it can be simulated: no fcntl, no inherited descriptors, no pwrite, no SIGUSR1."""
    done = subprocess.run(
        [sys.executable, "-c", ON_WINDOWS, str(tmp_path)], capture_output=True, text=True, check=True
    )
    held, refused = done.stdout.splitlines()
    assert held.startswith("process ")
    assert f"is being written by {held}" in refused


def test_no_module_needs_fcntl_to_be_imported() -> None:
    code = (
        "import sys, pkgutil, importlib, slangrag\n"
        "import mcp  # asks for the platform's name, and not for what it has\n"
        "for absent in ('fcntl', 'termios', 'resource', 'pwd'): sys.modules[absent] = None\n"
        "for module in pkgutil.walk_packages(slangrag.__path__, 'slangrag.'):\n"
        "    if not module.name.endswith('__main__'): importlib.import_module(module.name)\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
