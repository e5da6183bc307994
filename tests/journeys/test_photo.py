"""A photo that the clerk asks for arrives in full size, lies on both stages and is drawn on; frames; bad files."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, FilePayload, expect
from sqlalchemy import text

from tests.journeys.people import CitizenPage, ClerkPage
from tests.journeys.test_first_call import meet, until_rows
from tests.journeys.test_stage import drag, same_place, sheet, until_strokes
from tests.support.pictures import CAMERA, HEIC, HTML, PLACE, photo_of_a_phone, picture
from tests.support.server import Server

pytestmark = pytest.mark.journey

_NATURAL = "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"


async def ask_for(clerk: ClerkPage, citizen: CitizenPage, digit: str = "1") -> None:
    """Ask for a photo by keys, and see the citizen's page ask."""
    await expect(clerk.page.get_by_role("button", name=re.compile("^拍照"))).to_be_enabled()
    await clerk.page.keyboard.press("p")
    await expect(clerk.page.get_by_role("dialog", name="请对方拍一张照片")).to_be_visible()
    await clerk.page.keyboard.press(digit)
    await expect(citizen.page.get_by_role("group", name="拍照")).to_be_visible()


async def send(citizen: CitizenPage) -> None:
    """Send what was taken, whatever the page thinks of it: the fake camera shows no card."""
    await citizen.page.get_by_role("button", name=re.compile("发给|仍然发送")).click()


async def request(server: Server) -> Any:
    async with server.city.database.reading() as rows:
        found = await rows.execute(text("SELECT state, way, width, height, file_id FROM photo_request"))
        return found.one()


async def shown(side: ClerkPage | CitizenPage) -> list[int]:
    """Return the size in pixels of the picture on a stage."""
    size: list[int] = await sheet(side).locator("img").evaluate(_NATURAL)
    return size


async def test_a_photo_arrives_in_full_size_and_is_drawn_on(
    browser: Browser, server: Server, record_property: Callable[[str, object], None]
) -> None:
    clerk, citizen = await meet(browser, server.url)
    await citizen.until_flows()
    await ask_for(clerk, citizen)
    await expect(citizen.page.get_by_role("heading", name="身份证，有照片的一面")).to_be_visible()
    await citizen.until("return document.querySelector('.shot > video')?.videoWidth > 0")
    await citizen.page.get_by_role("button", name="拍照").click()
    await send(citizen)
    await expect(citizen.page.get_by_role("button", name="挂断")).to_be_visible()
    row = await request(server)
    assert (row.state, row.way) == ("sent", "image_capture")
    record_property("photo by image_capture, pixels", f"{row.width} x {row.height}")

    # the newest picture, on the stage by one key, in the size that the citizen's page stated
    await expect(clerk.page.get_by_role("button", name=re.compile("新.*身份证，有照片的一面"))).to_be_visible()
    await clerk.page.keyboard.press("l")
    for side in (clerk, citizen):
        await expect(sheet(side).locator("img")).to_be_visible()
        assert await shown(side) == [row.width, row.height]
    await clerk.page.keyboard.press("a")
    await drag(clerk, (0.2, 0.3), (0.5, 0.6), (0.7, 0.35))
    for side in (clerk, citizen):
        await until_strokes(side, 1)
    await same_place(clerk, citizen)

    # away and back: what was drawn comes back with the picture
    await clerk.page.keyboard.press("a")
    await clerk.page.get_by_role("button", name=re.compile("^刘桂英")).click()
    await expect(citizen.page.get_by_role("heading", name="张艳丽")).to_be_visible()
    await expect(sheet(clerk).locator("video")).to_be_visible()
    await clerk.page.keyboard.press("l")
    for side in (clerk, citizen):
        await until_strokes(side, 1)
    await same_place(clerk, citizen)
    await citizen.until_flows()
    assert clerk.trouble == []
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()


