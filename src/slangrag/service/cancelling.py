"""For doors whose callers may leave: how the work for them is ended from another thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from slangrag.engines.cancelling import Cancel, cancellable_by

if TYPE_CHECKING:
    from anyio import CapacityLimiter

__all__ = ["Cancel", "cancellable_by", "ended_by"]

T = TypeVar("T")


async def ended_by(cancel: Cancel, call: Callable[[], T], limiter: CapacityLimiter | None = None) -> T:
    """What `call` returns, found out in a worker thread, one of those that `limiter` counts.

    Cancelled, it ends what the thread waits for, and waits until the thread is done: only then is the model
    free.
    """
    import anyio
    from anyio.to_thread import run_sync

    ended = threading.Event()
    deciding, begun, given_up = threading.Lock(), False, False

    def run() -> T | None:
        nonlocal begun
        with deciding:
            if given_up:
                return None
            begun = True
        try:
            with cancellable_by(cancel):
                return call()
        finally:
            ended.set()

    try:
        return cast("T", await run_sync(run, abandon_on_cancel=True, limiter=limiter))
    except anyio.get_cancelled_exc_class():
        with deciding:
            given_up = True
        if begun:
            cancel.cancel()
            with anyio.CancelScope(shield=True):
                await run_sync(ended.wait)
        raise
