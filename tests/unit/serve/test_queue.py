"""The line for the model: one at a time, first come first served, no longer than promised."""

from __future__ import annotations

import asyncio

import pytest

from slangrag.serve.queue import GenerationQueue, QueueFull


def test_one_generates_and_the_others_hear_how_many_are_ahead() -> None:
    async def scene() -> list[list[int]]:
        queue = GenerationQueue(room=2)
        told: list[list[int]] = [[], [], []]
        turn = [asyncio.Event() for _ in range(3)]

        async def one(number: int) -> None:
            async with queue.enter() as ticket:
                async for ahead in ticket.places():
                    told[number].append(ahead)
                await turn[number].wait()

        tasks = [asyncio.create_task(one(number)) for number in range(3)]
        await asyncio.sleep(0)
        assert (queue.running, queue.waiting) == (1, 2)
        for number in range(3):
            turn[number].set()
            await tasks[number]
        assert (queue.running, queue.waiting) == (0, 0)
        return told

    assert asyncio.run(scene()) == [[], [1], [2, 1]]


def test_nobody_waits_beyond_the_room_and_is_told_when_to_come_back() -> None:
    async def scene() -> None:
        queue = GenerationQueue(room=0)
        async with queue.enter() as ticket:
            await ticket.turn()
            with pytest.raises(QueueFull) as full:
                queue.enter()
            assert full.value.retry_after >= 1
        async with queue.enter():
            pass

    asyncio.run(scene())


def test_who_leaves_while_waiting_makes_room() -> None:
    async def scene() -> None:
        queue = GenerationQueue(room=2)
        async with queue.enter() as first:
            await first.turn()

            async def wait() -> None:
                async with queue.enter() as ticket:
                    await ticket.turn()

            left, stays = asyncio.create_task(wait()), asyncio.create_task(wait())
            await asyncio.sleep(0)
            left.cancel()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert queue.waiting == 1
        await stays

    asyncio.run(scene())
