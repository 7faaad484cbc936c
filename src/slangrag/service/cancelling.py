"""For asynchronous doors whose callers may leave: the facade asked in threads, ended from outside.

Needs anyio, which comes with httpx.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import TYPE_CHECKING, Final, TypeVar, cast

from slangrag.engines.cancelling import Cancel, cancellable_by

if TYPE_CHECKING:
    from anyio import CapacityLimiter

__all__ = ["Cancel", "ended_by", "iterated"]

T = TypeVar("T")
_END: Final = object()


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


async def iterated(make: Callable[[], Iterator[T]]) -> AsyncGenerator[T]:
    """The items of `make()`, each made in a worker thread; the iterator is closed at the end.

    Cancelled while an item is under way, the engine's work for it is ended first: a generator cannot be
    closed while it runs.
    """
    import anyio
    from anyio.to_thread import run_sync

    cancel = Cancel()  # one for all items: what waits for the third may have been opened for the first
    events = await ended_by(cancel, make)
    try:
        while (item := await ended_by(cancel, lambda: next(events, _END))) is not _END:
            yield item  # type: ignore[misc]  # _END was ruled out
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            with anyio.CancelScope(shield=True):
                await run_sync(close)