async def test_a_frame_is_held_drawn_on_and_let_go(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    await clerk.until_flows()
    live = await clerk.page.locator(".stage-sheet video").evaluate("v => [v.videoWidth, v.videoHeight]")
    await clerk.page.keyboard.press("f")
    for side in (clerk, citizen):
        await expect(sheet(side).locator("img")).to_be_visible()
        assert await shown(side) == live
    await expect(clerk.page.get_by_role("button", name="取消定格")).to_be_visible()
    await clerk.page.keyboard.press("a")
    await drag(clerk, (0.3, 0.3), (0.6, 0.6))
    for side in (clerk, citizen):
        await until_strokes(side, 1)
    await same_place(clerk, citizen)
    await clerk.page.keyboard.press("a")
    await clerk.page.keyboard.press("f")
    await expect(citizen.page.get_by_role("heading", name="张艳丽")).to_be_visible()
    await expect(clerk.page.locator(".stage-sheet video")).to_be_visible()
    await clerk.until_flows()
    await clerk.end()
    await clerk.wrap_up("看过证件，已指导网上参保。")
    await until_rows(server, ("closed", "closed", "ended"))
    assert clerk.trouble == []
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()


async def choose(citizen: CitizenPage, name: str, content: bytes, kind: str = "image/jpeg") -> None:
    """Choose a file as if from the album."""
    payload: FilePayload = {"name": name, "mimeType": kind, "buffer": content}
    await citizen.page.locator("input[type=file]:not([capture])").set_input_files(payload)


async def test_bad_files_are_refused_in_words_and_a_good_one_goes_through(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    await citizen.until_flows()
    await ask_for(clerk, citizen, "3")
    heavy = picture()[:-2] + bytes(21 * 1024 * 1024)
    for name, content, words in (
        ("身份证.jpg", HTML, "JPG"),
        ("IMG_0001.HEIC", HEIC + bytes(3_000_000), "兼容性最佳"),
        ("大.jpg", heavy, "20"),
    ):
        await choose(citizen, name, content)
        await send(citizen)
        await expect(citizen.page.get_by_role("heading", name="没有发出去")).to_be_visible()
        await expect(citizen.page.get_by_role("status").get_by_text(words)).to_be_visible()
        await citizen.page.get_by_role("button", name="重新拍").click()
    await choose(citizen, "好的.jpg", photo_of_a_phone(orientation=6, size=(1200, 800)))
    await send(citizen)
    await expect(citizen.page.get_by_role("button", name="挂断")).to_be_visible()
    row = await request(server)
    assert (row.state, row.way, row.width, row.height) == ("sent", "album", 800, 1200)
    address = f"{server.url}/api/files/{row.file_id}?face=staff"
    kept = await (await clerk.context.request.get(address)).body()
    assert Image.open(io.BytesIO(kept)).size == (800, 1200)
    for trace in (PLACE, CAMERA.encode()):
        assert trace not in kept
    await citizen.until_flows()
    await clerk.context.close()
    await citizen.context.close()


async def test_after_a_lost_line_the_photo_arrives_once(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    await citizen.until_flows()
    await ask_for(clerk, citizen)
    tries: list[str] = []

    async def lose_the_answer(route: Any) -> None:
        tries.append(route.request.headers["idempotency-key"])
        if len(tries) < 3:
            if len(tries) == 2:
                await route.fetch()  # it arrived, but nobody is told
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await citizen.page.route("**/files?purpose=photo", lose_the_answer)
    await citizen.page.get_by_role("button", name="拍照").click()
    await send(citizen)
    await expect(citizen.page.get_by_role("button", name="挂断")).to_be_visible()
    assert len(tries) == 3
    assert len(set(tries)) == 1
    async with server.city.database.reading() as rows:
        kept = await rows.execute(text("SELECT count(*) FROM file WHERE state = 'stored'"))
        assert kept.scalar_one() == 1
    assert (await request(server)).state == "sent"
    await clerk.context.close()
    await citizen.context.close()


async def test_without_a_camera_there_is_the_phones_own(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url, deny_camera=True)  # who chooses to talk only, before the notice
    await citizen.in_call()
    await ask_for(clerk, citizen, "2")
    async with citizen.page.expect_file_chooser() as choosing:
        await citizen.page.get_by_role("button", name="打开相机").click()
    chooser = await choosing.value
    assert await chooser.element.get_attribute("capture") == "environment"
    photo: FilePayload = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(1600, 1000))}
    await chooser.set_files(photo)
    await send(citizen)
    await expect(citizen.page.get_by_role("button", name="挂断")).to_be_visible()
    row = await request(server)
    assert (row.state, row.way, row.width, row.height) == ("sent", "camera_app", 1600, 1000)

    # not at hand, and taken back
    await ask_for(clerk, citizen, "4")
    await citizen.page.get_by_role("button", name="手边没有").click()
    await expect(clerk.page.get_by_text("他手边没有“银行卡”")).to_be_visible()
    await ask_for(clerk, citizen, "3")
    await clerk.page.get_by_role("button", name="收回").click()
    await citizen.in_call()
    await clerk.context.close()
    await citizen.context.close()
