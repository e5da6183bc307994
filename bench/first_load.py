"""`web.applicant_first_load_gzip_kb`: what the applicant's home page loads before it can be used."""

import gzip

from playwright.async_api import Response

from bench.browser import browsers
from bench.house import open_house
from tests.journeys.browsers import open_context

KINDS = {"document", "script", "stylesheet"}


async def measure() -> dict[str, float]:
    """Open the home page once with an empty cache and add up HTML, JavaScript and CSS."""
    async with open_house() as house, browsers() as browser:
        context = await open_context(browser, phone=True)
        page = await context.new_page()
        loaded: list[Response] = []
        page.on("response", lambda response: loaded.append(response))  # noqa: PLW0108  the handler must be a plain function
        await page.goto(house.url, wait_until="networkidle")
        kilobytes = 0.0
        for response in loaded:
            if response.request.resource_type in KINDS:
                size = len(gzip.compress(await response.body(), 9)) / 1000
                kilobytes += size
                print(f"  {size:6.1f} kB {response.url.removeprefix(house.url)}")
        await context.close()
    return {"web.applicant_first_load_gzip_kb": kilobytes}
