"""A weak line by hand: pictures in place of video; afterwards the supervisor reads what both pages measured."""

import asyncio

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import text

from tests.journeys.browsers import PATIENCE_MS
from tests.journeys.people import ClerkPage
from tests.journeys.test_first_call import meet
from tests.support.city import PASSWORD
from tests.support.server import Server

pytestmark = pytest.mark.journey


async def test_pictures_in_place_of_video_and_figures_for_the_supervisor(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    await clerk.until_flows()
    await citizen.until_flows()
    await expect(citizen.page.locator(".line-bars.good")).to_have_count(2)
    await citizen.page.get_by_role("button", name="网络，点开可选画面清晰度").click()
    await citizen.page.get_by_label("图片").check()
    await citizen.page.get_by_role("button", name="好了").click()
    await expect(citizen.page.get_by_text("您选了图片，每隔几秒发一张")).to_be_visible()
    still = clerk.page.get_by_role("img", name="刘桂英发来的图片")
    await expect(still).to_be_visible()
    assert await still.evaluate("image => image.naturalWidth") > 0

    # what was chosen holds over a reload, and goes with the call
    await citizen.page.reload()
    await citizen.in_call()
    await expect(citizen.page.get_by_text("您选了图片，每隔几秒发一张")).to_be_visible()
    await citizen.page.get_by_role("button", name="恢复自动").click()
    await expect(still).to_have_count(0)
    await clerk.end()
    await expect(citizen.page.get_by_role("link", name="看结果和下一步")).to_be_visible()

    async with server.city.database.reading() as rows:
        sql = text("SELECT side, attempt, setup_ms, first_frame_ms, cause FROM call_quality ORDER BY side, attempt")
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while len(found := (await rows.execute(sql)).all()) < 3:  # pages report after the end
                await rows.execute(text("SELECT pg_sleep(0.05)"))
    assert [(row.side, row.attempt) for row in found] == [("applicant", 1), ("applicant", 2), ("clerk", 1)]
    assert all(row.setup_ms > 0 and row.first_frame_ms > 0 and row.cause is None for row in found)

    watcher = await ClerkPage.open(browser, server.url)
    await watcher.page.get_by_label("账号").fill("xuwenbo")
    await watcher.page.get_by_label("密码").fill(PASSWORD)
    await watcher.page.get_by_label("今天坐哪个窗口").select_option(label="不坐窗口（督导、管理）")
    await watcher.page.get_by_role("button", name="登录并进入工作台").click()
    await expect(watcher.page.get_by_role("heading", name="通话质量")).to_be_visible()
    table = watcher.page.get_by_role("table")
    await expect(table.get_by_text("开了 2 次网页")).to_be_visible()
    await watcher.page.get_by_role("link", name="辱骂骚扰").click()
    await expect(watcher.page.get_by_role("heading", name="没有这样的通话")).to_be_visible()
    await watcher.page.get_by_role("button", name="退出登录").click()
    await expect(watcher.page.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    for side in (clerk, citizen, watcher):
        assert side.trouble == []
        await side.context.close()
