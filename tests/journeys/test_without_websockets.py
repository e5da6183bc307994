"""The first call in a network that blocks WebSockets: everything goes over requests that hang, on both sides."""

from collections import Counter
from collections.abc import Callable

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import text

from tests.journeys.people import CitizenPage, ClerkPage
from tests.journeys.test_first_call import until_rows
from tests.support.server import Server

pytestmark = pytest.mark.journey


def _count_requests(page: Page) -> Counter[str]:
    """Count what a page asks of the interface from now on."""
    asked: Counter[str] = Counter()
    page.on("request", lambda request: asked.update([request.url.partition("/api/")[2].partition("?")[0]]))
    return asked


async def test_from_item_to_rating_without_websockets(
    browser: Browser, server: Server, record_property: Callable[[str, object], None]
) -> None:
    clerk = await ClerkPage.open(browser, server.url, sockets="silent")
    asked_by_clerk = _count_requests(clerk.page)
    await clerk.sign_in()
    await clerk.be_ready()
    citizen = await CitizenPage.open(browser, server.url, sockets="refused")
    asked_by_citizen = _count_requests(citizen.page)
    await citizen.take_number()
    await clerk.answer("刘桂英")
    began = await clerk.page.evaluate("performance.now()")
    await citizen.in_call()
    await clerk.until_flows()
    await citizen.until_flows()
    took = await clerk.page.evaluate("performance.now()") - began
    record_property("from answering until both see and hear, ms", round(took))
    await until_rows(server, ("serving", "open", "connected"))
    async with server.city.database.reading() as rows:
        assert await rows.scalar(text("SELECT count(*) FROM tab_lease WHERE lease_until > app_now()")) == 2
    await clerk.end()
    await clerk.wrap_up("没有长连接，也办完了。")
    await until_rows(server, ("closed", "closed", "ended"))
    await citizen.see_result("没有长连接，也办完了。")
    await citizen.rate("非常满意", "不用提交证明")
    await expect(citizen.page.get_by_text("谢谢您的评价")).to_be_visible()
    async with server.city.database.reading() as rows:
        assert (await rows.execute(text("SELECT state, level, options FROM rating"))).one() == ("given", 5, ["512"])
    for page, asked in ((clerk, asked_by_clerk), (citizen, asked_by_citizen)):
        assert asked["live/poll"] > 0
        assert asked["live/messages"] > 0
        record_property(f"{type(page).__name__} asked", dict(asked))
        assert page.trouble == []
        await page.context.close()
