"""Wake-ups between processes: coalesced NOTIFYs sent after the commit (invariant 4).

A notice that is lost because a process died is caught by the hub's polling and by the sweeper: the truth is the row.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

import asyncpg
import structlog

from cloudwindow.foundation import measures, tasks
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.events import CHANNEL
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.hints import INSTANT

log = structlog.get_logger()

LAST_SECONDS = 2.0
"""How long a process that stops tries to send its last wake-ups."""

_SEND = f"""
    SELECT pg_notify($1, CASE WHEN payload LIKE 'hint:%' THEN payload || '@' || {INSTANT} ELSE payload END)
    FROM unnest($2::text[]) AS payload
"""  # noqa: S608  our own expression


class Notifier:
    """Sends what has gathered while the last batch was on its way; one connection a process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def send(self, payloads: Iterable[str]) -> None:
        """Queue wake-ups; the same payload waiting twice is sent once."""
        for payload in payloads:
            self._waiting[payload] = None
        if self._waiting:
            self._wake.set()

    async def start(self) -> None:
        """Begin sending in the background."""
        self._task = tasks.begin(self._run(), "notifier")

    async def stop(self) -> None:
        """Stop, and send what still waits; whatever cannot be sent is left to polling."""
        await tasks.end(self._task)
        with suppress(*DATABASE_FAULTS, TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                if self._waiting:
                    connection = await self._database.connect_alone()
                    await connection.execute(_SEND, CHANNEL, list(self._waiting))
                    await connection.close()

    async def _run(self) -> None:
        while True:
            try:
                await self._send_from(await self._database.connect_alone())
            except DATABASE_FAULTS as error:
                measures.count_failure("notifier")
                log.warning("notices.connection_lost", error=type(error).__name__)
                await asyncio.sleep(0.5)

    async def _send_from(self, connection: asyncpg.Connection) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                batch, self._waiting = list(self._waiting), {}
                await connection.execute(_SEND, CHANNEL, batch)
        finally:
            connection.terminate()
