"""Hold: both voices stop and the citizen reads why, also after a reload; then all comes back."""

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import text

from tests.journeys.browsers import STATISTICS, Watched
from tests.journeys.test_first_call import meet, until_rows
from tests.support.server import Server

pytestmark = pytest.mark.journey

CHECKING = "工作人员正在核对，请稍候"
TALKING = ("serving", "open", "connected")


# A second and a half of what comes in: the fake microphone beeps every second.
_LISTEN = f"""
const before = await ({STATISTICS})();
await new Promise((later) => setTimeout(later, 1500));
const now = await ({STATISTICS})();
"""


async def silence(side: Watched) -> None:
    """Wait until sound that comes in is silence; it still comes, or the line would count as lost."""
    await side.until(f"{_LISTEN} return now.audio > before.audio && now.energy - before.energy < 1e-7")


async def sees(side: Watched) -> None:
    """Wait until pictures come in."""
    await side.until(f"{_LISTEN} return now.frames > before.frames + 5")


async def test_on_hold_neither_hears_the_other(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    for side in (clerk, citizen):
        await side.until_flows()
    await until_rows(server, TALKING)

    await clerk.page.keyboard.press("h")
    await expect(citizen.page.get_by_role("heading", name=CHECKING)).to_be_visible()
    await expect(citizen.page.get_by_role("timer")).to_be_visible()
    await expect(clerk.page.get_by_text("互相听不到")).to_be_visible()
    for side in (clerk, citizen):
        await silence(side)
    # the clerk still sees who waits, and a page that comes back is still on hold
    await sees(clerk)
    await citizen.page.reload()
    await expect(citizen.page.get_by_role("heading", name=CHECKING)).to_be_visible()
    await clerk.page.reload()
    await expect(clerk.page.get_by_role("button", name="恢复通话")).to_be_visible()
    await until_rows(server, TALKING)
    for side in (clerk, citizen):
        await silence(side)

    await clerk.page.get_by_role("button", name="恢复通话").click()
    await expect(citizen.page.get_by_role("heading", name="张艳丽")).to_be_visible()
    for side in (clerk, citizen):
        await side.until_flows()
    async with server.city.database.reading() as rows:
        kinds = await rows.scalars(text("SELECT kind FROM session_event WHERE kind LIKE 'hold%' ORDER BY seq"))
        assert list(kinds) == ["hold", "hold_over"]

    await clerk.page.keyboard.press("h")
    await expect(citizen.page.get_by_role("heading", name=CHECKING)).to_be_visible()
    await citizen.hang_up()
    await expect(clerk.page.get_by_role("heading", name="小结", exact=True)).to_be_visible()
    async with server.city.database.reading() as rows:
        assert await rows.scalar(text("SELECT count(*) FROM call_hold WHERE end_reason = 'applicant'")) == 1
    assert clerk.trouble == []
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()
