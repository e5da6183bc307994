"""What an operator does from the command line: `cloudwindow audit …`."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import asyncpg

from cloudwindow.foundation.database import Database
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.seal.chain import GENESIS
from cloudwindow.foundation.seal.verifying import Broken, UnknownTableError, Verdict, newest_head, verify

Answer = TypeVar("Answer")
Progress = Callable[[int, int, int], None]
"""Told after each batch how many rows had been gone through before it, how many now, and of how many."""


class CannotVerifyError(Exception):
    """Nothing can be said; the message is one line that says why."""


async def check(url: str, zone: str, wanted: bytes | None, progress: Progress) -> tuple[bool, list[str]]:
    """Verify; returns whether all is whole, and the lines to print. Raises `CannotVerifyError`."""

    async def look(driver: asyncpg.Connection) -> Verdict:
        rows = await driver.fetchval("SELECT coalesce(sum(rows), 0)::bigint FROM seal_batch")
        return await verify(driver, wanted, lambda before, done: progress(before, done, rows))

    verdict = await _ask(url, zone, look)
    whole = verdict.broken is None and (wanted is None or verdict.found is not None)
    return whole, _lines(verdict, wanted, ZoneInfo(zone))


async def head(url: str, zone: str) -> str:
    """Return the line of the newest head: the head, then what it is of. Raises `CannotVerifyError`."""
    newest = await _ask(url, zone, newest_head)
    if newest is None:
        return f"{GENESIS.hex()}  nothing is sealed yet"
    number, at, found = newest
    return f"{found.hex()}  batch {number} of {_moment(at, ZoneInfo(zone))}"


async def _ask(url: str, zone: str, question: Callable[[asyncpg.Connection], Awaitable[Answer]]) -> Answer:
    database = Database(url, pool_size=1, application_name="cloudwindow-audit", time_zone=zone)
    try:
        async with database.driver() as driver:
            return await question(driver)
    except asyncpg.UndefinedTableError:
        raise CannotVerifyError("The database has no seal yet. Run `cloudwindow migrate`.") from None
    except UnknownTableError as error:
        raise CannotVerifyError(f"The seal holds rows of {error}, a table of a newer Cloud Window. Use that.") from None
    except DATABASE_FAULTS as error:
        raise CannotVerifyError(f"The database stopped answering: {type(error).__name__}.") from error
    finally:
        await database.close()


def _lines(verdict: Verdict, wanted: bytes | None, zone: ZoneInfo) -> list[str]:
    rows, batches = _count(verdict.rows, "row"), _count(verdict.batches, "batch", "batches")
    so_far = f"{rows} in {batches} {_are(verdict.rows)} whole; head {verdict.head.hex()}"
    if verdict.broken is not None:
        return [_place(verdict.broken, zone), f"Broken. Before it, {so_far}"]
    newest = f"{_count(verdict.unsealed, 'newest row')} {_are(verdict.unsealed)} not sealed yet"
    lines = [f"{so_far}; {newest}" if verdict.unsealed else so_far]
    if wanted is not None and verdict.found is None:
        lines.insert(
            0, f"The head {wanted.hex()} is not part of this chain: what it stood for was removed or rewritten."
        )
    elif verdict.found is not None:
        lines.append(f"The given head is that of batch {verdict.found.number} of {_moment(verdict.found.at, zone)}.")
    return lines


def _place(broken: Broken, zone: ZoneInfo) -> str:
    when = f" of {_moment(broken.at, zone)}" if broken.at else ""
    batch = f", batch {broken.batch}" if broken.batch is not None else ", not sealed yet"
    return f"{broken.table} {broken.key}{when}{batch}: {broken.what}: {broken.why}."


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
