"""J11: the server is killed while twenty tickets wait, ring and talk; all go on, nothing is doubled, nothing lost.

Two pairs talk in browsers, whose pictures need no server and whose pages come back by themselves; the others are pages
without a browser, which do the same.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import text

from cloudwindow.dispatch.parameters import RING_SECONDS
from tests.integration.kills.invariants import check, check_answers
from tests.integration.kills.steady import SteadyCitizen, SteadyClerk
from tests.journeys.people import STATION, CitizenPage, ClerkPage
from tests.support.client import flow
from tests.support.server import Server

pytestmark = pytest.mark.journey

SECOND_STATION = "魏都区政务服务大厅 · 云综窗 04 号"
FIRST_IN_LINE = "王秀兰"
RUNG = {"mengfanchao": "P18", "fenglei": "B01"}
WAITING = 16
_PLACES = """
    SELECT t.number, t.state, t.queue_key, s.number, s.state, c.id, e.id, e.state
    FROM ticket t LEFT JOIN session s ON s.ticket_id = t.id LEFT JOIN call c ON c.session_id = s.id
    LEFT JOIN engagement e ON e.ticket_id = t.id ORDER BY t.id
"""
_ENDED = """
    SELECT t.state, s.state, s.outcome, c.state, e.state FROM ticket t
    JOIN session s ON s.ticket_id = t.id JOIN call c ON c.session_id = s.id JOIN engagement e ON e.ticket_id = t.id
    WHERE s.state = 'closed'
"""


async def rows(server: Server, sql: str) -> list[Any]:
    async with server.city.database.reading() as session:
        return [tuple(row) for row in await session.execute(text(sql))]


async def talk(browser: Browser, server: Server) -> list[tuple[ClerkPage, CitizenPage]]:
    """Two pairs who see and hear each other."""
    pairs = []
    for account, station, phone, name in (
        ("zhangyanli", STATION, "19900001301", "刘桂英"),
        ("zhaoshumin", SECOND_STATION, "19900001302", "陈思远"),
    ):
        clerk = await ClerkPage.open(browser, server.url)
        await clerk.sign_in(account, station)
        await clerk.be_ready()
        citizen = await CitizenPage.open(browser, server.url)
        await citizen.take_number(name, phone)
        await clerk.answer(name)
        await citizen.in_call()
        await clerk.until_flows()
        await citizen.until_flows()
        pairs.append((clerk, citizen))
    return pairs


@asynccontextmanager
async def others(server: Server) -> AsyncIterator[tuple[list[SteadyClerk], list[SteadyCitizen]]]:
    """Eighteen more pages: two for whom it rings, the rest wait."""
    async with AsyncExitStack() as stack:
        citizens = []
        for place in range(WAITING + len(RUNG)):
            citizen = await stack.enter_async_context(SteadyCitizen(server.url))
            await citizen.enter(FIRST_IN_LINE if place == len(RUNG) else "李建华", f"1990000{2000 + place}")
            citizens.append(citizen)
        clerks = []
        for (account, item), citizen in zip(RUNG.items(), citizens, strict=False):
            clerk = await stack.enter_async_context(SteadyClerk(server.url))
            await clerk.sign_in(account)
            await citizen.take(item)
            await clerk.until(lambda state: state["offer"])
            clerks.append(clerk)
        for citizen in citizens[len(RUNG) :]:
            await citizen.take()
        for page in (*clerks, *citizens):
            await page.stay()
        yield clerks, citizens


@pytest.mark.timeout(300)
async def test_twenty_tickets_outlive_the_server(browser: Browser, server: Server) -> None:
    await server.city.set_parameter(RING_SECONDS, 300)  # however slow this machine is, it still rings after the start
    pairs = await talk(browser, server)
    async with others(server) as (clerks, citizens):
        before = await rows(server, _PLACES)
        states = [row[1] for row in before]
        assert [states.count(state) for state in ("serving", "ringing", "waiting")] == [2, 2, WAITING]
        server.kill()
        for clerk, citizen in pairs:  # media needs no server
            await clerk.until_flows()
            await citizen.until_flows()
        await server.start()
        await asyncio.gather(*(page.agrees() for page in (*clerks, *citizens)))
        await check(server.city)
        await check_answers(server.city, [*clerks, *citizens])
        assert await rows(server, _PLACES) == before

        for rung, ringing in zip(clerks, citizens, strict=False):  # what rang still rings
            await flow(rung, ringing, await rung.accept())
        for clerk, citizen in pairs:
            await clerk.until_flows()
            await clerk.end()
            await clerk.wrap_up("服务器重启以后接着办完。")
            await expect(citizen.page.get_by_role("link", name="看结果和下一步")).to_be_visible()
        await pairs[0][0].answer(FIRST_IN_LINE)  # and whoever waits is next
        await check(server.city)
        assert await rows(server, _ENDED) == [("closed", "closed", "guided_online", "ended", "ended")] * 2
        assert await rows(server, "SELECT count(*) FROM ticket") == [(len(before),)]
    for clerk, citizen in pairs:
        await clerk.context.close()
        await citizen.context.close()
