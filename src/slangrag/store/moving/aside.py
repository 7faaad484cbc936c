"""Files and directories that appear under their names when they are whole, and not before."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from slangrag.errors import StoreError, UsageError
from slangrag.text.sizes import size

Told = Callable[[str, float, float], None]
"""Called with the stage, how much is done and how much there is in all; what it raises ends the work."""


def silent(_stage: str, _done: float, _total: float) -> None:
    """Tell nobody."""


@contextmanager
def arriving(path: Path, *, room: int = 0) -> Iterator[Path]:
    """A place to write to, renamed to `path` at the end of the block; after an error nothing is left.

    room: how many bytes the block will need. Raises UsageError where there is something at `path` already,
    StoreError where there is too little room, or where the disk refuses.
    """
    if path.exists() or path.is_symlink():
        raise UsageError(f"there is something at {path} already", hint="name another place, or move it away")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(path.parent).free
        if free < room:
            raise StoreError(
                f"{path} would take {size(room)}, and {size(free)} are free there",
                hint="make room, or name another place",
            )
        folder = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}", hint="name another place") from error
    try:
        yield folder / path.name
        (folder / path.name).rename(path)
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror or error}; nothing of it is left",
            hint="make room, or name another place",
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
