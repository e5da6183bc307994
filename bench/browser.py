"""Chromium for measuring, and a probe that notes when devices are open, when answer is clicked, when a frame comes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page, expect

from bench.house import House
from cloudwindow.demonstration.accounts import password_of
from tests.journeys.browsers import chromium
from tests.journeys.people import STATION, CitizenPage, ClerkPage

PATIENCE_SECONDS = 30.0

# Instants are of one clock: both pages run on this machine. A frame is noted within 5 ms of being decoded.
PROBE = """
window.bench = { opened: false, clicked: null, first: null };
const now = () => performance.timeOrigin + performance.now();
document.addEventListener('click', (event) => {
  const button = event.target instanceof Element && event.target.closest('button');
  if (button && button.textContent.trim().startsWith('接听')) window.bench.clicked = now();
}, true);
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const stream = await ask(wanted);
  window.bench.opened = true;
  return stream;
};
const Original = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Original {
  constructor(...args) {
    super(...args);
    this.addEventListener('track', async ({ track }) => {
      if (track.kind !== 'video') return;
      while (this.connectionState !== 'closed') {
        for (const report of (await this.getStats()).values())
          if (report.type === 'inbound-rtp' && report.framesDecoded > 0) { window.bench.first ??= now(); return; }
        await new Promise((again) => setTimeout(again, 5));
      }
    });
  }
};
"""


@asynccontextmanager
async def browsers() -> AsyncIterator[Browser]:
    """One Chromium, as the journeys start it."""
    async with chromium() as browser:
        yield browser


async def probe(context: BrowserContext) -> None:
    """Let every page of a context carry the probe."""
    await context.add_init_script(PROBE)


async def until(page: Page, condition: str) -> None:
    """Wait in the page until an expression holds; Playwright's own way needs eval, which the product forbids."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await page.evaluate(
            f"async () => {{ while (!({condition})) await new Promise((again) => setTimeout(again, 10)); }}"
        )


async def milliseconds(clerk: Page, citizen: Page) -> float:
    """From the click on answer to the later of the two first frames."""
    first: list[float] = []
    for page in (clerk, citizen):
        await until(page, "window.bench.first !== null")
        first.append(await page.evaluate("window.bench.first"))
    clicked: float = await clerk.evaluate("window.bench.clicked")
    return max(first) - clicked


async def sign_in(browser: Browser, house: House, account: str = "zhangyanli", station: str = STATION) -> ClerkPage:
    """A clerk with the probe, ready."""
    clerk = await ClerkPage.open(browser, house.url)
    await probe(clerk.context)
    await clerk.sign_in(account, station, password=password_of(house.folder))
    await clerk.page.reload()
    await expect(clerk.page.get_by_role("heading", name="您还没有上线")).to_be_visible()
    await clerk.be_ready()
    return clerk


async def meet(
    browser: Browser, house: House, account: str, station: str, name: str, phone: str
) -> tuple[ClerkPage, CitizenPage]:
    """A clerk and a citizen in a call."""
    clerk = await sign_in(browser, house, account, station)
    citizen = await CitizenPage.open(browser, house.url)
    await citizen.take_number(name, phone)
    await clerk.answer(name)
    await citizen.in_call()
    return clerk, citizen
