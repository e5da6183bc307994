"""Deadlines are rows: the sweeper finds the due ones and runs the ordinary action on each (invariant 3)."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cloudwindow.foundation.actions import Actions, Tx
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.errors import Problem

log = structlog.get_logger()

EVERY_SECONDS = 1.0
BATCH = 200


@dataclass(frozen=True)
class Sweep:
    """`due` selects ids, unlocked; `act` is an action that locks with SKIP LOCKED and checks again."""

    name: str
    due: str
    act: Callable[[Tx, UUID], Awaitable[object]]


class Sweeper:
    """Runs all sweeps about once a second, in every process; two of them never do the same row twice."""

    def __init__(self, actions: Actions, sweeps: list[Sweep]) -> None:
        self._actions = actions
        self._sweeps = sweeps
        self._task: asyncio.Task[None] | None = None

    async def sweep(self) -> int:
        """Go through everything that is due now and return how many rows were looked at."""
        seen = 0
        for sweep in self._sweeps:
            async with self._actions.database.reading() as session:
                due = [row[0] for row in await session.execute(text(sweep.due), {"batch": BATCH})]
            for id_ in due:
                seen += 1
                with suppress(Problem):
                    await self._actions.run(SYSTEM, sweep.act, id_)
        return seen

    async def start(self) -> None:
        """Begin sweeping in the background."""
        self._task = asyncio.create_task(self._run(), name="sweeper")

    async def stop(self) -> None:
        """Stop between two rows."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
            except (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("sweeper.failed", error=type(error).__name__, message=str(error)[:200])
            await asyncio.sleep(EVERY_SECONDS * random.uniform(0.7, 1.3))  # noqa: S311  spreads processes, no secret
