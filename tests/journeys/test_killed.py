"""The server is killed while people talk: their pictures go on, and their pages come back by themselves."""

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import text

from tests.journeys.people import CitizenPage, ClerkPage
from tests.support.server import Server

pytestmark = pytest.mark.journey

SECOND_STATION = "魏都区政务服务大厅 · 云综窗 04 号"


async def test_two_calls_outlive_the_server(browser: Browser, server: Server) -> None:
    pairs = []
    for account, station, phone, name in (
        ("zhangyanli", None, "19900001301", "刘桂英"),
        ("zhaoshumin", SECOND_STATION, "19900001302", "陈思远"),
    ):
        clerk = await ClerkPage.open(browser, server.url)
        await (clerk.sign_in(account, station) if station else clerk.sign_in(account))
        await clerk.be_ready()
        citizen = await CitizenPage.open(browser, server.url)
        await citizen.take_number(name, phone)
        await clerk.answer(name)
        await citizen.in_call()
        await clerk.until_flows()
        await citizen.until_flows()
        pairs.append((clerk, citizen))
    server.kill()
    for clerk, citizen in pairs:  # media needs no server
        await clerk.until_flows()
        await citizen.until_flows()
    await server.start()
    for clerk, citizen in pairs:
        await clerk.until_flows()
        await clerk.end()
        await clerk.wrap_up("服务器重启以后接着办完。")
        await expect(citizen.page.get_by_role("link", name="看结果和下一步")).to_be_visible()
    async with server.city.database.reading() as rows:
        found = await rows.execute(
            text(
                "SELECT t.state, s.state, s.outcome, c.state, e.state FROM ticket t"
                " JOIN session s ON s.ticket_id = t.id JOIN call c ON c.session_id = s.id"
                " JOIN engagement e ON e.ticket_id = t.id"
            )
        )
        assert [tuple(row) for row in found] == [("closed", "closed", "guided_online", "ended", "ended")] * 2
    for clerk, citizen in pairs:
        await clerk.context.close()
        await citizen.context.close()
