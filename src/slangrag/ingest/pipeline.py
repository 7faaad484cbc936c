"""The pipeline: batches go to the embedder as fast as it takes them and are written in their order.

`in_flight` threads call the embedder; the calling thread alone makes batches and writes them, so the
sink needs no locks, and what it has committed is always a prefix of the input. Knows nothing of what
the batches are of or where they go.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

from slangrag.errors import InputError
from slangrag.ingest.embedding import Stopped
from slangrag.ingest.plan import Batching, Pace
from slangrag.ingest.stop import StopFlag

Answers = list[bytes | str]
Embed = Callable[[Sequence[str]], Answers]
"""For each text its vector as float16 bytes or, as str, why it was refused."""
_TOLD_EVERY: Final = 0.2


class HasTexts(Protocol):
    """What the pipeline needs to know of a batch."""

    @property
    def texts(self) -> Sequence[str]:
        """What is to be embedded; may be empty."""
        ...


B = TypeVar("B", bound=HasTexts)


class Sink(Protocol[B]):
    """Where batches come from and go to."""

    def batches(self) -> Iterator[B]:
        """The batches in order. Called once."""
        ...

    def write(self, batch: B, answers: Answers) -> None:
        """Write a batch with the vector, or the refusal, of each of its texts. Commits nothing."""
        ...

    def commit(self) -> None:
        """Make what was written last, together with the place to go on from."""
        ...

    def tell(self) -> None:
        """Report progress."""
        ...


class _Window(deque[tuple[B, "Future[Answers]"]]):
    """Batches that are with the embedder, oldest first."""


def run_through(sink: Sink[B], embed: Embed, batching: Batching, pace: Pace, stop: StopFlag) -> bool:
    """Take every batch of the sink through the embedder; False when a stop came before the end.

    Whatever is raised, the batches before it are written and committed; a write that failed half-way
    is not.
    """
    window: _Window[B] = _Window()
    workers = ThreadPoolExecutor(batching.in_flight, thread_name_prefix="slangrag-embed")
    batches = sink.batches()
    failure: InputError | None = None
    ended = False
    whole = True
    next_commit = time.monotonic() + pace.least
    next_told = 0.0

    def write(batch: B, answers: Answers) -> None:
        nonlocal whole
        whole = False
        sink.write(batch, answers)
        whole = True

    try:
        while True:
            while not ended and not stop.requested and len(window) < batching.in_flight + batching.waiting:
                try:
                    batch = next(batches, None)
                except InputError as error:
                    # What was read before the fault is written before it is told.
                    failure, batch = error, None
                if batch is None:
                    ended = True
                else:
                    window.append((batch, workers.submit(embed, batch.texts)))
            if stop.requested or not window:
                break
            batch, answers = window[0]
            write(batch, answers.result())
            window.popleft()
            if time.monotonic() >= next_commit:
                began = time.monotonic()
                whole = False
                sink.commit()
                whole = True
                took = time.monotonic() - began
                next_commit = began + took + pace.wait(took)
            if time.monotonic() >= next_told:
                sink.tell()
                next_told = time.monotonic() + _TOLD_EVERY
        # A stop: what is embedded or being embedded is written, what has not begun is left.
        for _, answers in reversed(window):
            answers.cancel()
        while window:
            batch, answers = window[0]
            write(batch, answers.result())
            window.popleft()
    except (Stopped, CancelledError):
        return False
    finally:
        workers.shutdown(wait=True, cancel_futures=True)
        if whole:
            sink.commit()
            sink.tell()
    if failure:
        raise failure
    return ended
