"""What a clerk draws stands in the same place on both sides, at any size; screens are shared and leave the stage."""

import base64
from math import floor

import pytest
from playwright.async_api import Browser, FloatRect, Locator, expect

from tests.journeys.browsers import Watched
from tests.journeys.people import CitizenPage, ClerkPage
from tests.journeys.test_first_call import meet
from tests.support.server import Server

pytestmark = pytest.mark.journey

WITHIN_PX = 2
# On the stage a picture wider than any camera's has come.
WIDE = "const video = document.querySelector('.stage-sheet video');return video !== null && video.videoWidth > 640"

# The brightest part of what comes of the picture on the stage, 0 for black; also while the page hides it.
BRIGHTEST = """
    const video = document.querySelector('.stage-sheet video');
    const canvas = Object.assign(document.createElement('canvas'), { width: 32, height: 18 });
    const paper = canvas.getContext('2d');
    paper.drawImage(video, 0, 0, 32, 18);
    return Math.max(...paper.getImageData(0, 0, 32, 18).data.filter((_, at) => at % 4 < 3))
"""
NEARLY_BLACK = 24

# Where the pen's red is in a picture of the sheet: the edges of what is drawn, in pixels.
_FIND_RED = """
async (shot) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + shot;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
  const paper = canvas.getContext('2d');
  paper.drawImage(image, 0, 0);
  const { data, width, height } = paper.getImageData(0, 0, image.width, image.height);
  const found = { left: width, right: 0, top: height, bottom: 0, pixels: 0 };
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] < 180 || data[at + 1] > 150) continue; // half of the pixel is ink
    const x = (at / 4) % width, y = Math.floor(at / 4 / width);
    found.left = Math.min(found.left, x); found.right = Math.max(found.right, x);
    found.top = Math.min(found.top, y); found.bottom = Math.max(found.bottom, y);
    found.pixels += 1;
  }
  return found;
}
"""


def sheet(side: Watched) -> Locator:
    return side.page.locator(".stage-sheet")


async def lies(side: Watched) -> FloatRect:
    """Return where the sheet lies, as soon as it is seen: it is hidden while no picture comes."""
    try:
        await side.until("return (document.querySelector('.stage-sheet')?.getClientRects().length ?? 0) > 0")
    except TimeoutError:
        raise AssertionError(await side.page.get_by_role("main").inner_text()) from None
    box = await sheet(side).bounding_box()
    assert box is not None
    return box


async def red(side: Watched) -> dict[str, float]:
    """Look at the sheet without what moves behind it."""
    await expect(sheet(side)).to_be_visible()
    await sheet(side).evaluate(
        "sheet => { sheet.querySelector('video, img').style.visibility = 'hidden';"
        " sheet.querySelector('svg').style.background = '#fff'; }"
    )
    box = await lies(side)
    shot = await sheet(side).screenshot()
    found: dict[str, float] = await side.page.evaluate(_FIND_RED, base64.b64encode(shot).decode())
    origin = {"x": box["x"], "y": box["y"]}
    # The picture begins at a whole pixel, the sheet where it likes; a pixel's middle is what counts.
    for edge, start in (("left", "x"), ("right", "x"), ("top", "y"), ("bottom", "y")):
        found[edge] += floor(origin[start]) + 0.5 - origin[start]
    return found | {"width": box["width"], "height": box["height"]}


async def drag(side: Watched, *places: tuple[float, float]) -> None:
    """Draw with the mouse along places, given as shares of the sheet."""
    box = await lies(side)
    for index, (x, y) in enumerate(places):
        await side.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
        if index == 0:
            await side.page.mouse.down()
    await side.page.mouse.up()


async def until_strokes(side: Watched, count: int) -> None:
    await expect(side.page.locator(".stage-ink path")).to_have_count(count)


async def same_place(clerk: ClerkPage, citizen: CitizenPage) -> None:
    ours, theirs = await red(clerk), await red(citizen)
    assert min(ours["pixels"], theirs["pixels"]) > 200
    for edge, side in (("left", "width"), ("right", "width"), ("top", "height"), ("bottom", "height")):
        expected = ours[edge] / ours[side] * theirs[side]
        assert abs(theirs[edge] - expected) <= WITHIN_PX, (edge, ours, theirs)


