"""`events.replay_per_s`: how many events a second are replayed to pages that come back with their cursors."""

import asyncio
import statistics
import time

import asyncpg

from bench import people
from bench.house import more_files, open_house
from bench.page import Page, leave_all, open_all

PAGES = 250
MISSED = 400
"""Events that each of them missed; from 500 on a page is told to fetch its state anew."""

ROUNDS = 3

# As if so much had happened to everybody while no page was open: the last event again and again.
# scope: all streams of citizens, who are the bench's own
_HAPPENS = """
    WITH more AS (
        UPDATE event_stream SET last_seq = last_seq + $1 WHERE stream LIKE 'account:%'
        RETURNING stream, last_seq - $1 AS before
    )
    INSERT INTO event (stream, seq, at, type, data)
    SELECT m.stream, m.before + n, app_now(), e.type, e.data FROM more m
    JOIN event e ON e.stream = m.stream AND e.seq = m.before, generate_series(1, $1) AS n
"""


async def measure() -> dict[str, float]:
    """Return events a second, from the first page that comes back to the last event that arrives."""
    more_files()
    async with open_house() as house:
        connection = await asyncpg.connect(house.database_url)
        await people.lift_limits(connection)
        pages = [Page(house.port, "applicant", token) for token in await people.citizens(connection, PAGES)]
        await people.take_numbers(pages)
        rates = [await _replay(connection, pages, number) for number in range(1, ROUNDS + 1)]
        await connection.close()
    return {"events.replay_per_s": statistics.median(rates)}


async def _replay(connection: asyncpg.Connection, pages: list[Page], number: int) -> float:
    await open_all(pages)
    await leave_all(pages)
    await connection.execute(_HAPPENS, MISSED)
    await connection.execute("ANALYZE event")
    goals = [sum(page.cursor.values()) + MISSED for page in pages]
    before = sum(page.events for page in pages)
    began = time.perf_counter()
    for page in pages:
        page.connect()
    await asyncio.gather(*(_told(page, goal) for page, goal in zip(pages, goals, strict=True)))
    rate = len(pages) * MISSED / (time.perf_counter() - began)
    if sum(page.events for page in pages) - before != len(pages) * MISSED:
        raise RuntimeError("not every event was replayed, or some twice")
    print(f"  round {number}: {rate:.0f} events/s to {len(pages)} pages", flush=True)
    await leave_all(pages)
    return rate


async def _told(page: Page, goal: int) -> None:
    await page.until(lambda _: sum(page.cursor.values()) >= goal)
