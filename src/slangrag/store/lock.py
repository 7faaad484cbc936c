"""One writer at a time: an operating-system lock on `store.lock`, released by the holder's death.

flock(2), which Linux turns into a byte-range lock on NFS, so that it also holds between the nodes of a
cluster as far as the server's lock service works; a file system without locks is refused, not ignored.
"""

from __future__ import annotations

import errno
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
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_held(root: Path) -> bool:
    """Whether some process writes to the store at `root` now. Writes nothing."""
    import fcntl

    try:
        descriptor = os.open(StoreLayout(root).lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def held_by(root: Path) -> str:
    """Who writes to the store at `root` now, in words; "" for nobody."""
    return str(read_holder(StoreLayout(root).lock) or "another process") if is_held(root) else ""


@contextmanager
def hold(root: Path, path: Path | None = None) -> Iterator[int]:
    """Hold the lock of the store at `root`; yields its descriptor (a child that inherits it holds too).

    path: another lock file than the store's, for something else in that directory.

    Refuses within half a second: StoreLocked names the holder. Raises StoreError where the directory
    cannot be written or its file system has no locks.
    """
    import fcntl

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
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
                    raise StoreError(
                        f"the file system of {root} offers no locks ({error.strerror})",
                        hint="put the store on a local disk with --store DIR",
                    ) from error
                # A reader that asks `is_held` has it for a moment.
                if time.monotonic() > give_up:
                    who = read_holder(path) or "another process"
                    raise StoreLocked(
                        f"{path.parent} is being written by {who}", hint="wait for it to end, or stop it"
                    ) from error
                time.sleep(0.02)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(_myself())).encode(), 0)
        try:
            yield descriptor
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


@contextmanager
def shared_lock(path: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the lock file at `path` together with others or (alone) without any; waits for it.

    Where the file cannot be made (a read-only place), nobody can want it alone, and nothing is held.
    """
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except OSError:
            yield
            return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)
