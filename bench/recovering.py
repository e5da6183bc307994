"""`recover.seconds`: from kill -9 of the server until everybody's page is live again.

`serve` runs with its own database under a loop that starts it again. 200 clerks talk with 200 citizens, 500 people
wait. A page is live again when it is welcome and has fetched what it shows beside its state, as the web pages do.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg

from bench import people
from bench.house import answers, free_port, more_files, settings_of, temporary_folder
from bench.page import COALESCE_SECONDS, Page, open_all
from cloudwindow.foundation.postgres import running_url
from cloudwindow.foundation.postgres.server import is_server_process, wait_until
from tests.integration.kills.invariants import WRONG

CLERKS = 200
WAITING = 500
LONGEST_SECONDS = 60.0
REPORT_SECONDS = 5.0  # as pages in a call do
SUPERVISOR = 'while true; do "$0" -m cloudwindow.cli serve; done'


async def measure() -> dict[str, float]:
    """Return the seconds until the last of all pages was live again."""
    more_files()
    folder, port = temporary_folder(), free_port()
    try:
        async with _supervised(folder, port) as supervisor:
            return {"recover.seconds": await _recover(folder, port, supervisor)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _recover(folder: Path, port: int, supervisor: int) -> float:
    connection = await asyncpg.connect(await asyncio.to_thread(running_url, folder))
    await people.lift_limits(connection)
    clerks = [Page(port, "staff", token) for token in await people.clerks(connection, CLERKS)]
    everybody = await people.citizens(connection, CLERKS + WAITING)
    citizens = [Page(port, "applicant", token) for token in everybody]
    await connection.close()
    reporting = await _come_together(clerks, citizens)
    pages = [*clerks, *citizens]
    live = [asyncio.create_task(_live_again(page)) for page in pages]
    killed = time.perf_counter()
    os.kill(_child_of(supervisor), signal.SIGKILL)
    up = asyncio.create_task(_ready(port))
    async with asyncio.timeout(LONGEST_SECONDS):
        seconds = sorted(await asyncio.gather(*live))
    took = [moment - killed for moment in seconds]
    print(
        f"  answers after {await up - killed:.1f} s; live again: the first after {took[0]:.1f} s, half of"
        f" {len(took)} after {took[len(took) // 2]:.1f} s, the last after {took[-1]:.1f} s",
        flush=True,
    )
    await _check(folder, pages)
    for task in reporting:
        task.cancel()
    for page in pages:
        page.leave()
    return took[-1]


async def _come_together(clerks: list[Page], citizens: list[Page]) -> list[asyncio.Task[None]]:
    """Let all citizens wait, and the clerks come and answer those whose turn it is; returns tasks that report media."""
    await people.take_numbers(citizens)
    await open_all(citizens)
    for page in citizens:
        page.watch([f"desk:{page.state['ticket']['desk_id']}"])
    coming = [asyncio.create_task(_take_turn(page)) for page in citizens]
    calls = []
    for first in range(0, len(clerks), people.AT_ONCE):
        calls += await asyncio.gather(*map(_come_and_answer, clerks[first : first + people.AT_ONCE]))
    while sum(task.done() for task in coming) < len(clerks):
        await asyncio.wait(coming, timeout=0.1, return_when=asyncio.FIRST_COMPLETED)
    calls += [task.result() for task in coming if task.done()]
    for task in coming:
        task.cancel()
    reporting = [asyncio.create_task(_report(page, joined)) for page, joined in calls]
    for page, _ in calls:
        await page.until(lambda state: state["call"]["state"] == "connected")
    return reporting


async def _come_and_answer(page: Page) -> tuple[Page, dict[str, Any]]:
    me = await page.ask("/api/staff/me")
    page.watch([f"desk:{desk['id']}" for desk in me["staff"]["desks"]])
    await page.open_line()
    await page.until(lambda state: state["offer"])
    joined = await page.ask(f"/api/engagements/{page.state['offer']['engagement_id']}/accept", method="POST")
    await page.until(lambda state: state["call"])
    return page, joined


async def _take_turn(page: Page) -> tuple[Page, dict[str, Any]]:
    await page.until(lambda state: state["call"], seconds=None)
    return page, await page.ask(f"/api/calls/{page.state['call']['id']}/join", method="POST")


async def _report(page: Page, joined: dict[str, Any]) -> None:
    report = {"type": "media", "call": joined["call"]["id"], "attempt": joined["attempt"], "ice": "connected"}
    received = 0
    while True:
        received += 100_000
        page.say(report | {"bytes": received, "frames": 9})
        await asyncio.sleep(REPORT_SECONDS if received > 100_000 else 0.5)


async def _live_again(page: Page) -> float:
    """Wait for the next welcome, then fetch what the page shows; returns when it was there."""
    welcome = asyncio.Event()
    page.on_welcome = welcome.set
    await welcome.wait()
    page.on_welcome = None
    await asyncio.sleep(COALESCE_SECONDS)
    if page.face == "staff":
        await asyncio.gather(page.ask("/api/workbench/queue"), page.ask("/api/workbench/colleagues"))
    else:
        await page.ask(f"/api/tickets/{page.state['ticket']['id']}")
    return time.perf_counter()


async def _check(folder: Path, pages: list[Page]) -> None:
    """Nothing was lost: every page agrees with a fresh fetch, all calls go on, the rows hold together."""
    for first in range(0, len(pages), people.AT_ONCE):
        await asyncio.gather(*(page.agrees() for page in pages[first : first + people.AT_ONCE]))
    connection = await asyncpg.connect(await asyncio.to_thread(running_url, folder))
    calls = await connection.fetchval("SELECT count(*) FROM call WHERE state <> 'ended'")
    if calls != CLERKS:
        raise RuntimeError(f"{calls} of {CLERKS} calls go on")
    for what, query in WRONG.items():
        if found := await connection.fetch(query):
            raise RuntimeError(f"{what}: {found}")
    await connection.close()


@asynccontextmanager
async def _supervised(folder: Path, port: int) -> AsyncIterator[int]:
    """Run `serve` with its own database under a plain loop; gives the loop's process number."""
    command = ("/bin/sh", "-c", SUPERVISOR, sys.executable)
    with (folder / "bench.log").open("ab") as out:
        loop = subprocess.Popen(command, env=os.environ | settings_of(folder, port), stdout=out, stderr=out)  # noqa: ASYNC220, S603  ours
    try:
        await _ready(port)
        yield loop.pid
    finally:
        server = _child_of(loop.pid)
        loop.kill()
        loop.wait()
        os.kill(server, signal.SIGTERM)
        await asyncio.to_thread(wait_until, lambda: not is_server_process(server, None), LONGEST_SECONDS)


async def _ready(port: int) -> float:
    """Wait until the server answers; returns when it did."""
    async with asyncio.timeout(LONGEST_SECONDS * 2):
        while not await asyncio.to_thread(answers, f"http://127.0.0.1:{port}/readyz"):  # noqa: ASYNC110  another program
            await asyncio.sleep(0.05)
    return time.perf_counter()


def _child_of(pid: int) -> int:
    with suppress(ValueError):
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()[0])
    raise RuntimeError("the loop runs no server")
