"""Cancelling from another thread: a generator that waits for a token cannot be closed, its socket can.

Whoever may lose interest enters `cancellable_by(cancel)` around the work; whoever waits on a socket enters
`closed_on_cancel(close)` around the waiting. Without the first, the second does nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Final


class Cancel:
    """Ends what waits on its behalf, from any thread. Once is enough, and for good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closers: list[Callable[[], None]] = []
        self._cancelled = False

    def cancel(self) -> None:
        """Close what is waited on, now and from now on."""
        with self._lock:
            self._cancelled = True
            closers, self._closers = self._closers, []
        for close in closers:
            with suppress(OSError):
                close()

    @contextmanager
    def waiting(self, close: Callable[[], None]) -> Iterator[None]:
        """While the block runs, `close` ends its waiting."""
        with self._lock:
            at_once = self._cancelled
            self._closers.append(close)
        if at_once:
            self.cancel()
        try:
            yield
        finally:
            with self._lock, suppress(ValueError):
                self._closers.remove(close)


_CURRENT: Final[ContextVar[Cancel | None]] = ContextVar("cancel", default=None)


@contextmanager
def cancellable_by(cancel: Cancel) -> Iterator[None]:
    """What this thread waits for in the block ends with `cancel`."""
    token = _CURRENT.set(cancel)
    try:
        yield
    finally:
        _CURRENT.reset(token)


@contextmanager
def closed_on_cancel(close: Callable[[], None]) -> Iterator[None]:
    """`close` is called if the work in hand is cancelled while the block runs."""
    cancel = _CURRENT.get()
    if cancel is None:
        yield
        return
    with cancel.waiting(close):
        yield
