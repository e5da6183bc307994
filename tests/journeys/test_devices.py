"""Devices before and during a call: refused, absent, exchanged, pulled out, taken by the system; in real browsers."""

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browsers import FLAGS, chromium
from tests.journeys.people import CitizenPage, ClerkPage
from tests.support.city import WEIDU
from tests.support.server import Server

pytestmark = pytest.mark.journey

DENYING = [one + "=deny" if one == "--use-fake-ui-for-media-stream" else one for one in FLAGS]
WITHOUT = [one for one in FLAGS if not one.startswith("--use-fake-device")]

# Nothing can pull out a fake device, nor phone it: the track is told what a browser would tell it.
_LAST = "window.connections[window.connections.length - 1]"
_VOICE = f"{_LAST}.getSenders().find((one) => one.track?.kind === 'audio').track"
PULL_OUT = f"{_VOICE}.dispatchEvent(new Event('ended'))"
TAKE = (
    f"Object.defineProperty({_VOICE}, 'muted', {{ configurable: true, value: true }});"
    f"{_VOICE}.dispatchEvent(new Event('mute'))"
)
GIVE_BACK = f"delete {_VOICE}.muted; {_VOICE}.dispatchEvent(new Event('unmute'))"
AGREED = f"{_LAST}.remoteDescription.sdp"
CHOSEN = "[...Object.values(JSON.parse(localStorage.getItem('cw:devices')))].sort()"
SENT = f"{_LAST}.getSenders().map((one) => one.track?.getSettings().deviceId).filter(Boolean).sort()"


async def test_refused_at_every_step_and_served_all_the_same(browser: Browser, server: Server) -> None:
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    async with chromium(flags=DENYING) as refusing:
        citizen = await CitizenPage.open(refusing, server.url, deny_camera=True)
        page = citizen.page
        await page.goto(f"{server.url}/devices?item=P01")
        await expect(page.get_by_role("heading", name="摄像头和话筒没有打开")).to_be_visible()
        await expect(page.get_by_text("没有允许")).to_have_count(2)
        await page.get_by_role("button", name="我打开了，再试一次").click()
        await expect(page.get_by_role("button", name="我打开了，再试一次")).to_be_enabled()
        await expect(page.get_by_text("没有允许")).to_have_count(2)
        await page.goto(f"{server.url}/?r={WEIDU}")
        await citizen.take_number()
        await page.get_by_role("button", name="打开摄像头和话筒").click()
        await expect(page.get_by_text("没有全打开")).to_be_visible()
        await clerk.be_ready()
        await clerk.answer("刘桂英")
        await expect(page.get_by_role("heading", name="摄像头没有打开")).to_be_visible()
        await page.get_by_role("button", name="不用画面，只说话").click()
        await citizen.until("return document.querySelector('.plate') !== null")
        await citizen.context.close()
    await clerk.context.close()


async def test_without_any_device_one_is_told_so(server: Server) -> None:
    async with chromium(flags=WITHOUT) as bare:
        citizen = await CitizenPage.open(bare, server.url)
        await citizen.page.goto(f"{server.url}/devices?item=P01")
        await expect(citizen.page.get_by_text("没有找到")).to_have_count(2)
        await expect(citizen.page.get_by_text("看看摄像头和话筒插好没有")).to_be_visible()
        await citizen.context.close()


async def test_devices_are_exchanged_while_talking(browser: Browser, server: Server) -> None:
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    await clerk.be_ready()
    citizen = await CitizenPage.open(browser, server.url, phone=False)
    await citizen.take_number()
    await clerk.answer("刘桂英")
    await citizen.in_call()
    await clerk.until_flows()
    agreed = await citizen.page.evaluate(AGREED)
    await citizen.page.get_by_role("button", name="设备", exact=True).click()
    dialog = citizen.page.get_by_role("dialog")
    for label in ("摄像头", "话筒"):
        box = dialog.get_by_label(label, exact=True)
        before = await box.input_value()
        await box.select_option(index=2)
        await expect(box).to_be_enabled()
        await expect(box).not_to_have_value(before)
    await dialog.get_by_role("button", name="选好了").click()
    assert await citizen.page.evaluate(SENT) == await citizen.page.evaluate(CHOSEN)
    await clerk.until_flows()
    assert await citizen.page.evaluate(AGREED) == agreed
    await clerk.page.keyboard.press("z")
    box = clerk.page.get_by_role("dialog").get_by_label("摄像头", exact=True)
    await box.select_option(index=2)
    await expect(box).to_be_enabled()
    await clerk.page.keyboard.press("Escape")
    await citizen.until_flows(video=False)
    await citizen.page.evaluate(TAKE)
    await expect(citizen.page.get_by_text("被系统关着")).to_be_visible()
    await expect(clerk.page.get_by_text("被系统收走了")).to_be_visible()
    await citizen.page.evaluate(GIVE_BACK)
    await expect(clerk.page.get_by_text("被系统收走了")).to_have_count(0)
    await citizen.page.evaluate(PULL_OUT)
    await expect(citizen.page.get_by_text("原来的话筒不见了，换成了")).to_be_visible()
    await citizen.page.get_by_role("button", name="知道了").click()
    await clerk.until_flows(video=False)
    assert clerk.trouble == []
    assert citizen.trouble == []
    await citizen.context.close()
    await clerk.context.close()
