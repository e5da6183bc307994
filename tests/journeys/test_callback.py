"""约定回呼: out of a call for another time; the clerk is free, and at that time both are in the same session again."""

import re

import httpx
import pytest
from playwright.async_api import Browser, Locator, expect
from sqlalchemy import text

from tests.journeys.people import CitizenPage
from tests.journeys.test_first_call import meet, until_rows
from tests.support.server import Server

pytestmark = pytest.mark.journey

TALKING = ("serving", "open", "connected")
FREE = "您已就绪，等候呼叫"


async def let_the_time_come(server: Server) -> None:
    """Move the clock to just after the time that is agreed."""
    async with server.city.database.reading() as rows:
        wait = await rows.scalar(text("SELECT extract(epoch FROM callback_at - app_now()) FROM ticket"))
    async with httpx.AsyncClient(headers={"origin": server.url}) as client:
        answer = await client.post(f"{server.url}/api/test/clock", json={"seconds": float(wait) + 1})
    assert answer.is_success, answer.text


async def open_times(citizen: CitizenPage) -> Locator:
    """Open the choice of a time for a callback, in a call."""
    await citizen.page.get_by_role("button", name=re.compile("网络，点开可选画面清晰度")).click()
    await citizen.page.get_by_role("button", name="约个时间回呼").click()
    return citizen.page.get_by_role("dialog", name="约个时间，给您回呼")


async def test_a_callback_out_of_a_call_goes_on_in_the_same_session(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    for side in (clerk, citizen):
        await side.until_flows()
    await until_rows(server, TALKING)
    number = await session_number(server)

    dialog = await open_times(citizen)
    await expect(dialog.get_by_role("radio")).to_have_count(4)
    await expect(dialog.get_by_role("radio").first).to_be_focused()
    await dialog.get_by_role("button", name=re.compile(r"^约 \d\d:\d\d$")).click()
    await expect(citizen.page.get_by_role("heading", name=re.compile("约好了，.* 给您回呼"))).to_be_visible()
    await expect(clerk.page.get_by_role("heading", name=FREE)).to_be_visible()
    await expect(clerk.page.get_by_text("约定回呼", exact=True)).to_be_visible()

    await let_the_time_come(server)
    await clerk.answer("刘桂英")
    await citizen.in_call()
    for side in (clerk, citizen):
        await side.until_flows()
    assert await session_number(server) == number

    # the clerk may offer it as well, and whoever has time after all comes at once
    await clerk.page.get_by_role("button", name=re.compile("我方")).click()
    await clerk.page.get_by_role("menuitem", name=re.compile("约回呼")).click()
    await expect(clerk.page.get_by_role("radio").first).to_be_focused()
    await clerk.page.keyboard.press("2")
    await clerk.page.keyboard.press("Enter")
    await expect(clerk.page.get_by_role("heading", name=FREE)).to_be_visible()
    await citizen.page.get_by_role("button", name="现在就办").click()
    await clerk.answer("刘桂英")
    await citizen.in_call()
    for side in (clerk, citizen):
        await side.until_flows()
    assert await session_number(server) == number
    assert clerk.trouble == []
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()


async def session_number(server: Server) -> str:
    """Return the number of the one session that there is."""
    async with server.city.database.reading() as rows:
        (number,) = await rows.scalars(text("SELECT number FROM session"))
    return str(number)
