"""`push.p99_ms`: from the commit of a change at a desk until the pages of the 1,000 people who wait there know of it.

`push.own_p99_ms` is the same for the event itself, on the page of the person whose change it was.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

import asyncpg

from bench import people
from bench.house import House, more_files, open_house
from bench.page import Page, open_all

SUBSCRIBERS = 1_000
CHANGES = 200
PAUSE_SECONDS = 0.05
DESK = people.WISHES[:1]
EXACT = {"track_commit_timestamp": "on"}
"""PostgreSQL notes when each transaction committed, so that nobody has to guess it from outside."""

# scope: of the one page that makes the changes
_COMMITTED = "SELECT seq, pg_xact_commit_timestamp(xmin) AS at FROM event WHERE stream = $1"


async def measure() -> dict[str, float]:
    """Return both latencies in milliseconds."""
    more_files()
    async with open_house(EXACT) as house:
        connection = await asyncpg.connect(house.database_url)
        await people.lift_limits(connection)
        pages = await _waiting(house, connection, SUBSCRIBERS + 1)
        changer, subscribers = pages[0], pages[1:]
        heard = [await _change(changer, subscribers) for _ in range(CHANGES)]
        (stream,) = changer.cursor
        at = {row["seq"]: row["at"] for row in await connection.fetch(_COMMITTED, stream)}
        for page in pages:
            page.leave()
        await connection.close()
    own = sorted((when - at[seq]).total_seconds() for seq, when, _ in heard)
    all_ = sorted((when - at[seq]).total_seconds() for seq, _, hints in heard for when in hints)
    print(f"  {len(all_)} hints: median {_share(all_, 0.5):.1f} ms, the last {all_[-1] * 1000:.1f} ms", flush=True)
    return {"push.p99_ms": _share(all_, 0.99), "push.own_p99_ms": _share(own, 0.99)}


async def _waiting(house: House, connection: asyncpg.Connection, number: int) -> list[Page]:
    pages = [Page(house.port, "applicant", token) for token in await people.citizens(connection, number)]
    await people.take_numbers(pages, DESK)
    await open_all(pages)
    for page in pages:
        page.watch([f"desk:{page.state['ticket']['desk_id']}"])
    await asyncio.sleep(5.0)  # until all of them watch
    return pages


async def _change(changer: Page, subscribers: list[Page]) -> tuple[int, datetime, list[datetime]]:
    """Leave or take a number; returns the event's number, when it came, and when each subscriber was told."""
    own: list[tuple[int, datetime]] = []
    hints: list[datetime] = []
    all_told = asyncio.Event()

    def hear_own(message: dict[str, Any]) -> None:
        if message["type"] == "event":
            own.append((message["seq"], datetime.now(UTC)))

    def hear(message: dict[str, Any]) -> None:
        if message["type"] == "hint":
            hints.append(datetime.now(UTC))
            if len(hints) == len(subscribers):
                all_told.set()

    changer.on_message = hear_own
    for page in subscribers:
        page.on_message = hear
    ticket = changer.state["ticket"]
    if ticket["state"] == "waiting":
        await changer.ask(f"/api/tickets/{ticket['id']}/leave", method="POST")
    else:
        await people.take_number(changer, DESK[0])
    async with asyncio.timeout(30):
        await all_told.wait()
        await changer.until(lambda _: own)
    await asyncio.sleep(PAUSE_SECONDS)
    for page in subscribers:
        page.on_message = None
    return *own[0], hints


def _share(values: list[float], share: float) -> float:
    """The value, in milliseconds, that this share of sorted seconds does not exceed."""
    return values[int(share * (len(values) - 1))] * 1000
