"""现在回呼: what is agreed for later is called as soon as the clerk has time, in the same session."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.people import CitizenPage, ClerkPage
from tests.journeys.test_callback import FREE, TALKING, open_times, session_number
from tests.journeys.test_first_call import until_rows
from tests.support.server import Server

pytestmark = pytest.mark.journey


class Patient(CitizenPage):
    """A citizen who looks at the page before the notice until it has read the line."""

    async def try_devices(self) -> None:
        await expect(self.page.get_by_text(re.compile(r"来回 \d+ 毫秒"))).to_be_visible()
        await super().try_devices()


async def test_a_clerk_with_time_calls_back_before_the_time(browser: Browser, server: Server) -> None:
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    await clerk.be_ready()
    citizen = await Patient.open(browser, server.url)
    await citizen.take_number()
    await expect(
        clerk.page.get_by_role("definition").filter(has_text=re.compile(r"(良好|一般|较差).*毫秒"))
    ).to_be_visible()
    await clerk.answer("刘桂英")
    await citizen.in_call()
    for side in (clerk, citizen):
        await side.until_flows()
    await until_rows(server, TALKING)
    number = await session_number(server)

    dialog = await open_times(citizen)
    await dialog.get_by_role("button", name=re.compile(r"^约 \d\d:\d\d$")).click()
    await expect(citizen.page.get_by_role("heading", name=re.compile("约好了，.* 给您回呼"))).to_be_visible()

    # the nearest time is near enough to be called at once
    await expect(clerk.page.get_by_role("heading", name=FREE)).to_be_visible()
    await expect(
        clerk.page.get_by_text(re.compile(r"上一位 \d\d:\d\d 结束：云A001 · 居民养老参保 · \d+ 秒"))
    ).to_be_visible()
    await expect(clerk.page.get_by_text(re.compile(r"约在 \d\d:\d\d，位置留在队首"))).to_be_visible()
    await clerk.page.get_by_role("button", name="现在回呼 云A001").click()
    await expect(clerk.page.get_by_text(re.compile(r"约在 \d\d:\d\d，您提前回呼"))).to_be_visible()
    await clerk.answer("刘桂英")
    await citizen.in_call()
    for side in (clerk, citizen):
        await side.until_flows()
    assert await session_number(server) == number
    await citizen.hang_up()
    await expect(clerk.page.get_by_role("heading", name="小结", exact=True)).to_be_visible()
    assert clerk.trouble == []
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()
