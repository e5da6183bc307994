"""Connections for actions and other hot work: kept open and lent to one user at a time, the one used last first.

A checkout of SQLAlchemy's pool, a session and its transaction cost more than the statements of a small action. Here the
driver's connection is at hand at once, and a session on the same connection is made only of what is needed.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from cloudwindow.foundation.faults import is_database_gone

PATIENCE_SECONDS = 10.0
"""Whoever waits longer for a connection gives up; a request then answers `busy_try_again`."""


class Lease(NamedTuple):
    """One connection, as SQLAlchemy sees it and as the driver does. SQLAlchemy's side begins no transactions."""

    connection: AsyncConnection
    driver: asyncpg.Connection


class Leases:
    """At most `size` connections. Nobody who holds one may ask for another, or all could wait for each other.

    `limit` and `used` tell how busy they are.
    """

    def __init__(self, engine: AsyncEngine, size: int) -> None:
        self._engine = engine
        self._free: list[Lease] = []
        self._room = asyncio.Semaphore(size)
        self.limit = size
        self.used = 0

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Lease]:
        """Lend a connection that is in no transaction. Raises SQLAlchemy's `TimeoutError` when none is free in time."""
        await self._enter()
        try:
            self.used += 1
            lease = await self._take()
            try:
                yield lease
            except Exception as error:
                if is_database_gone(error):
                    lease.driver.terminate()  # it may not know yet itself
                raise
            finally:
                await self._give_back(lease)
        finally:
            self.used -= 1
            self._room.release()

    async def close(self) -> None:
        """Close what nobody uses; what is still lent is closed when it comes back."""
        self._room = asyncio.Semaphore(0)
        while self._free:
            await self._drop(self._free.pop())
        await self._engine.dispose()

    async def _enter(self) -> None:
        if not self._room.locked():
            await self._room.acquire()  # at once
            return
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._room.acquire()
        except TimeoutError:
            raise NoConnection("no database connection became free") from None

    async def _take(self) -> Lease:
        while self._free:
            lease = self._free.pop()
            if not lease.driver.is_closed():
                return lease
            await self._drop(lease)
        connection = await self._engine.connect()
        raw = await connection.get_raw_connection()
        return Lease(connection, raw.driver_connection)

    async def _give_back(self, lease: Lease) -> None:
        # A transaction that is still open was cut off, such as by a cancelled request: nobody may inherit it.
        if lease.driver.is_closed() or lease.driver.is_in_transaction():
            await self._drop(lease)
        else:
            self._free.append(lease)

    async def _drop(self, lease: Lease) -> None:
        lease.driver.terminate()
        await lease.connection.invalidate()
        await lease.connection.close()
