"""The sealer: one process at a time chains what is committed and not yet sealed; whoever writes never waits for it.

Rows are found by `position`, drawn when a row is written, after its transaction has its number (`seal_position()`).
Positions do not follow commits, so a row may turn up behind others that are sealed already. It is looked for from
`settled` on: every transaction that could still bring a row up to there had ended when an earlier batch was looked at
again. That is known from the batches alone: each was sealed by a transaction with a greater number than any that drew a
position up to its `reach`, so once all numbers up to this one have ended, so have those.
"""

import asyncio
import random
from collections.abc import Sequence

import asyncpg
import structlog
from sqlalchemy import text

from cloudwindow.foundation import failpoints, parameters, tasks
from cloudwindow.foundation.actions import Actions, Tx, action
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.faults import DATABASE_FAULTS, sqlstate
from cloudwindow.foundation.seal.chain import BEFORE_THE_FIRST, GENESIS, Header, Member, head
from cloudwindow.foundation.seal.reading import unsealed_page
from cloudwindow.foundation.seal.tables import BEYOND

log = structlog.get_logger()

BATCH = 1000
"""Rows a batch holds at most: a transaction of some 20 ms, and a broken seal names no more than these."""

LOOK_SECONDS = 1.0
"""How often a process looks whether a batch is due."""

EVERY_SECONDS = parameters.define(
    "seal.every_seconds",
    5,
    "s",
    "architecture invariant 8 leaves it open (assumed)",
    "How long a committed record stays unsealed at most. What is removed within it leaves no trace.",
)

_LOCK = 7212018

_HEADER = ", ".join(Header._fields)
_MEMBER = [*Member._fields, "batch"]

_TRY_LOCK = "SELECT pg_try_advisory_xact_lock($1)"
_LAST = f"""
    SELECT {_HEADER}, head, pg_current_xact_id_if_assigned() IS NOT NULL AS numbered
    FROM seal_batch ORDER BY number DESC LIMIT 1
"""
# The newest batch before whose transaction all have ended. What is up to `settled` need not be looked at.
_ENDED = """
    SELECT reach FROM seal_batch WHERE xid <= pg_snapshot_xmin(pg_current_snapshot())::text::bigint OR reach <= $1
    ORDER BY number DESC LIMIT 1
"""
_NUMBER = "SELECT pg_current_xact_id()::text::bigint"
_INSERT = f"INSERT INTO seal_batch ({_HEADER}, head) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
_DUE = """
    SELECT NOT EXISTS (SELECT FROM (SELECT at FROM seal_batch ORDER BY number DESC LIMIT 1) AS last
        WHERE at BETWEEN app_now() - make_interval(secs => :every) AND app_now())
"""


@action("seal.batch")
async def seal_batch(tx: Tx) -> Header | None:
    """Seal one batch of what is committed. Returns its header; None when there was nothing, or another is at it.

    Nothing to record: a record would have to be sealed too. A batch without rows is written when it can say that
    nothing more will come (`settled`) where the last one could not.
    """
    # A statement of its own: what is read after it was committed before the lock was free.
    if not (failpoints.is_on("seal.no_lock") or await tx.driver.fetchval(_TRY_LOCK, _LOCK)):
        return None
    last, previous = await _last(tx.driver)
    ended = await tx.driver.fetchval(_ENDED, last.settled) or 0
    members = await unsealed_page(tx.driver, last.settled, BEYOND, BATCH)
    settled = max(last.settled, _settled(ended, members))
    if not members and settled == last.settled:
        return None
    header = Header(
        number=last.number + 1,
        at=tx.now,
        settled=settled,
        reach=max([last.reach, *(member.position for member in members[-1:])]),
        xid=await tx.driver.fetchval(_NUMBER),
        drained=len(members) < BATCH,
        rows=len(members),
    )
    await _write(tx.driver, header, head(previous, header, members), members)
    return header


def _settled(ended: int, members: Sequence[Member]) -> int:
    """Up to where nothing can come any more: a full batch may have left rows behind its last one."""
    return ended if len(members) < BATCH else min(ended, members[-1].position)


async def _last(driver: asyncpg.Connection) -> tuple[Header, bytes]:
    row = await driver.fetchrow(_LAST)
    if row is None:
        return BEFORE_THE_FIRST, GENESIS
    if row["numbered"]:
        raise RuntimeError("the transaction that seals must get its number after it has read what it seals")
    return Header(*row[: len(Header._fields)]), row["head"]


async def _write(driver: asyncpg.Connection, header: Header, after: bytes, members: Sequence[Member]) -> None:
    await driver.execute(_INSERT, *header, after)
    await driver.copy_records_to_table(
        "seal_member", records=[(*member, header.number) for member in members], columns=_MEMBER
    )


class Sealer:
    """Seals in the background, in every process; a batch is due when the last one is `seal.every_seconds` old."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions
        self._task: asyncio.Task[None] | None = None

    async def seal(self) -> int:
        """Seal all that is committed, in batches; returns the rows sealed here."""
        rows = 0
        while header := await self._actions.run(SYSTEM, seal_batch):
            rows += header.rows
            if header.drained:
                break
        return rows

    async def seal_if_due(self) -> int:
        """Seal when the last batch, whoever made it, is old enough; returns the rows sealed here."""
        async with self._actions.database.reading() as session:
            every = await parameters.get(session, EVERY_SECONDS)
            due = await session.scalar(text(_DUE), {"every": every})
        return await self.seal() if due else 0

    def start(self) -> None:
        """Begin sealing in the background."""
        self._task = asyncio.create_task(self._run(), name="sealer")

    async def stop(self) -> None:
        """Stop; a batch under way is undone, and the next sealer makes it."""
        await tasks.end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self.seal_if_due()
            except DATABASE_FAULTS as error:
                log.warning("sealer.failed", error=type(error).__name__, sqlstate=sqlstate(error))
            except Exception:  # whatever it is, what comes later must not stay unsealed for it
                log.exception("sealer.failed")
            await asyncio.sleep(LOOK_SECONDS * random.uniform(0.7, 1.3))  # noqa: S311  spreads processes, no secret
