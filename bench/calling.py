"""`call.setup_vs_bare`: from the click on answer to pictures on both sides, product against bare pages.

Beside it what the pages themselves report of these calls.
"""

import asyncio
import re
import statistics
import sys

import asyncpg
from playwright.async_api import Browser, expect

from bench import people
from bench.browser import browsers, milliseconds, probe, sign_in, until
from bench.house import House, free_port, open_house, process
from tests.journeys.browsers import open_context
from tests.journeys.people import CitizenPage, ClerkPage

PAIRS = 21
OPENED = "window.bench.opened"
_REPORTED = "SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY setup_ms) FROM call_quality"
RUNG_SECONDS = 1.0
"""How long it rings before the click: less than any person takes to answer."""


async def measure() -> dict[str, float]:
    """Return the ratio and both medians in milliseconds, and the pages' own 95 %."""
    port = free_port()
    async with open_house() as house:
        command = (sys.executable, "-m", "bench.relay", str(port))
        url = f"http://localhost:{port}"
        relay = process(*command, ready=f"{url}/", environment={}, log=house.folder / "relay.log")
        connection = await asyncpg.connect(house.database_url)
        await people.lift_limits(connection)
        async with relay, browsers() as browser:
            figures = await _pairs(browser, house, url)
            figures["call.setup_ms_p95"] = await connection.fetchval(_REPORTED)
        await connection.close()
        return figures


async def _pairs(browser: Browser, house: House, bare_url: str) -> dict[str, float]:
    clerk = await sign_in(browser, house)
    products, bares = [], []
    for number in range(PAIRS + 1):  # the first pair warms up
        product, bare = await _product(browser, house, clerk), await _bare(browser, bare_url)
        if number:
            products.append(product)
            bares.append(bare)
            print(f"  pair {number}: {product:.0f} ms against {bare:.0f} ms")
    ratios = [product / bare for product, bare in zip(products, bares, strict=True)]
    return {
        "call.setup_vs_bare": statistics.median(ratios),
        "call.setup_ms": statistics.median(products),
        "call.bare_setup_ms": statistics.median(bares),
    }


async def _product(browser: Browser, house: House, clerk: ClerkPage) -> float:
    """A new citizen takes a number, the clerk answers; then the session is closed and the clerk is ready again."""
    await clerk.page.evaluate("Object.assign(window.bench, { clicked: null, first: null })")
    citizen = await CitizenPage.open(browser, house.url)
    await probe(citizen.context)
    await citizen.page.reload()
    await citizen.take_number()
    answer = clerk.page.get_by_role("button", name=re.compile("^接听"))
    await expect(answer).to_be_visible()
    await asyncio.sleep(RUNG_SECONDS)
    for page in (clerk.page, citizen.page):
        await until(page, OPENED)
    await answer.click()
    took = await milliseconds(clerk.page, citizen.page)
    await clerk.end()
    await clerk.wrap_up("已指导。")
    await citizen.context.close()
    return took


async def _bare(browser: Browser, url: str) -> float:
    contexts = [await open_context(browser, phone=phone) for phone in (False, True)]
    pages = []
    for context in contexts:
        await probe(context)
        page = await context.new_page()
        await page.goto(url)
        pages.append(page)
    for page in pages:
        await until(page, f"{OPENED} && line.readyState === 1")
    await pages[0].get_by_role("button").click()
    took = await milliseconds(*pages)
    for context in contexts:
        await context.close()
    return took
