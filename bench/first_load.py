"""What the applicant's pages load, and how soon the home page shows itself on a 3G phone."""

import asyncio
import gzip
import statistics
from uuid import uuid4

from playwright.async_api import Browser, Response

from bench.browser import browsers, until
from bench.house import open_house
from tests.journeys.browsers import open_context

KINDS = {"document", "script", "stylesheet"}
LOADS = 5
LATER_SECONDS = 1.0
"""Something larger may be painted after the network is still."""

THREE_G = {"offline": False, "latency": 300, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 768_000 / 8}
"""1.6 Mbit/s down, 768 kbit/s up, 300 ms round trip: WebPageTest's “3G”."""
CPU_SLOWER = 4
"""As Lighthouse slows a desktop to a phone of the middle class."""

_LCP = """
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.lcp = entry.startTime;
}).observe({ type: 'largest-contentful-paint', buffered: true });
"""


async def measure() -> dict[str, float]:
    """Open the home page and the call's page, each with an empty cache, then the home page over a slow line."""
    async with open_house() as house, browsers() as browser:
        home = await _load(browser, house.url, "/")
        call = await _load(browser, house.url, f"/call/{uuid4()}")
        extra = {path: size for path, size in call.items() if path not in home and path.startswith("/assets/")}
        for path, size in home.items() | extra.items():
            print(f"  {size:6.1f} kB {path}{' (call)' if path in extra else ''}")
        paints = [await _paint(browser, house.url) for _ in range(LOADS)]
        print(f"  largest paint: {', '.join(f'{paint:.0f}' for paint in paints)} ms")
        return {
            "web.applicant_first_load_gzip_kb": sum(home.values()),
            "web.call_extra_gzip_kb": sum(extra.values()),
            "web.applicant_lcp_ms_3g": statistics.median(paints),
        }


async def _load(browser: Browser, url: str, path: str) -> dict[str, float]:
    """Compressed sizes of HTML, JavaScript and CSS by path."""
    context = await open_context(browser, phone=True)
    page = await context.new_page()
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))  # noqa: PLW0108  the handler must be a plain function
    await page.goto(url + path, wait_until="networkidle")
    sizes = {
        response.url.removeprefix(url): len(gzip.compress(await response.body(), 9)) / 1000
        for response in loaded
        if response.request.resource_type in KINDS
    }
    await context.close()
    return sizes


async def _paint(browser: Browser, url: str) -> float:
    """When the largest part of the home page was painted, in milliseconds from the beginning."""
    context = await open_context(browser, phone=True)
    page = await context.new_page()
    await page.add_init_script(_LCP)
    devtools = await context.new_cdp_session(page)
    await devtools.send("Network.enable")
    await devtools.send("Network.emulateNetworkConditions", THREE_G)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    await page.goto(url)
    await until(page, "window.lcp !== undefined")
    await page.wait_for_load_state("networkidle")
    await asyncio.sleep(LATER_SECONDS)
    paint: float = await page.evaluate("window.lcp")
    await context.close()
    return paint
