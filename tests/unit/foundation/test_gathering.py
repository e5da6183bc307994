"""Reads that gather: together under load, alone when wrong, and nobody is left waiting."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import asyncpg
import pytest

from cloudwindow.foundation.gathering import MOST_AT_ONCE, Gatherings
from cloudwindow.foundation.leases import Lease, Leases


class _Leases:
    """Lends one connection at a time, or none at all."""

    def __init__(self) -> None:
        self.free = asyncio.Lock()
        self.broken = False

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Lease]:
        if self.broken:
            raise OSError("no database")
        async with self.free:
            yield cast("Lease", _Held())

    async def close(self) -> None:
        """Nothing to close."""


class _Held:
    driver: Any = None


@dataclass
class Scene:
    """A gathering whose statement doubles numbers, and runs only once it is let."""

    leases: _Leases = field(default_factory=_Leases)
    let: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[list[int]] = field(default_factory=list)
    fault: type[Exception] | None = None

    def __post_init__(self) -> None:
        self.gatherings = Gatherings(cast("Leases", self.leases))

    async def double(self, _driver: asyncpg.Connection, numbers: Sequence[int]) -> dict[int, int]:
        self.asked.append(list(numbers))
        await self.let.wait()
        if self.fault is not None and 13 in numbers:
            raise self.fault("13 is refused")
        return {number: number * 2 for number in numbers if number}

    def ask(self, number: int) -> "asyncio.Task[int | None]":
        return asyncio.create_task(self.gatherings.answer(self.double, number))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    yield scene
    await scene.gatherings.close()


async def _turns(number: int = 5) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_what_comes_while_a_statement_runs_is_asked_together(scene: Scene) -> None:
    first = scene.ask(1)
    await _turns()
    rest = [scene.ask(number) for number in (2, 3, 2)]
    await _turns()
    scene.let.set()
    assert await asyncio.gather(first, *rest) == [2, 4, 6, 4]
    assert scene.asked == [[1], [2, 3]]


async def test_a_question_without_an_answer_gets_none(scene: Scene) -> None:
    scene.let.set()
    assert await scene.ask(0) is None


async def test_a_refused_value_spoils_nobody_elses_answer(scene: Scene) -> None:
    scene.fault = asyncpg.DataError
    first = scene.ask(1)
    await _turns()
    rest = [scene.ask(number) for number in (2, 13, 3)]
    await _turns()
    scene.let.set()
    answers = await asyncio.gather(first, *rest, return_exceptions=True)
    assert [answers[0], answers[1], answers[3]] == [2, 4, 6]
    assert isinstance(answers[2], asyncpg.DataError)


async def test_another_fault_reaches_all_who_asked_and_no_one_after(scene: Scene) -> None:
    scene.fault = asyncpg.InternalServerError
    scene.let.set()
    answers = await asyncio.gather(scene.ask(2), scene.ask(13), return_exceptions=True)
    assert all(isinstance(answer, asyncpg.InternalServerError) for answer in answers)
    assert len(scene.asked) == 1
    assert await scene.ask(3) == 6


async def test_without_a_connection_everybody_learns_it_at_once(scene: Scene) -> None:
    scene.leases.broken = True
    answers = await asyncio.gather(scene.ask(1), scene.ask(2), return_exceptions=True)
    assert [str(answer) for answer in answers] == ["no database", "no database"]
    scene.leases.broken = False
    scene.let.set()
    assert await scene.ask(4) == 8


async def test_whoever_gives_up_takes_nobody_along(scene: Scene) -> None:
    first = scene.ask(1)
    await _turns()
    gone, stays = scene.ask(2), scene.ask(2)
    await _turns()
    first.cancel()
    gone.cancel()
    scene.let.set()
    assert await stays == 4


async def test_a_waiting_connection_is_used_for_all_who_came_meanwhile(scene: Scene) -> None:
    scene.let.set()
    async with scene.leases.free:
        waiting = [scene.ask(1)]
        await _turns()
        waiting += [scene.ask(number) for number in range(2, MOST_AT_ONCE + 3)]
        await _turns()
    assert await asyncio.gather(*waiting) == [number * 2 for number in range(1, MOST_AT_ONCE + 3)]
    assert [len(batch) for batch in scene.asked] == [MOST_AT_ONCE, 2]


async def test_closing_leaves_nobody_waiting(scene: Scene) -> None:
    asked = [scene.ask(1)]
    await _turns()
    asked.append(scene.ask(2))
    await _turns()
    await scene.gatherings.close()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers)
