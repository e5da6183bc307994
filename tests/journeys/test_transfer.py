"""Handing on 转接: the clerk hands the talk to a colleague, who hands it to the city's desk; the session stays one."""

import re

import pytest
from playwright.async_api import Browser, Locator, expect
from sqlalchemy import text

from tests.journeys.people import STATION, ClerkPage
from tests.journeys.test_chat import bubbles, send
from tests.journeys.test_first_call import meet, until_rows
from tests.support.server import Server

pytestmark = pytest.mark.journey

TALKING = ("serving", "open", "connected")
WORDS = "材料齐了，只差银行卡"
SAID = "卡号填社保卡背面那一串"
CITY_DESK = "市级社保医保专席"


def dialog_of(clerk: ClerkPage) -> Locator:
    """The dialog in which one chooses whom."""
    return clerk.page.get_by_role("dialog", name="邀请或转接")


async def takes_over(clerk: ClerkPage, by: str, words: str) -> None:
    """Read what the one before wrote, and answer by Enter."""
    await expect(clerk.page.get_by_text(re.compile(f"{by}（.*）转来"))).to_be_visible()
    await expect(clerk.page.get_by_text(words)).to_be_visible()
    await clerk.answer("刘桂英")


async def hand_on_by_keys(clerk: ClerkPage) -> None:
    """Hand on by keys alone: T turns the dialog from asking in to handing on, which proposes who is free."""
    await clerk.page.locator(".call-head h1").click()
    await clerk.page.keyboard.press("i")
    dialog = dialog_of(clerk)
    await expect(dialog.get_by_role("button", name=re.compile("邀请赵书敏"))).to_be_visible()
    await expect(dialog.get_by_role("radio", name=re.compile("赵书敏"))).to_be_focused()
    await clerk.page.keyboard.press("t")
    await expect(dialog.get_by_role("button", name=re.compile("转给赵书敏"))).to_be_enabled()
    await expect(dialog.get_by_role("radio", name=re.compile(f"^{CITY_DESK}"))).to_be_disabled()
    await dialog.get_by_label("先给他看的话").fill(WORDS)
    await clerk.page.keyboard.press("Enter")


async def test_a_talk_is_handed_to_a_person_and_then_to_a_desk(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    mate, city = [await ClerkPage.open(browser, server.url) for _ in range(2)]
    await mate.sign_in("zhaoshumin", STATION)
    await mate.be_ready()
    for side in (clerk, citizen):
        await side.until_flows()
    await until_rows(server, TALKING)
    await clerk.page.keyboard.press("w")
    await expect(clerk.page.get_by_role("checkbox", name=re.compile("核实诉求和事项"))).to_be_checked()
    await clerk.page.get_by_role("checkbox", name=re.compile("告知条件")).click()
    await expect(clerk.page.get_by_text("2 / 7")).to_be_visible()
    await send(clerk, SAID)

    await hand_on_by_keys(clerk)
    await expect(clerk.page.get_by_text("已转给赵书敏")).to_be_visible()
    await expect(citizen.page.get_by_role("heading", name="正在给您转接")).to_be_visible()
    await expect(citizen.page.get_by_text("转到魏都社保养老专席")).to_be_visible()
    await expect(citizen.page.get_by_text(WORDS)).to_have_count(0)

    await takes_over(mate, "张艳丽", WORDS)
    for side in (mate, citizen):
        await side.until_flows()
    await expect(bubbles(mate)).to_have_text([SAID])
    await expect(mate.page.get_by_text("2 / 7")).to_be_visible()

    await city.sign_in("liujingwen", STATION)
    await city.be_ready()
    await mate.page.get_by_role("button", name=re.compile("^转接")).click()
    await dialog_of(mate).get_by_role("radio", name=re.compile(f"^{CITY_DESK}")).check()
    await dialog_of(mate).get_by_label("先给他看的话").fill("请看补缴年限")
    await dialog_of(mate).get_by_role("button", name=re.compile(f"转给{CITY_DESK}")).click()
    await takes_over(city, "赵书敏", "请看补缴年限")
    for side in (city, citizen):
        await side.until_flows()
    async with server.city.database.reading() as rows:
        kinds = await rows.scalars(
            text("SELECT kind FROM session_event WHERE kind IN ('transferred', 'handed_on') ORDER BY seq")
        )
        assert list(kinds) == ["transferred", "handed_on"] * 2
    await city.end()
    await city.wrap_up("补缴年限说清了")
    await citizen.see_result("补缴年限说清了")
    for side in (clerk, mate, city, citizen):
        assert side.trouble == []
        await side.page.context.close()