async def test_what_is_drawn_stands_in_the_same_place(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    await citizen.until_flows()
    await clerk.page.keyboard.press("a")
    await expect(clerk.page.get_by_role("toolbar", name="批注工具")).to_be_visible()
    await expect(citizen.page.get_by_role("heading", name="正在指给您看")).to_be_visible()
    await drag(clerk, (0.2, 0.3), (0.5, 0.6), (0.7, 0.35))
    await clerk.page.keyboard.press("5")
    await drag(clerk, (0.15, 0.2), (0.8, 0.75))
    for side in (clerk, citizen):
        await until_strokes(side, 2)
    await same_place(clerk, citizen)
    await citizen.page.set_viewport_size({"width": 844, "height": 390})
    await same_place(clerk, citizen)

    # a page that was away sees the same
    await citizen.page.reload()
    await citizen.in_call()
    await until_strokes(citizen, 2)
    await same_place(clerk, citizen)

    await clerk.page.keyboard.press("Control+z")
    for side in (clerk, citizen):
        await until_strokes(side, 1)
    await clerk.page.keyboard.press("Control+Delete")
    for side in (clerk, citizen):
        await until_strokes(side, 0)
    await clerk.page.keyboard.press("a")
    await expect(citizen.page.get_by_role("heading", name="张艳丽")).to_be_visible()
    assert clerk.trouble == []
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()


async def test_the_citizen_sees_what_the_clerk_enlarges_and_turns(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    await citizen.until_flows()
    await clerk.page.keyboard.press("a")
    await until_strokes(citizen, 0)
    before = await lies(citizen)
    await clerk.page.keyboard.press("+")
    await clerk.page.keyboard.press("r")
    turned = "(wanted) => document.querySelector('.stage-sheet')?.style.transform === 'rotate(90deg)'"
    await citizen.until(f"return ({turned})()")
    after = await lies(citizen)
    assert after["height"] > before["height"]
    await drag(clerk, (0.4, 0.4), (0.6, 0.6))
    for side in (clerk, citizen):
        await until_strokes(side, 1)
    await clerk.context.close()
    await citizen.context.close()


async def test_a_citizen_at_a_computer_shares_the_screen(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url, phone=False)
    await citizen.until_flows()
    await citizen.page.get_by_role("button", name="共享屏幕").click()
    await expect(citizen.page.get_by_role("heading", name="正在看您的屏幕")).to_be_visible()
    await expect(clerk.page.get_by_role("region", name="主画面：刘桂英的屏幕")).to_be_visible()
    await clerk.until(WIDE)
    await clerk.page.keyboard.press("a")
    await drag(clerk, (0.3, 0.3), (0.6, 0.5))
    for side in (clerk, citizen):
        await until_strokes(side, 1)
    await same_place(clerk, citizen)
    await citizen.page.get_by_role("button", name="停止共享").click()
    await expect(citizen.page.get_by_role("heading", name="张艳丽")).to_be_visible()
    await expect(clerk.page.get_by_role("region", name="主画面：刘桂英", exact=True)).to_be_visible()

    await clerk.page.keyboard.press("s")
    await expect(citizen.page.get_by_role("heading", name="张艳丽的屏幕")).to_be_visible()
    await citizen.until(WIDE)
    await clerk.page.reload()
    await expect(citizen.page.get_by_role("heading", name="张艳丽", exact=True)).to_be_visible()
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()


async def test_a_shared_screen_is_covered_for_a_password(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url, phone=False)
    await citizen.until_flows()
    await citizen.page.get_by_role("button", name="共享屏幕").click()
    await clerk.until(WIDE)
    assert await clerk.page.evaluate(f"() => {{{BRIGHTEST}}}") > NEARLY_BLACK
    await citizen.page.get_by_role("button", name="遮住", exact=True).click()
    await expect(citizen.page.get_by_role("heading", name="您的屏幕遮住了")).to_be_visible()
    await expect(clerk.page.get_by_role("status").filter(has_text="刘桂英把屏幕遮住了")).to_be_visible()
    await clerk.until(f"return (() => {{{BRIGHTEST}}})() < {NEARLY_BLACK}")
    await expect(clerk.page.get_by_role("button", name="定格")).to_be_disabled()
    await citizen.page.get_by_role("button", name="露出来").click()
    await expect(citizen.page.get_by_role("heading", name="正在看您的屏幕")).to_be_visible()
    await expect(sheet(clerk)).to_be_visible()
    await clerk.until(f"return (() => {{{BRIGHTEST}}})() > {NEARLY_BLACK}")

    await clerk.page.keyboard.press("s")
    await clerk.page.get_by_role("button", name="遮住我的屏幕").click()
    await expect(citizen.page.get_by_role("status").filter(has_text="张艳丽先把屏幕遮住了")).to_be_visible()
    assert citizen.trouble == []
    assert clerk.trouble == []
    await clerk.context.close()
    await citizen.context.close()
