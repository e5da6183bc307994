"""A phone that sleeps, or lost its page: a message, a link, in another browser the same number, or the same call."""

import asyncio
import re
from collections.abc import Callable

import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.journeys.people import CitizenPage, ClerkPage
from tests.journeys.test_breaks import SILENT_SECONDS, TALKING, both_flow, rows, until
from tests.journeys.test_first_call import until_rows
from tests.support.client import Citizen, move_clock
from tests.support.server import Server

pytestmark = pytest.mark.journey

PHONE = "19900001301"
LONG_ENOUGH = 30


async def message(url: str, kind: str) -> str:
    """Wait for the newest message of a kind; returns its text."""
    async with asyncio.timeout(LONG_ENOUGH), httpx.AsyncClient() as client:
        while True:
            for one in (await client.get(f"{url}/api/outbox")).json()["messages"]:
                if (one["kind"], one["state"]) == (kind, "sent"):
                    return str(one["text"])
            await asyncio.sleep(0.1)


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None
    return match[0]


async def wait_with_a_verified_phone(citizen: CitizenPage, url: str) -> str:
    """Take a number and verify the phone on the page that waits; returns the number."""
    await citizen.take_number(phone=PHONE)
    await expect(citizen.page.locator(".ticket-number")).to_have_text(re.compile("云A"))
    number = await citizen.page.locator(".ticket-number").inner_text()
    await expect(citizen.page.get_by_text("请保持此页打开")).to_be_visible()
    await citizen.page.get_by_role("button", name=re.compile("验证手机号")).click()
    code = found(r"\d{6}", await message(url, "phone_code"))
    await citizen.page.get_by_label("短信里的 6 位数字").fill(code)
    await citizen.page.get_by_role("button", name="验证", exact=True).click()
    await expect(citizen.page.get_by_text("会给 199****1301 发短信")).to_be_visible()
    return number


async def follow(browser: Browser, url: str, text: str) -> CitizenPage:
    """Open the link of a message in another browser, and press."""
    again = await CitizenPage.open(browser, url)
    await again.page.goto(found(r"http\S+#[\w-]+", text))
    await again.page.get_by_role("button", name="在这里继续").click()
    return again


async def test_a_message_brings_the_citizen_back_to_the_number_and_into_the_call(
    browser: Browser, server: Server, record_property: Callable[[str, object], None]
) -> None:
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    first = await CitizenPage.open(browser, server.url)
    number = await wait_with_a_verified_phone(first, server.url)
    assert first.trouble == []
    await first.context.close()

    text = await message(server.url, "recall_near")
    assert text.startswith(number)
    again = await follow(browser, server.url, text)
    await expect(again.page.locator(".ticket-number")).to_have_text(number)
    await clerk.be_ready()
    await clerk.answer("刘桂英")
    await again.in_call()
    await clerk.until_flows()
    assert again.trouble == []
    assert clerk.trouble == []
    record_property("number", number)
    await again.context.close()
    await clerk.context.close()


async def test_whose_page_is_gone_in_a_call_is_led_back_into_it(browser: Browser, server: Server) -> None:
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    first = await CitizenPage.open(browser, server.url)
    number = await wait_with_a_verified_phone(first, server.url)
    await clerk.be_ready()
    await clerk.answer("刘桂英")
    await first.in_call()
    await both_flow(clerk, first)
    await until_rows(server, TALKING)
    call = await rows(server, "SELECT id FROM call")
    assert first.trouble == []
    await first.context.close()
    await until(server, "SELECT 1 FROM tab_lease WHERE account_id = (SELECT account_id FROM session)", [])
    async with Citizen(server.url) as anybody:
        await move_clock(anybody, SILENT_SECONDS)

    text = await message(server.url, "recall_call")
    assert text.startswith(f"{number}：通话断了，位置还在。1 分半钟内点开链接就接着说：")
    told = clerk.page.get_by_role("listitem").filter(has_text="已发短信")
    await expect(told.get_by_text(re.compile(r"\d\d:\d\d:\d\d，带回来的链接"))).to_be_visible()
    await clerk.page.get_by_role("listitem").get_by_role("button", name="打开").click()
    await expect(clerk.page.get_by_placeholder("发消息，/ 找常用语")).to_be_focused()

    again = await follow(browser, server.url, text)
    await again.in_call()
    await both_flow(clerk, again)
    await until_rows(server, TALKING)
    await expect(told).to_be_hidden()
    assert await rows(server, "SELECT id FROM call") == call
    assert [*clerk.trouble, *again.trouble] == []
    await again.context.close()
    await clerk.context.close()
