"""Not being rung: two misses and why, and a break that takes as long as it may."""

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import text

from tests.journeys.people import ClerkPage
from tests.support.client import Citizen, Clerk, move_clock
from tests.support.server import Server

pytestmark = pytest.mark.journey

RING_SECONDS = 20
LIMIT_SECONDS = 900
REMINDER = "短休到时间了"


async def test_two_misses_what_became_of_them_and_why(browser: Browser, server: Server) -> None:
    clerk = await ClerkPage.open(browser, server.url)
    page = clerk.page
    await clerk.sign_in()
    await clerk.be_ready()
    async with Citizen(server.url) as first, Citizen(server.url) as second, Clerk(server.url) as mate:
        await (await first.enter("刘桂英", "19900001301")).take()
        await (await second.enter("陈思远", "19900001302")).take()
        for number in ("云A001", "云A002"):
            await expect(page.get_by_role("alertdialog").get_by_text(number, exact=True)).to_be_visible()
            await move_clock(first, RING_SECONDS)
        await expect(page.get_by_role("heading", name="连着两次没接，先不给您派单")).to_be_visible()
        rows = page.get_by_role("table", name="没接到的响铃").locator("tbody tr")
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_contain_text("云A001")
        await expect(rows.first).to_contain_text("20 秒")
        await expect(rows.first).to_contain_text("在队首等下一位")
        await expect(page.get_by_text("刘桂英")).to_have_count(0)  # the clerk has no part in that matter any more

        await mate.sign_in("zhaoshumin")
        await expect(rows.first).to_contain_text("正在响铃")
        await mate.accept()
        await expect(rows.first).to_contain_text("赵书敏")
        await expect(rows.first).to_contain_text("接通")

        await expect(page.get_by_role("radio", name="没看到也没听到")).not_to_be_checked()
        await page.keyboard.press("2")
        await expect(page.get_by_role("radio", name="在帮现场群众")).to_be_checked()
        await clerk.be_ready()
    async with server.city.database.reading() as session:
        kept = await session.execute(text("SELECT reason FROM engagement WHERE state = 'missed'"))
        assert [row.reason for row in kept] == ["helping_on_site"] * 2
    assert clerk.trouble == []
    await clerk.context.close()


async def test_a_break_is_reminded_of_once_at_its_limit(browser: Browser, server: Server) -> None:
    clerk = await ClerkPage.open(browser, server.url)
    page = clerk.page
    await clerk.sign_in()
    await clerk.be_ready()
    await page.keyboard.press("F8")
    await expect(page.get_by_role("heading", name="示忙：短休")).to_be_visible()
    await expect(page.get_by_text("最多 15 分钟，").first).to_be_visible()
    await expect(page.get_by_text("今天示忙 1 次")).to_be_visible()
    bar = page.get_by_role("progressbar", name="示忙已用的时间")
    await expect(bar).to_have_attribute("aria-valuemax", "15")
    async with Citizen(server.url) as anybody:
        await move_clock(anybody, LIMIT_SECONDS - 10)
        await page.reload()
        await expect(page.get_by_text("还剩")).to_be_visible()
        heard = page.get_by_role("status").filter(has_text=REMINDER)
        await expect(heard).to_have_count(1)  # without a reload, at the second
        await expect(page.get_by_text("已到时间")).to_be_visible()
        await expect(bar).to_have_attribute("aria-valuenow", "15")
        await move_clock(anybody, 120)
        await page.reload()
        await expect(page.get_by_text("已超过 2 分钟")).to_be_visible()
        await expect(heard).to_have_count(0)  # and once only

    await page.keyboard.press("4")
    await expect(page.get_by_role("heading", name="示忙：开会、培训")).to_be_visible()
    await expect(bar).to_have_count(0)
    await clerk.be_ready()
    await page.get_by_role("button", name="就绪").click()
    await expect(page.get_by_role("menuitemradio", name="短休")).to_contain_text("最多 15 分钟，今天已用 17 分钟")
    await page.keyboard.press("3")
    await expect(page.get_by_role("heading", name="示忙：整理材料")).to_be_visible()
    assert clerk.trouble == []
    await clerk.context.close()
