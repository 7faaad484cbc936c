"""Child processes that write to a store, or look at one, for their parent, and die with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_LOOK_SECONDS: Final = 0.2


def start(
    module: str, *arguments: str, lock: int | None = None, stdin: int | None = None, stdout: int | None = None
) -> subprocess.Popen[str]:
    """Run `python -m module`, which must begin with `arguments()`; silent but for the pipes asked for.

    lock: the descriptor of a lock that the child shares with this process, so that it stays held until
    both have ended (not on Windows, where a lock is its process's). The thread that calls this must
    outlive the child: on Linux the child dies with it.
    """
    return subprocess.Popen(
        [sys.executable, "-m", module, str(os.getpid()), *arguments],
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.DEVNULL if stdout is None else stdout,
        stderr=subprocess.DEVNULL,
        text=True,
        bufsize=1,
        pass_fds=() if lock is None or sys.platform == "win32" else (lock,),
        start_new_session=True,  # a Ctrl-C is the parent's to handle
    )


def arguments() -> list[str]:
    """In a child: what `start` was given. From now on this process ends when its parent does.

    A killed parent must leave no child that goes on writing, or that keeps the lock. Linux sees to it
    (prctl(2), PR_SET_PDEATHSIG); elsewhere a thread looks whose child this is. Windows never says that
    a parent has ended: there the child ends with its work.
    """
    parent, *rest = sys.argv[1:]
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):  # it was gone before
            os._exit(1)
    else:
        threading.Thread(target=_watch, args=(int(parent),), daemon=True).start()
    return rest


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)
