"""One generation at a time, and a bounded line of those that wait: a GPU does two at once no faster.

Belongs to one event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from types import TracebackType


class QueueFull(Exception):
    """Nobody more may wait. `retry_after` is a guess in seconds: what those ahead will take."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("the queue is full")
        self.retry_after = retry_after


class GenerationQueue:
    """Who generates, and who waits, first come first served."""

    def __init__(self, room: int = 8) -> None:
        """room: how many may wait beside the one that generates."""
        self.room = room
        self._line: deque[Ticket] = deque()
        self._seconds = 10.0  # a moving average of what one generation takes

    @property
    def running(self) -> int:
        """0 or 1."""
        return min(len(self._line), 1)

    @property
    def waiting(self) -> int:
        """How many wait."""
        return max(len(self._line) - 1, 0)

    def enter(self) -> Ticket:
        """A place in the line; use it in an `async with` block, which gives it back. Raises QueueFull."""
        if len(self._line) > self.room:
            raise QueueFull(max(1, round(self._seconds * len(self._line))))
        ticket = Ticket(self)
        self._line.append(ticket)
        return ticket

    def ahead_of(self, ticket: Ticket) -> int:
        """How many must end before the ticket's turn."""
        return self._line.index(ticket)

    def leave(self, ticket: Ticket, seconds: float | None) -> None:
        """Take a ticket out; `seconds` is what its turn took, None where it never had one."""
        self._line.remove(ticket)
        if seconds is not None:
            self._seconds += 0.3 * (seconds - self._seconds)
        for other in self._line:
            other.moved()


class Ticket:
    """A place in the line."""

    def __init__(self, queue: GenerationQueue) -> None:
        self._queue = queue
        self._moved = asyncio.Event()
        self._began: float | None = None

    def moved(self) -> None:
        """Somebody ahead has left."""
        self._moved.set()

    async def places(self) -> AsyncGenerator[int]:
        """How many are ahead, each time that changes; ends when the turn has come."""
        while ahead := self._queue.ahead_of(self):
            yield ahead
            await self._moved.wait()
            self._moved.clear()
        self._began = asyncio.get_running_loop().time()

    async def turn(self) -> None:
        """Wait for the turn."""
        async for _ in self.places():
            pass

    async def __aenter__(self) -> Ticket:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = None if self._began is None else asyncio.get_running_loop().time() - self._began
        self._queue.leave(self, seconds)
