"""The phone sleeps while its owner waits: a message, a link, the same number in another browser, and the call."""

import asyncio
import re
from collections.abc import Callable

import httpx
import pytest
from playwright.async_api import Browser, expect

from tests.journeys.people import CitizenPage, ClerkPage
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


async def test_a_message_brings_the_citizen_back_to_the_number_and_into_the_call(
    browser: Browser, server: Server, record_property: Callable[[str, object], None]
) -> None:
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    first = await CitizenPage.open(browser, server.url)
    await first.take_number(phone=PHONE)
    number = await first.page.locator(".ticket-number").inner_text()
    await expect(first.page.get_by_text("请保持此页打开")).to_be_visible()
    await first.page.get_by_role("button", name=re.compile("验证手机号")).click()
    code = found(r"\d{6}", await message(server.url, "phone_code"))
    await first.page.get_by_label("短信里的 6 位数字").fill(code)
    await first.page.get_by_role("button", name="验证", exact=True).click()
    await expect(first.page.get_by_text("会给 199****1301 发短信")).to_be_visible()
    assert first.trouble == []
    await first.context.close()

    text = await message(server.url, "recall_near")
    assert text.startswith(number)
    again = await CitizenPage.open(browser, server.url)
    await again.page.goto(found(r"http\S+#[\w-]+", text))
    await again.page.get_by_role("button", name="在这里继续").click()
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
