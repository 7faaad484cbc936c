"""The sockets of a server: an address, and a file beside the store for the same user's commands."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slangrag.errors import UsageError
from slangrag.service.server_socket import socket_path


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address. Raises UsageError where that cannot be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        with contextlib.suppress(OSError):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except (OSError, UnicodeError, OverflowError) as error:
        said = getattr(error, "strerror", None) or str(error)
        taken = getattr(error, "errno", None) in {errno.EADDRINUSE, errno.EACCES}
        hint = f"slangrag serve --port {port + 1}" if taken else "slangrag serve --host 127.0.0.1"
        raise UsageError(f"cannot listen on {host}, port {port}: {said}", hint=hint) from error
    return listening


@contextmanager
def beside_store(root: Path) -> Iterator[socket.socket | None]:
    """A Unix socket beside the store while the block runs; None where there can be none.

    A server that is alive there already keeps its place.
    """
    path = socket_path(root)
    if path is None or _alive(path):
        yield None
        return
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)  # 0600: who may connect is who may write
    try:
        listening.bind(os.fspath(path))
    except OSError:  # a read-only store, or a file system without sockets: commands open the store themselves
        listening.close()
        listening = None  # type: ignore[assignment]
    finally:
        os.umask(before)
    try:
        yield listening
    finally:
        if listening is not None:
            listening.close()
            path.unlink(missing_ok=True)


def _alive(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        try:
            probe.connect(os.fspath(path))
        except OSError:
            return False
    return True
