"""kill -9 while a letter is left for a number, and while it is answered: once each, or not at all."""

import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from tests.integration.kills.invariants import check
from tests.integration.kills.steady import Steady, SteadyCitizen, SteadyClerk
from tests.support.server import Server


async def die_at(server: Server, place: str, by: Steady, request: Callable[[], Awaitable[httpx.Response]]) -> None:
    """Send a request to a server that dies at `place`, and start it again."""
    await by.post("/api/test/failpoints", {"name": place, "effect": "kill"})
    with suppress(httpx.TransportError):
        await request()
    assert await server.wait_dead() == -signal.SIGKILL
    await check(server.city)
    await server.start()


async def counted(server: Server, table: str) -> int:
    async with server.city.database.reading() as rows:
        return int((await rows.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # noqa: S608  our own names


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_letter_and_its_answer_are_written_once(server: Server, moment: str) -> None:
    async with AsyncExitStack() as stack:
        citizen = await stack.enter_async_context(SteadyCitizen(server.url))
        clerk = await stack.enter_async_context(SteadyClerk(server.url))
        await citizen.enter("刘桂英", "19900002000")
        await citizen.take()
        await clerk.sign_in(ready=False)
        for page in (citizen, clerk):
            await page.stay()
        ticket, key = citizen.state["ticket"]["id"], str(uuid4())
        asked = {"item_key": "P01", "region_code": citizen.wish()["region_code"], "words": "会不会停发？"}
        await die_at(
            server,
            f"letter.leave.{moment}_commit",
            citizen,
            lambda: citizen.send("/api/letters", asked | {"instead_of": ticket}, key=key),
        )
        assert await counted(server, "letter") == (moment == "after")
        first = await citizen.post("/api/letters", asked | {"instead_of": ticket}, key=key)
        assert await citizen.post("/api/letters", asked | {"instead_of": ticket}, key=key) == first
        await citizen.until(lambda state: state["letters"] and state["ticket"]["state"] == "closed")

        path = f"/api/workbench/letters/{first['id']}"
        card, key = await clerk.get(path), str(uuid4())
        said = {"to": card["entries"][0]["id"], "words": "不会停发。"}
        await die_at(
            server, f"letter.answer.{moment}_commit", clerk, lambda: clerk.send(f"{path}/answer", said, key=key)
        )
        done = await clerk.post(f"{path}/answer", said, key=key)
        assert await clerk.post(f"{path}/answer", said, key=key) == done
        await citizen.until(lambda state: state["letters"][0]["unread"])
        assert (await counted(server, "letter"), await counted(server, "letter_entry")) == (1, 2)
        for page in (citizen, clerk):
            await page.agrees()
        await check(server.city)
