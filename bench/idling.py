"""`ws.kb_per_idle_connection`: what an open page costs the server's memory, from 5,000 people who wait."""

import asyncio
import sys
from pathlib import Path

import asyncpg

from bench import people
from bench.house import House, more_files, open_house
from bench.page import Page, leave_all, open_all

CONNECTIONS = 5_000
WARM = 200
SETTLE_SECONDS = 35.0
"""Longer than a ping, a renewal of leases and several polls are apart."""


async def measure() -> dict[str, float]:
    """Return the growth of the server's memory by connection, in kB of 1,000 bytes."""
    more_files()
    async with open_house() as house:
        connection = await asyncpg.connect(house.database_url)
        await people.lift_limits(connection)
        await leave_all(await _waiting(house, connection, WARM))
        await asyncio.sleep(SETTLE_SECONDS / 3)
        before = memory(house.pid)
        pages = await _waiting(house, connection, CONNECTIONS)
        await asyncio.sleep(SETTLE_SECONDS)
        if sum(page.is_open for page in pages) < CONNECTIONS:
            raise RuntimeError("not all lines are open any more")
        after = memory(house.pid)
        print(f"  {before / 1e6:.1f} MB without, {after / 1e6:.1f} MB with {CONNECTIONS} connections", flush=True)
        for page in pages:
            page.leave()
        await connection.close()
    return {"ws.kb_per_idle_connection": (after - before) / CONNECTIONS / 1000}


async def _waiting(house: House, connection: asyncpg.Connection, number: int) -> list[Page]:
    """So many people with a number, whose pages follow their own state and watch their desk."""
    pages = [Page(house.port, "applicant", token) for token in await people.citizens(connection, number)]
    await people.take_numbers(pages)
    await open_all(pages)
    for page in pages:
        page.watch([f"desk:{page.state['ticket']['desk_id']}"])
    return pages


def memory(pid: int) -> int:
    """Bytes of memory that a process has to itself, and its share of what it has with others (PSS)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} tells no PSS on {sys.platform}")
