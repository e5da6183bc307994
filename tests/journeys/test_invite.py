"""J5 (a): the clerk asks the expert in, three see and hear each other, the expert leaves and the call goes on."""

import re

import pytest
from playwright.async_api import Browser, Locator, expect
from sqlalchemy import text

from tests.journeys.browsers import Watched
from tests.journeys.people import STATION, ClerkPage
from tests.journeys.test_first_call import meet, until_rows
from tests.support.server import Server

pytestmark = pytest.mark.journey

TALKING = ("serving", "open", "connected")
EXPERT, OFFICE = "李红霞", "许昌市人力资源和社会保障局"
WORDS = "视同缴费年限能不能认？"

# Of every connection that is open the frames decoded so far; one for each of the others.
_FRAMES = """
const found = [];
for (const connection of window.connections) {
  if (connection.connectionState !== 'connected') continue;
  let frames = 0;
  for (const report of (await connection.getStats()).values())
    if (report.type === 'inbound-rtp' && report.kind === 'video') frames += report.framesDecoded || 0;
  found.push(frames);
}
"""


async def sees_all(side: Watched, others: int) -> None:
    """Wait until pictures of so many others keep coming, each over a connection of its own."""
    await side.until(
        f"const count = async () => {{ {_FRAMES} return found; }};"
        "const before = await count();"
        "await new Promise((later) => setTimeout(later, 1000));"
        "const now = await count();"
        "return before.length === wanted && now.length === wanted"
        "  && now.every((frames, index) => frames > before[index] + 3);",
        others,
    )


async def has_focus(button: Locator) -> None:
    await expect(button).to_be_visible()
    await expect(button).to_be_focused()


async def test_an_expert_comes_and_goes_and_the_call_goes_on(browser: Browser, server: Server) -> None:
    expert = await ClerkPage.open(browser, server.url)
    await expert.sign_in("lihongxia", STATION)
    await expert.be_ready()
    clerk, citizen = await meet(browser, server.url)
    for side in (clerk, citizen):
        await side.until_flows()
    await until_rows(server, TALKING)

    await clerk.page.keyboard.press("i")
    dialog = clerk.page.get_by_role("dialog", name="邀请进来一起办")
    await dialog.get_by_role("radio", name=re.compile(EXPERT)).check()
    await dialog.get_by_label("先给他看的话").fill(WORDS)
    await dialog.get_by_role("button", name=f"邀请{EXPERT}").click()
    await expect(clerk.page.get_by_text(f"正在请{EXPERT}")).to_be_visible()
    await expect(citizen.page.get_by_text(f"正在请{EXPERT}进来").first).to_be_visible()

    await expect(expert.page.get_by_role("heading", name="张艳丽请您进来一起说")).to_be_visible()
    await expect(expert.page.get_by_text(WORDS)).to_be_visible()
    await has_focus(expert.page.get_by_role("button", name=re.compile("^进入连线")))
    await expert.page.keyboard.press("Enter")
    for side in (clerk, citizen, expert):
        await sees_all(side, 2)
        await side.until_flows()
    await until_rows(server, TALKING)
    await expect(citizen.page.get_by_role("region", name=EXPERT)).to_be_visible()
    await expect(citizen.page.get_by_text(OFFICE).first).to_be_visible()
    for page in (clerk.page, expert.page):
        await expect(page.get_by_role("group", name="通话里 3 个人")).to_be_visible()
    await expect(expert.page.get_by_role("button", name=re.compile("^保持"))).to_have_count(0)

    # a page that comes back is among all of them again
    await expert.page.reload()
    for side in (clerk, citizen, expert):
        await sees_all(side, 2)

    await expert.page.keyboard.press("Control+e")
    await expert.page.get_by_role("alertdialog").get_by_role("button", name="离开").click()
    await expect(expert.page.get_by_role("heading", name="您已就绪，等候呼叫")).to_be_visible()
    await expect(citizen.page.get_by_role("region", name=EXPERT)).to_have_count(0)
    for side in (clerk, citizen):
        await sees_all(side, 1)
    await until_rows(server, TALKING)
    async with server.city.database.reading() as rows:
        kinds = await rows.scalars(text("SELECT kind FROM session_event WHERE kind LIKE 'invite%' ORDER BY seq"))
        assert list(kinds) == ["invited", "invited_joined", "invited_left"]
    await clerk.end()
    await expect(clerk.page.get_by_role("heading", name="小结", exact=True)).to_be_visible()
    for side in (clerk, citizen, expert):
        assert side.trouble == []
        await side.page.context.close()
