"""The wrong item becomes the right one while both talk, a second matter is opened, each gets its outcome."""

import asyncio
import re

import pytest
from playwright.async_api import Browser, Route, expect
from sqlalchemy import text

from tests.journeys.test_first_call import meet
from tests.support.server import Server

pytestmark = pytest.mark.journey


async def test_another_item_and_a_second_matter(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    await citizen.until_flows()
    page = clerk.page
    panel = page.get_by_role("complementary", name="事项资料")
    first, right, second = "城乡居民养老保险参保登记", "社会保障卡补领换领", "居民身份证补领"
    both = f"正在办：{right}、{second}"
    await expect(citizen.page.get_by_text(f"正在办：{first}")).to_be_visible()
    opening = await panel.locator(".script").inner_text()

    await page.keyboard.press("e")
    await page.get_by_role("textbox", name="事项名称、俗称").fill("社保卡丢了")
    await page.get_by_role("button", name=re.compile(f"^{right}")).click()
    await expect(citizen.page.get_by_text(f"正在办：{right}")).to_be_visible()
    await expect(panel.locator(".script")).not_to_have_text(opening)

    await page.keyboard.press("o")
    await page.get_by_role("textbox", name="事项名称、俗称").fill("身份证")
    await page.keyboard.press("Enter")
    await expect(panel.get_by_role("button", name=second)).to_have_attribute("aria-pressed", "true")
    await expect(citizen.page.get_by_text(both)).to_be_visible()
    # a page that comes back says the same
    await citizen.page.reload()
    await expect(citizen.page.get_by_text(both)).to_be_visible()

    await clerk.end()
    await expect(page.get_by_role("heading", name="小结", exact=True)).to_be_visible()
    await page.keyboard.press("2")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("还有一件事没选结果。")).to_be_visible()
    await page.get_by_label(second).select_option(label="需线下")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("heading", name="您已就绪，等候呼叫")).to_be_visible()

    await citizen.page.get_by_role("link", name="看结果和下一步").click()
    await expect(citizen.page.get_by_role("heading", name=right)).to_be_visible()
    await expect(citizen.page.get_by_role("heading", name="一起办的")).to_be_visible()
    async with server.city.database.reading() as rows:
        found = await rows.execute(
            text(
                "SELECT i.key, s.outcome, n.key AS further, m.outcome AS became FROM session s"
                " JOIN ticket t ON t.id = s.ticket_id JOIN item i ON i.id = t.item_id"
                " JOIN matter m ON m.session_id = s.id JOIN item n ON n.id = m.item_id"
            )
        )
        assert tuple(found.one()) == ("P04", "guided_online", "P18", "needs_visit")
    assert clerk.trouble == []
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()


async def test_what_is_chosen_after_saving_too_early_is_not_sent_by_itself(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    page, asked, answer = clerk.page, asyncio.Event(), asyncio.Event()

    async def be_slow(route: Route) -> None:
        asked.set()
        await answer.wait()
        await route.continue_()

    await page.route("**/api/sessions/*/matters", be_slow)
    await clerk.end()
    heading = page.get_by_role("heading", name="小结", exact=True)
    await expect(heading).to_be_visible()
    await asked.wait()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("请选一个结果")).to_be_visible()
    await page.keyboard.press("2")
    async with page.expect_response("**/api/sessions/*/matters"):
        answer.set()
    await page.get_by_role("textbox").first.fill("户口簿下次带来。")
    await expect(heading).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await clerk.see_ready()
    await citizen.see_result("户口簿下次带来。")
    await clerk.context.close()
    await citizen.context.close()
