"""What a process does about keys beside using them: it learns new ones, and lets others know which it can read.

About once a second it looks into the folder of the keys and at the deployment's row. For each generation that it can
read it holds a shared advisory lock, named after the generation: the locks of a process that dies are gone with it, no
row has to be written or cleaned up, and everybody may look (`pg_locks`). `keys rotate` waits for all processes.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Mapping

import asyncpg
import structlog

from cloudwindow.foundation import measures, tasks
from cloudwindow.foundation.crypto import KeyFault, Keys
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.keyring import Generation

log = structlog.get_logger()

EVERY_SECONDS = 1.0

_LOCKS = 7212018
"""The class of the advisory locks; within it a generation's number is its id."""

CURRENT = "SELECT key_fingerprint FROM deployment WHERE id = 1"
"""The fingerprint of the keys in force."""

# Processes that serve or work have a blank after the program's name, commands have not. One of an older release holds
# no such lock: it shows as one that can read nothing.
_READERS = """
    SELECT a.application_name AS process, l.objid::bigint AS id
    FROM pg_stat_activity a LEFT JOIN pg_locks l
        ON l.pid = a.pid AND l.locktype = 'advisory' AND l.classid = $1 AND l.objsubid = 2 AND l.granted
    WHERE a.datname = current_database() AND a.application_name LIKE 'cloudwindow %'
"""


class Keeper:
    """Keeps the keys of one process up to date, on a connection of its own."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._keys = keys
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin in the background."""
        self._task = tasks.begin(self._run(), "keeper of keys")

    async def stop(self) -> None:
        """Stop; the locks go with the connection."""
        await tasks.end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self._keep_on(await self._database.connect_alone())
            except DATABASE_FAULTS as error:
                measures.count_failure("keys.keeper")
                log.warning("keys.connection_lost", error=type(error).__name__)
            await _pause()

    async def _keep_on(self, connection: asyncpg.Connection) -> None:
        said: set[Generation] = set()
        try:
            while True:
                await self._learn(connection)
                for generation in set(self._keys.ring.complete()) - said:
                    await connection.execute("SELECT pg_advisory_lock_shared($1, $2)", _LOCKS, _signed(generation))
                    said.add(generation)
                await _pause()
        finally:
            connection.terminate()

    async def _learn(self, connection: asyncpg.Connection) -> None:
        try:
            await asyncio.to_thread(self._keys.ring.reload)  # the folder may lie on a disk that is slow or gone
            if (current := await connection.fetchval(CURRENT)) is not None:
                self._keys.notice(current)
        except KeyFault as fault:
            measures.count_failure("keys.missing")
            log.error("keys.missing", reason=str(fault))  # noqa: TRY400  once a second, and no trace is needed


async def readers(driver: asyncpg.Connection) -> Mapping[str, set[int]]:
    """Return for each process that runs which generations it can read, by `number_of`."""
    found: dict[str, set[int]] = defaultdict(set)
    for row in await driver.fetch(_READERS, _LOCKS):
        found[row["process"]] |= {row["id"]} - {None}
    return found


def number_of(generation: Generation) -> int:
    """Return what stands for a generation in `readers`."""
    return int.from_bytes(generation.id, "big")


def _signed(generation: Generation) -> int:
    return int.from_bytes(generation.id, "big", signed=True)


async def _pause() -> None:
    await asyncio.sleep(EVERY_SECONDS * random.uniform(0.7, 1.3))  # noqa: S311  spreads processes, no secret
