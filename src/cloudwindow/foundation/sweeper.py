"""Deadlines are rows: the sweeper finds the due ones and runs the ordinary action on each (invariant 3)."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from uuid import UUID

import structlog
from sqlalchemy import text

from cloudwindow.foundation import downtime, measures, tasks
from cloudwindow.foundation.actions import Actions, Tx
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.faults import DATABASE_FAULTS, is_database_gone, sqlstate

log = structlog.get_logger()

EVERY_SECONDS = 1.0
BATCH = 200
LONGEST_SILENCE = 3.0
"""Seconds of work after which a long sweep says again that the service is up; well under `downtime.GAP_SECONDS`."""


@dataclass(frozen=True)
class Sweep:
    """`due` selects ids, unlocked; `act` is an action that locks with SKIP LOCKED and checks again."""

    name: str
    due: str
    act: Callable[[Tx, UUID], Awaitable[object]]


class Sweeper:
    """Runs all sweeps about once a second, in every process; two of them never do the same row twice."""

    def __init__(self, actions: Actions, sweeps: list[Sweep], deadlines: Sequence[downtime.PutOff] = ()) -> None:
        self._actions = actions
        self._sweeps = sweeps
        self._deadlines = deadlines
        self._task: asyncio.Task[None] | None = None
        self._last_beat = 0.0

    async def beat(self) -> None:
        """Say that the service is up; after a downtime this puts the deadlines off before anything is swept."""
        if gap := await self._actions.run(SYSTEM, downtime.beat, self._deadlines):
            log.warning("sweeper.was_down", seconds=round(gap.total_seconds(), 1))
        self._last_beat = monotonic()

    async def sweep(self) -> int:
        """Go through everything that is due now and return how many rows were looked at."""
        await self.beat()
        seen = 0
        for sweep in self._sweeps:
            async with self._actions.database.reading() as session:
                due = [row[0] for row in await session.execute(text(sweep.due), {"batch": BATCH})]
            for id_ in due:
                seen += 1
                await self._act(sweep, id_)
        return seen

    async def _act(self, sweep: Sweep, id_: UUID) -> None:
        """Run one row's action; one that fails must not keep the rows behind it waiting."""
        try:
            await self._actions.run(SYSTEM, sweep.act, id_)
        except Problem:
            pass  # somebody else was faster
        except Exception as error:  # whatever it is, the others go on
            if is_database_gone(error):
                raise  # the next round tries again
            measures.count_failure("sweeper.row")
            log.exception("sweeper.row_failed", sweep=sweep.name, id=str(id_))
        if monotonic() - self._last_beat > LONGEST_SILENCE:
            await self.beat()

    async def start(self) -> None:
        """Begin sweeping in the background; deadlines are put off first, before any request is served."""
        await self.beat()
        self._task = tasks.begin(self._run(), "sweeper")

    async def stop(self) -> None:
        """Stop between two rows."""
        await tasks.end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self.sweep()
            except DATABASE_FAULTS as error:
                measures.count_failure("sweeper.round")
                log.warning("sweeper.failed", error=type(error).__name__, sqlstate=sqlstate(error))
            await asyncio.sleep(EVERY_SECONDS * random.uniform(0.7, 1.3))  # noqa: S311  spreads processes, no secret
