"""A facade for one command: it shows downloads where somebody watches, and says what is not there yet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from slangrag.config import Settings
from slangrag.errors import UsageError

if TYPE_CHECKING:
    from slangrag.engines.embedded.wheels import Named, Progress
    from slangrag.service.engines import Fetching
    from slangrag.service.slang import Slang


@contextmanager
def open_slang(settings: Settings, *, server: bool = False) -> Iterator[Slang]:
    """The store that the settings name and its engines. Raises StoreMissing, StoreMismatch, StoreDamaged.

    server: let a server over the same store answer, where one runs on this machine.
    """
    from slangrag.service.server_socket import socket_path
    from slangrag.service.slang import Slang

    opener: type[Slang] = Slang
    if server and (beside := socket_path(settings.store)) is not None and beside.exists():
        from slangrag.service.remote import RemoteSlang

        opener = RemoteSlang
    with opener(settings, fetching=fetching()) as slang:
        if not slang.complete:
            from slangrag.cli.render.terminal import note

            note("this store is not loaded to its end (slangrag store info)")
        yield slang


def fetching() -> Fetching | None:
    """How a download is shown at a terminal; None in a script or a batch job, where none is begun unasked."""
    return download_meter if sys.stderr is not None and sys.stderr.isatty() else None


@contextmanager
def download_meter() -> Iterator[Progress]:
    """A progress callback for weights; its bar is drawn at the first byte, so most runs never see it."""
    from slangrag.cli.render.progress import Meter, meter

    with ExitStack() as bars:
        shown: list[Meter] = []

        def progress(file: Named, done: int, total: int) -> None:
            if not shown:
                shown.append(bars.enter_context(meter("MB", decimals=True)))
            shown[0].update(f"fetching {file.name}", done / 1e6, total / 1e6)

        yield progress


def instructions(file: Path | None) -> str | None:
    """The text of a --system file. Raises UsageError if it cannot be read."""
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{file} cannot be read: {error.strerror}", hint="--system FILE, plain text"
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not text in UTF-8", hint="--system FILE, plain text") from error
