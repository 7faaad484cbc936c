"""One writer at a time: an operating-system lock on `store.lock`, released by the holder's death.

flock(2), which Linux turns into a byte-range lock on NFS, so that it also holds between the nodes of a
cluster as far as the server's lock service works; a file system without locks is refused, not ignored.
filelock takes it, and on Windows its like (LockFileEx), which has been run by nobody here: what there is
no shared lock for, waits in turn, and no child shares its parent's lock.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from slangrag.errors import StoreError, StoreLocked
from slangrag.store.layout import StoreLayout

_LONGEST_COMMAND: Final = 200
_PATIENCE: Final = 0.3
_LOCKED_BYTES: Final = 1  # what LockFileEx locks, which nobody else can then read


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock: process, host, since when (ISO 8601 with zone), the command typed."""

    pid: int
    host: str
    since: str
    command: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} since {self.since} ({self.command})"


def _myself() -> Holder:
    return Holder(
        pid=os.getpid(),
        host=socket.gethostname(),
        since=datetime.now().astimezone().isoformat(timespec="seconds"),
        command=shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])[:_LONGEST_COMMAND],
    )


def read_holder(path: Path) -> Holder | None:
    """Who wrote their name into the lock file last; None where nobody holds it or it cannot be read.

    A process that was killed leaves its name there: only `hold` knows whether the lock is taken.
    """
    try:
        with path.open("rb") as file:
            file.seek(_LOCKED_BYTES)
            return Holder(**json.loads(file.read()))
    except (OSError, ValueError, TypeError):
        return None


def is_held(root: Path) -> bool:
    """Whether some process writes to the store at `root` now. Writes nothing."""
    try:
        descriptor = os.open(StoreLayout(root).lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        return not _take(descriptor, alone=False, wait=False)
    except OSError:
        return True
    finally:
        os.close(descriptor)


def held_by(root: Path) -> str:
    """Who writes to the store at `root` now, in words; "" for nobody."""
    return _holder_in_words(StoreLayout(root).lock) if is_held(root) else ""


@contextmanager
def hold(root: Path, path: Path | None = None) -> Iterator[int]:
    """Hold the lock of the store at `root`; yields its descriptor (a child that inherits it holds too).

    path: another lock file than the store's, for something else in that directory.

    Refuses within half a second: StoreLocked names the holder. Raises StoreError where the directory
    cannot be written or its file system has no locks.
    """
    path = path or StoreLayout(root).lock
    try:
        root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StoreError(
            f"{root} cannot be written: {error.strerror}", hint="name another place with --store DIR"
        ) from error
    try:
        give_up = time.monotonic() + _PATIENCE
        while not _take_or_say_why_not(descriptor, root):
            # A reader that asks `is_held` has it for a moment.
            if time.monotonic() > give_up:
                raise StoreLocked(
                    f"{path.parent} is being written by {_holder_in_words(path)}",
                    hint="wait for it to end, or stop it",
                )
            time.sleep(0.02)
        _write(descriptor, b" " * _LOCKED_BYTES + json.dumps(asdict(_myself())).encode())
        try:
            yield descriptor
        finally:
            _write(descriptor, b"")
    finally:
        os.close(descriptor)


@contextmanager
def shared_lock(path: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the lock file at `path` together with others or (alone) without any; waits for it.

    Where the file cannot be made (a read-only place), nobody can want it alone, and nothing is held.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError:
            yield
            return
    try:
        _take(descriptor, alone=alone, wait=True)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, *, alone: bool, wait: bool) -> bool:
    """Lock an open file; False where somebody else has. Raises OSError where there are no locks."""
    if not alone and sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True
    from filelock import lock_descriptor

    return lock_descriptor(descriptor, blocking=wait)


def _take_or_say_why_not(descriptor: int, root: Path) -> bool:
    try:
        return _take(descriptor, alone=True, wait=False)
    except OSError as error:
        raise StoreError(
            f"the file system of {root} offers no locks ({error.strerror})",
            hint="put the store on a local disk with --store DIR",
        ) from error


def _write(descriptor: int, content: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, content)


def _holder_in_words(path: Path) -> str:
    who = read_holder(path)
    if who is None:
        return "another process"
    if who.host == socket.gethostname() and not _is_alive(who.pid):
        return f"a child of process {who.pid}, which has itself ended ({who.command})"
    return str(who)


def _is_alive(pid: int) -> bool:
    """Whether there is such a process on this machine."""
    if sys.platform == "win32":
        return True  # no child shares a lock there, and signal 0 is not harmless
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
