"""`annotate.latency_ms_p95`: from a move of the clerk's hand to ink on the citizen's page."""

import math
import statistics

import asyncpg
from playwright.async_api import Page, expect

from bench import people
from bench.browser import browsers, meet, until
from bench.house import open_house
from tests.journeys.people import STATION, CitizenPage, ClerkPage
from tests.journeys.test_stage import lies

MOVES = 120

# Instants are of one clock: both pages run on this machine.
_WATCH_HAND = """
document.addEventListener('pointermove', (event) => {
  window.bench.moved = performance.timeOrigin + event.timeStamp;
}, true);
"""
_WATCH_INK = """
(window.bench ??= {}).ink = null;
new MutationObserver((changes) => {
  if (changes.some(({ target }) => target.closest('.stage-ink') !== null))
    window.bench.ink ??= performance.timeOrigin + performance.now();
}).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['d'] });
"""


async def measure() -> dict[str, float]:
    """Return the 95 % in milliseconds, over moves of which each waits until the last one was seen."""
    async with open_house() as house, browsers() as browser:
        connection = await asyncpg.connect(house.database_url)
        await people.lift_limits(connection)
        await connection.close()
        clerk, citizen = await meet(browser, house, "zhangyanli", STATION, "刘桂英", "19900001301")
        for side in (clerk, citizen):
            await side.until_flows()
        took = await _draw(clerk, citizen)
    print(f"  median {statistics.median(took):.0f} ms, longest {max(took):.0f} ms", flush=True)
    return {"annotate.latency_ms_p95": statistics.quantiles(took, n=20)[-1]}


async def _draw(clerk: ClerkPage, citizen: CitizenPage) -> list[float]:
    """Draw circles with the pen, one move after the other."""
    await clerk.page.keyboard.press("a")
    await expect(clerk.page.get_by_role("toolbar", name="批注工具")).to_be_visible()
    await expect(citizen.page.get_by_role("heading", name="正在指给您看")).to_be_visible()
    box = await lies(clerk)
    await clerk.page.evaluate(_WATCH_HAND)
    await citizen.page.evaluate(_WATCH_INK)
    places = [_on_circle(turn / 40) for turn in range(MOVES + 1)]
    spots = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    await clerk.page.mouse.move(*spots[0])
    await clerk.page.mouse.down()
    await _seen(citizen.page)
    took = []
    for spot in spots[1:]:
        await clerk.page.mouse.move(*spot)
        seen = await _seen(citizen.page)
        took.append(seen - await clerk.page.evaluate("window.bench.moved"))
    await clerk.page.mouse.up()
    return took


def _on_circle(turns: float) -> tuple[float, float]:
    angle = 2 * math.pi * turns
    return 0.5 + 0.2 * math.cos(angle), 0.5 + 0.2 * math.sin(angle)


async def _seen(page: Page) -> float:
    """Wait for ink, return its instant and forget it."""
    await until(page, "window.bench.ink !== null")
    seen: float = await page.evaluate(
        "(() => { const { ink } = window.bench; window.bench.ink = null; return ink; })()"
    )
    return seen
