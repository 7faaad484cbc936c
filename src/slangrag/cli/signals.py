"""Signals to a stop flag: the first asks the work to end well, a second Ctrl-C ends it at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slangrag.service.ingesting import StopFlag


@contextmanager
def ctrl_c_is_told() -> Iterator[None]:
    """A Ctrl-C that ends the block with a word on stderr and 130: Typer would say nothing."""
    import typer

    try:
        yield
    except KeyboardInterrupt as interrupt:
        typer.echo(f"slangrag: {interrupt}" if str(interrupt) else "slangrag: stopped", err=True)
        raise typer.Exit(130) from interrupt


@contextmanager
def told_until_stopped(unit: str) -> Iterator[Callable[[str, float, float | None], None]]:
    """A meter that ends the work when a signal asks for it: nothing is left of it then."""
    from slangrag.cli.render.progress import meter

    with ctrl_c_is_told(), stop_on_signals() as stop, meter(unit) as bar:

        def told(stage: str, done: float, total: float | None) -> None:
            bar.update(stage, done, total)
            if stop.requested:
                raise stop.leave("nothing was written")

        yield told


@contextmanager
def stop_on_signals() -> Iterator[StopFlag]:
    """A stop flag that SIGINT, SIGTERM and SIGUSR1 (where there is one) set while the block runs."""
    from slangrag.service.ingesting import StopFlag

    flag = StopFlag()

    def heard(signum: int, _: FrameType | None) -> None:
        if signum == signal.SIGINT and flag.requested:
            raise KeyboardInterrupt
        flag.set(signum)

    wanted = [signal.SIGINT, signal.SIGTERM]
    if hasattr(signal, "SIGUSR1"):
        wanted.append(signal.SIGUSR1)
    before = {signum: signal.signal(signum, heard) for signum in wanted}
    try:
        yield flag
    finally:
        for signum, handler in before.items():
            signal.signal(signum, handler)
