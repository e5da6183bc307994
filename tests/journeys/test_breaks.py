"""J11, things break: pages reload and browsers die in the middle of a call.

The rest of J11 stands beside it: in `test_killed.py` the server is killed while twenty tickets wait, ring and talk; in
`test_relay.py` UDP is blocked and a relay carries the call; in `test_devices.py` a camera is denied and the page says
what to press.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import text

from tests.integration.kills.invariants import check
from tests.journeys.browsers import Watched, chromium, crash
from tests.journeys.people import CitizenPage, ClerkPage
from tests.journeys.test_first_call import meet, until_rows
from tests.support.client import LONG_ENOUGH, Citizen, move_clock
from tests.support.server import Server

pytestmark = pytest.mark.journey

TALKING = ("serving", "open", "connected")
SECOND, SECOND_STATION, SECOND_NAME = "zhaoshumin", "魏都区政务服务大厅 · 云综窗 04 号", "赵书敏"
SILENT_SECONDS = 16
"""More than media may be silent before a call counts as interrupted."""
GRACE_SECONDS = 121
"""More than an interrupted call waits for both sides."""


async def rows(server: Server, sql: str) -> list[Any]:
    async with server.city.database.reading() as session:
        return list((await session.execute(text(sql))).all())


async def until(server: Server, sql: str, wanted: list[Any]) -> None:
    async with asyncio.timeout(LONG_ENOUGH):
        while await rows(server, sql) != wanted:
            await rows(server, "SELECT pg_sleep(0.05)")


async def both_flow(*sides: Watched) -> None:
    for side in sides:
        await side.until_flows()


async def lose_the_browser(server: Server, clerk: ClerkPage, citizen: CitizenPage) -> None:
    """The clerk's browser dies; once media has been silent for long enough, the citizen reads that one waits."""
    browser = clerk.context.browser
    assert browser is not None
    await crash(browser)
    await until(server, "SELECT 1 FROM tab_lease WHERE staff_id = (SELECT clerk_id FROM session)", [])
    async with Citizen(server.url) as anybody:
        await move_clock(anybody, SILENT_SECONDS)
    await expect(citizen.page.get_by_role("heading", name="张艳丽那边断了，正在重新接通")).to_be_visible()
    await expect(citizen.page.get_by_role("timer")).to_be_visible()


async def test_a_page_that_reloads_is_back_in_the_same_call(
    browser: Browser, server: Server, record_property: Callable[[str, object], None]
) -> None:
    """J11 says within 5 s; that is measured by the page's own clock and told, since this machine may be busy."""
    clerk, citizen = await meet(browser, server.url)
    await both_flow(clerk, citizen)
    (call,) = await rows(server, "SELECT id FROM call")
    for reloading in (citizen, clerk):
        await reloading.page.reload()
        await reloading.until("return window.connections.length > 0")
        await reloading.until_flows()
        took = await reloading.page.evaluate("Date.now() - performance.timeOrigin")
        record_property(f"{type(reloading).__name__} back after a reload, ms", round(took))
        await both_flow(clerk, citizen)
    await until_rows(server, TALKING)
    assert await rows(server, "SELECT id FROM call") == [call]
    assert await rows(server, "SELECT attempt FROM call_participant") == [(2,), (2,)]
    kinds = await rows(server, "SELECT kind FROM session_event WHERE kind IN ('answered', 'resumed', 'ended')")
    assert sorted(kinds) == [("answered",), ("resumed",), ("resumed",)]
    await clerk.context.close()
    await citizen.context.close()


async def test_a_clerk_whose_browser_died_comes_back_with_another(browser: Browser, server: Server) -> None:
    async with chromium() as dying:
        clerk, citizen = await meet(browser, server.url, clerks=dying)
        await both_flow(clerk, citizen)
        await until_rows(server, TALKING)
        await lose_the_browser(server, clerk, citizen)
    await until_rows(server, ("serving", "open", "interrupted"))
    again = await ClerkPage.open(browser, server.url)
    await again.log_in()
    await again.page.get_by_role("button", name="转到这里接着通话").click()
    await both_flow(again, citizen)
    await until_rows(server, TALKING)
    assert len(await rows(server, "SELECT 1 FROM call")) == 1
    await again.end()
    await again.wrap_up("换了浏览器接着办完。")
    await citizen.see_result("换了浏览器接着办完。")
    assert again.trouble == []
    assert citizen.trouble == []
    await again.context.close()
    await citizen.context.close()


async def test_a_citizen_who_does_not_return_is_called_back_and_may_come_before(
    browser: Browser, server: Server
) -> None:
    clerk, citizen = await meet(browser, server.url)
    await both_flow(clerk, citizen)
    await until_rows(server, TALKING)
    number, address = await rows(server, "SELECT number FROM session"), citizen.page.url
    await citizen.page.close()
    await until(server, "SELECT 1 FROM tab_lease WHERE account_id = (SELECT account_id FROM session)", [])
    async with Citizen(server.url) as anybody:
        await move_clock(anybody, SILENT_SECONDS)
        await expect(clerk.page.get_by_text("到时没回来，系统替他约好回呼，位置不变")).to_be_visible()
        await move_clock(anybody, GRACE_SECONDS)
    await clerk.see_ready()
    await expect(clerk.page.get_by_text("和 云A001 断了线，没有再接上。系统约好了回呼")).to_be_visible()
    await expect(clerk.page.get_by_text("约定回呼", exact=True)).to_be_visible()

    back = CitizenPage(await citizen.context.new_page())
    await back.page.goto(address)
    await expect(back.page.get_by_role("heading", name="通话断了，位置给您留着")).to_be_visible()
    await expect(back.page.get_by_text("，到时响铃")).to_be_visible()
    await back.page.get_by_role("button", name="接着办").click()
    await clerk.answer("刘桂英")
    await back.in_call()
    await both_flow(clerk, back)
    assert await rows(server, "SELECT number FROM session") == number
    assert [*clerk.trouble, *citizen.trouble, *back.trouble] == []
    await clerk.context.close()
    await citizen.context.close()


async def test_a_citizen_whose_clerk_never_returns_is_next(browser: Browser, server: Server) -> None:
    async with chromium() as dying, Citizen(server.url) as waiting:
        clerk, citizen = await meet(browser, server.url, clerks=dying)
        await both_flow(clerk, citizen)
        await until_rows(server, TALKING)
        await waiting.enter("陈思远", "19900001302")
        await waiting.take()
        await lose_the_browser(server, clerk, citizen)
        await move_clock(waiting, GRACE_SECONDS)
        await expect(citizen.page.get_by_text("您的号码")).to_be_visible()
        await expect(citizen.page.get_by_text("下一位就是您").first).to_be_visible()

        second = await ClerkPage.open(browser, server.url)
        await second.sign_in(SECOND, SECOND_STATION)
        await second.be_ready()
        await second.answer("刘桂英")  # and not whoever has waited all the time
        await both_flow(second, citizen)
        await expect(citizen.page.get_by_role("heading", name=SECOND_NAME)).to_be_visible()
        await until(
            server,
            "SELECT f.account, c.state, c.ended_reason FROM session s JOIN staff f ON f.id = s.clerk_id"
            " JOIN call c ON c.session_id = s.id ORDER BY c.started_at",
            [(SECOND, "ended", "clerk_lost"), (SECOND, "connected", None)],
        )
        assert waiting.state["ticket"]["state"] == "waiting"
        await check(server.city)
        assert citizen.trouble == []
        await second.context.close()
        await citizen.context.close()
