"""The token of a server that others could reach: made at its start, in a file that only its user can read."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from slangrag.errors import InputUnreadable, UsageError

_SHORTEST: Final = 16


def read_token(path: Path) -> str:
    """The token in a file of the user's own. Raises UsageError where others could read it, or it is weak."""
    try:
        text = path.read_text(encoding="utf-8").strip()
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the token file cannot be read: {path}", hint=f"ls -l {path}") from error
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise UsageError(f"others can read the token in {path}", hint=f"chmod 600 {path}")
    if len(text) < _SHORTEST or not text.isascii() or not text.isprintable() or " " in text:
        raise UsageError(
            f"the token in {path} must be {_SHORTEST} or more letters, digits and signs, without blanks",
            hint=f"head -c 24 /dev/urandom | base64 >{path}",
        )
    return text


@contextmanager
def new_token(path: Path) -> Iterator[str]:
    """A fresh token, in `path` (0600) while the block runs. Raises InputUnreadable."""
    token = secrets.token_urlsafe(24)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(token + "\n")
    except OSError as error:
        raise InputUnreadable(
            f"the token cannot be written to {path}: {error.strerror}", hint="--token-file FILE"
        ) from error
    try:
        yield token
    finally:
        path.unlink(missing_ok=True)
