"""The clerk pushes a guide that the citizen opens while they talk, and a form that both look at, page by page."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, expect

from tests.journeys.people import CitizenPage, ClerkPage
from tests.journeys.test_first_call import meet
from tests.journeys.test_photo import shown
from tests.journeys.test_stage import drag, same_place, sheet, until_strokes
from tests.support import papers
from tests.support.server import Server

pytestmark = pytest.mark.journey


async def choose(clerk: ClerkPage) -> None:
    """Open by its key what pushes."""
    await expect(clerk.page.get_by_role("button", name=re.compile("^推送"))).to_be_enabled()
    await clerk.page.keyboard.press("d")
    await expect(clerk.page.get_by_role("dialog", name="推送给对方")).to_be_visible()


async def push_file(clerk: ClerkPage, content: bytes) -> None:
    """Choose a file to push."""
    payload: FilePayload = {"name": "参保登记表.pdf", "mimeType": "application/pdf", "buffer": content}
    await clerk.page.locator(".push-file input").set_input_files(payload)


async def on_page(citizen: CitizenPage, number: int) -> None:
    """See which page both look at."""
    await expect(citizen.page.get_by_text(f"第 {number} 页，共 3 页")).to_be_visible()


async def open_the_guide(clerk: ClerkPage, citizen: CitizenPage) -> None:
    """The citizen opens what was pushed on a page that knows nothing of the call, and the call goes on."""
    async with citizen.context.expect_page() as opened:
        await citizen.page.get_by_role("link", name=re.compile("^打开 办事指南")).click()
    guide = await opened.value
    await expect(guide.get_by_role("heading", name=re.compile("参保登记")).first).to_be_visible()
    assert await guide.evaluate("() => window.opener === null && document.referrer === ''")
    await expect(clerk.page.get_by_text(re.compile("对方打开了“办事指南"))).to_be_visible()
    await guide.close()
    await citizen.until_flows()


async def draw_on_the_second_page(clerk: ClerkPage, citizen: CitizenPage) -> None:
    """Each page has its own drawing, and comes back with it."""
    await clerk.page.keyboard.press("PageDown")
    await on_page(citizen, 2)
    await expect(clerk.page.get_by_text("2 / 3 页")).to_be_visible()
    for side in (clerk, citizen):
        await expect(sheet(side).locator("img")).to_be_visible()
        assert await shown(side) == [1240, 1754]
    await clerk.page.keyboard.press("a")
    await expect(clerk.page.get_by_role("toolbar", name="批注工具")).to_be_visible()
    await drag(clerk, (0.2, 0.3), (0.5, 0.6), (0.7, 0.35))
    for side in (clerk, citizen):
        await until_strokes(side, 1)
    await same_place(clerk, citizen)
    for key, page, count in (("PageUp", 1, 0), ("PageDown", 2, 1)):
        await clerk.page.keyboard.press(key)
        await on_page(citizen, page)
        for side in (clerk, citizen):
            await until_strokes(side, count)


async def save(citizen: CitizenPage, folder: Path) -> None:
    """The citizen keeps the very file."""
    async with citizen.page.expect_download() as saving:
        await citizen.page.get_by_role("link", name="存下来").click()
    saved = await saving.value
    assert saved.suggested_filename == "参保登记表.pdf"
    await saved.save_as(folder / "saved.pdf")


async def test_a_guide_is_opened_and_a_form_is_looked_at_together(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    clerk, citizen = await meet(browser, server.url)
    await citizen.until_flows()
    await choose(clerk)
    await clerk.page.keyboard.press("1")
    await expect(clerk.page.get_by_text(re.compile("已推送“办事指南.*对方还没打开"))).to_be_visible()
    await open_the_guide(clerk, citizen)

    # a hostile file stays with a sentence in the dialog; the form goes through
    await choose(clerk)
    await push_file(clerk, papers.SCRIPT)
    await expect(clerk.page.get_by_role("alert").get_by_text("脚本")).to_be_visible()
    await push_file(clerk, papers.FORM)
    await expect(clerk.page.get_by_role("dialog", name="推送给对方")).to_have_count(0)
    await expect(citizen.page.get_by_text("参保登记表.pdf").first).to_be_visible()
    await clerk.page.get_by_role("button", name="放到主画面").click()
    await on_page(citizen, 1)
    await draw_on_the_second_page(clerk, citizen)

    await save(citizen, tmp_path)
    assert (tmp_path / "saved.pdf").read_bytes() == papers.FORM
    await expect(clerk.page.get_by_text("对方打开了“参保登记表.pdf”")).to_be_visible()
    await citizen.until_flows()
    assert [one for one in clerk.trouble if "422" not in one] == []  # the browser's own line about the refusal
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()
