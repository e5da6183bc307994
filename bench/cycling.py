"""`http.cycle_per_s`: whole services a second, from taking a number to the rating; `http.scale_2_processes` beside it.

Everybody has a page with a live line, since nobody is rung without one, and goes by the events that come over it.
"""

import asyncio
import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg

from bench import people
from bench.house import House, open_house, open_process
from bench.page import Page, RefusedError, leave_all, open_all
from tests.integration.kills.invariants import WRONG

CLERKS = 200
CITIZENS = 200
ROUNDS = 2
SECONDS = 20.0
ARRIVAL_SECONDS = 15.0
"""The citizens come one after the other, so that at any moment all steps of a service are being taken somewhere."""

BYTES = (1_000, 2_000)  # what a side has received at its first and its second report


State = dict[str, Any]


@dataclass
class Round:
    """What all who take part in a round share: whether to begin anew, and how many came through while it counted.

    `missed` are rings that ran out before their clerk could answer.
    """

    going: bool = True
    counting: bool = False
    done: int = 0
    missed: int = 0


async def measure() -> dict[str, float]:
    """Return cycles a second of one process, and how many times that two processes make of it."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house())
        other = await stack.enter_async_context(open_process(house.folder, house.database_url))
        connection = await asyncpg.connect(house.database_url)
        await people.lift_limits(connection)
        staff, guests = await people.clerks(connection, CLERKS), await people.citizens(connection, CITIZENS)
        ones, twos = [], []
        for number in range(1, ROUNDS + 1):
            ones.append(await _round([house], staff, guests))
            twos.append(await _round([house, other], staff, guests))
            print(f"  round {number}: {ones[-1]:.1f} cycles/s with one process, {twos[-1]:.1f} with two", flush=True)
        await _check(connection)
        await connection.close()
    return {
        "http.cycle_per_s": statistics.median(ones),
        "http.scale_2_processes": statistics.median(two / one for one, two in zip(ones, twos, strict=True)),
    }


async def _round(houses: list[House], staff: list[str], guests: list[str]) -> float:
    """Let everybody work for a while on these processes, then come to rest; returns cycles a second."""
    together = Round()
    clerks = [Page(houses[place % len(houses)].port, "staff", token) for place, token in enumerate(staff)]
    citizens = [Page(houses[place % len(houses)].port, "applicant", token) for place, token in enumerate(guests)]
    await open_all([*clerks, *citizens])
    async with asyncio.TaskGroup() as group:
        working = [group.create_task(_serve(page, together)) for page in clerks]
        coming = []
        for page in citizens:
            coming.append(group.create_task(_be_served(page, together)))
            await asyncio.sleep(ARRIVAL_SECONDS / CITIZENS)
        together.counting, began = True, time.perf_counter()
        await asyncio.sleep(SECONDS)
        together.counting, seconds = False, time.perf_counter() - began
        together.going = False
        await asyncio.wait(coming)
        for task in working:
            task.cancel()
    await leave_all([*clerks, *citizens])
    if together.missed:
        print(f"  {together.missed} rings were missed: the machine is too slow for {CLERKS} at once", flush=True)
    return together.done / seconds


async def _be_served(page: Page, together: Round) -> None:
    """Take a number, be in the call, hang up half of the time, rate; again and again."""
    while together.going:
        ticket = await people.take_number(page, people.wish())
        await page.until(partial(_is_served, ticket))
        call = page.state["call"]
        joined = await page.ask(f"/api/calls/{call['id']}/join", method="POST")
        await _talk(page, joined, _citizen_hangs_up(call))
        await page.until(partial(_is_asked, call["session_id"]))
        await page.ask(f"/api/sessions/{call['session_id']}/rating", {"level": 5, "options": []})
        together.done += together.counting


async def _serve(page: Page, together: Round) -> None:
    """Answer, talk, hang up unless the citizen does, write the wrap-up; for ever."""
    wrap = {"outcome": "guided_online", "summary": "已指导网上办理。", "next_step": "none"}
    while True:
        await page.until(partial(_is_rung_anew, {}), seconds=None)
        ring = page.state["offer"]
        try:
            joined = await page.ask(f"/api/engagements/{ring['engagement_id']}/accept", method="POST")
        except RefusedError as refused:
            if refused.code != "ring_over":
                raise
            together.missed += 1
            await page.until(partial(_is_rung_anew, ring), seconds=None)
            continue
        await _talk(page, joined, not _citizen_hangs_up(joined["call"]))
        await page.ask(f"/api/sessions/{joined['call']['session_id']}/wrap-up", wrap)


async def _talk(page: Page, joined: State, hangs_up: bool) -> None:  # noqa: FBT001  called with an expression
    """Report media until both sides are connected; hang up, or wait until the other side does."""
    call = joined["call"]["id"]
    report = {"type": "media", "call": call, "attempt": joined["attempt"], "ice": "connected", "frames": 9}
    for received in BYTES:
        page.say(report | {"bytes": received})
    await page.until(lambda state: _state_of(state["call"], call) in {"connected", "ended"})
    if hangs_up:
        await page.ask(f"/api/calls/{call}/end", method="POST")
    else:
        await page.until(lambda state: _state_of(state["call"], call) == "ended")


def _is_served(ticket: str, state: State) -> bool:
    return _state_of(state["ticket"], ticket) == "serving" and state["call"] and state["call"]["state"] != "ended"


def _is_asked(session: str, state: State) -> bool:
    return bool(state["rating"]) and state["rating"]["session_id"] == session


def _is_rung_anew(before: State, state: State) -> bool:
    return bool(state["offer"]) and state["offer"]["engagement_id"] != before.get("engagement_id")


def _state_of(thing: State | None, wanted: str) -> str:
    return thing["state"] if thing is not None and thing["id"] == wanted else ""


def _citizen_hangs_up(call: State) -> bool:
    """Half of the calls are ended by the citizen: those whose key's last digit is even."""
    return int(call["id"][-1], 16) % 2 == 0


async def _check(connection: asyncpg.Connection) -> None:
    """Find in the rows what the storms look for: a fast answer that left something wrong is none."""
    for what, query in WRONG.items():
        if found := await connection.fetch(query):
            raise RuntimeError(f"{what}: {found}")
