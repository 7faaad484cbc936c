"""Where a server over a store on this machine says that it is there: a Unix socket beside the store."""

from __future__ import annotations

import os
import platform
import re
import socket
import stat
from pathlib import Path
from typing import Final

_LONGEST: Final = 100
"""Bytes of a Unix socket's path that every system takes (104 on macOS, 108 on Linux, the last a NUL)."""


def socket_path(root: Path) -> Path | None:
    """The socket's place; None where the system has no such sockets, or the path is too long for one.

    The node's name is in it: a store on NFS is seen by nodes whose servers cannot be reached from here.
    """
    if not hasattr(socket, "AF_UNIX"):
        return None
    node = re.sub(r"[^\w.-]", "_", platform.node())[:32]
    path = root.resolve() / f"serve-{node}.sock"
    return path if len(os.fsencode(path)) <= _LONGEST else None


def is_own_socket(path: Path) -> bool:
    """Whether a socket of this user's is there: in a folder that others may write to, it could be theirs.

    A link is none: it could lead to theirs.
    """
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISSOCK(found.st_mode) and found.st_uid == os.geteuid()
