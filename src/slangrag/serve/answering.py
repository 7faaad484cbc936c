"""From a question to its events: a wait in the line, then the facade's own, cancelled with the client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import anyio
from starlette.requests import Request

from slangrag.answer.events import Finished
from slangrag.serve.bridge import in_thread
from slangrag.service.cancelling import iterated

if TYPE_CHECKING:
    from slangrag.answer.chat.conversation import Continued, ReadAs
    from slangrag.answer.events import Answer, Event
    from slangrag.serve.queue import GenerationQueue

    Said = Event | ReadAs | Continued

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Queued:
    """So many are answered first."""

    ahead: int


class ClientGone(Exception):
    """The client left before its answer was there."""


async def answering(
    make: Callable[[], Iterator[Said]], queue: GenerationQueue | None
) -> AsyncGenerator[Said | Queued]:
    """Queued for each place in the line, then the events of `make()`; without a `queue`, at once.

    Raises QueueFull at the first step, and what the facade raises. Closing it cancels the generation.
    """
    if queue is None:
        async with aclosing(iterated(make)) as events:
            async for event in events:
                yield event
        return
    async with queue.enter() as ticket:
        async for ahead in ticket.places():
            yield Queued(ahead)
        async with aclosing(iterated(make)) as events:
            async for event in events:
                yield event


async def answered(make: Callable[[], Iterator[Said]], queue: GenerationQueue | None) -> Answer:
    """The whole answer. Raises what `answering` raises."""
    answer: Answer | None = None
    async with aclosing(answering(make, queue)) as events:
        async for event in events:
            if isinstance(event, Finished):
                answer = event.answer
    assert answer is not None
    return answer


async def in_turn(call: Callable[[], T], queue: GenerationQueue | None) -> T:
    """What `call` returns, in the line's turn where there is a `queue`. Raises QueueFull."""
    if queue is None:
        return await in_thread(call)
    async with queue.enter() as ticket:
        await ticket.turn()
        return await in_thread(call)


async def unless_gone(request: Request, work: Awaitable[T]) -> T:
    """What `work` gives; it is cancelled when the client leaves, and ClientGone raised."""
    outcome: list[T] = []
    failure: list[Exception] = []
    async with anyio.create_task_group() as group:

        async def watch() -> None:
            while (await request.receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()

        group.start_soon(watch)
        try:
            outcome.append(await work)
        except Exception as error:  # noqa: BLE001  # raised below, not as one of a group
            failure.append(error)
        group.cancel_scope.cancel()
    if failure:
        raise failure[0]
    if not outcome:
        raise ClientGone
    return outcome[0]
