"""`call.cpu_share_two_calls`: what two calls that go on take of the server."""

import asyncio
import os
import time
from pathlib import Path

import asyncpg

from bench import people
from bench.browser import browsers, meet
from bench.house import open_house
from tests.journeys.people import STATION

PAIRS = (
    ("zhangyanli", STATION, "刘桂英", "19900001301"),
    ("zhaoshumin", "魏都区政务服务大厅 · 云综窗 04 号", "陈思远", "19900001302"),
)
COUNTED_SECONDS = 20.0
SETTLE_SECONDS = 5.0


async def measure() -> dict[str, float]:
    """Return the share of one core that server and database take."""
    async with open_house() as house, browsers() as browser:
        connection = await asyncpg.connect(house.database_url)
        await people.lift_limits(connection)
        pairs = [await meet(browser, house, *pair) for pair in PAIRS]
        for side in (side for pair in pairs for side in pair):
            await side.until_flows()
        await asyncio.sleep(SETTLE_SECONDS)
        share = await _share_of_a_core(house.pid, await connection.fetchval("SELECT pg_backend_pid()"))
        await connection.close()
    return {"call.cpu_share_two_calls": share}


async def _share_of_a_core(server: int, backend: int) -> float:
    """What the server's process and all of PostgreSQL's take while both calls go on."""
    postmaster = _parent_of(backend)
    ours, all_, began = _seconds_of(server, postmaster), _seconds_of_machine(), time.monotonic()
    await asyncio.sleep(COUNTED_SECONDS)
    took = time.monotonic() - began
    share = (_seconds_of(server, postmaster) - ours) / took
    busy = (_seconds_of_machine() - all_) / took
    print(f"  server and database {share:.3f} of a core, with four browser pages {busy:.2f}", flush=True)
    return share


def _parent_of(pid: int) -> int:
    return int(_facts_of(pid)[1])


def _facts_of(pid: int) -> list[str]:
    """What the kernel tells of a process after its name."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()


def _seconds_of(server: int, postmaster: int) -> float:
    """Seconds of processor time of the server and of PostgreSQL with all its processes, ended ones too."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            facts = _facts_of(int(folder.name))
        except OSError:  # ended meanwhile; its parent counts it
            continue
        if int(folder.name) == server or postmaster in {int(folder.name), int(facts[1])}:
            ticks += sum(int(fact) for fact in facts[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _seconds_of_machine() -> float:
    """Seconds of processor time that all processes of this machine took: user, nice and system."""
    fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()
    return sum(int(field) for field in fields[1:4]) / os.sysconf("SC_CLK_TCK")
