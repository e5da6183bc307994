"""J1 whole: what a citizen at home does from a word typed to the stars, and what stays of it in the record.

(a) on a phone, with a screenshot, a form and a photo; (b) on a computer, whose screen both look at.
"""

import re

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import text

from tests.journeys.people import CitizenPage, ClerkPage
from tests.journeys.test_chat import attach, bubbles, field, send
from tests.journeys.test_first_call import until_rows
from tests.journeys.test_photo import ask_for, choose, shown
from tests.journeys.test_pushed import choose as choose_what_to_push
from tests.journeys.test_pushed import on_page, push_file
from tests.journeys.test_stage import WIDE, drag, same_place, sheet, until_strokes
from tests.support import papers
from tests.support.pictures import picture
from tests.support.server import Server

pytestmark = pytest.mark.journey

SCREENSHOT, PHOTO = (900, 1600), (1600, 1000)


async def find_and_prepare(citizen: CitizenPage) -> None:
    """Type what it is called at home, read the guide, answer, and see what to have at hand."""
    page = citizen.page
    await page.get_by_role("searchbox").fill("养老保险")
    await page.get_by_role("searchbox").press("Enter")
    await page.get_by_role("link", name=re.compile("城乡居民养老保险参保登记")).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("城乡居民养老保险参保登记")
    await page.get_by_label("在许昌市（哪个县区都可以）").check()
    await expect(page.get_by_role("heading", name=re.compile("您要准备 . 样"))).to_be_visible()
    await page.get_by_role("button", name="开始视频帮办").or_(page.get_by_role("link", name="开始视频帮办")).click()
    await page.get_by_label("怎么称呼您").fill("刘桂英")
    await page.get_by_label("手机号").fill("19900001301")
    await page.locator(".dock button").click()


async def try_and_queue(citizen: CitizenPage) -> None:
    """Picture, level, tone and line are tried; notice and consent lead to a number with a place."""
    page = citizen.page
    await expect(page.get_by_role("button", name="看得见、听得到，下一步")).to_be_visible()
    await citizen.until("return (document.querySelector('main video')?.videoWidth ?? 0) > 0")
    await page.get_by_role("button", name="放一声听听").click()
    await page.get_by_role("button", name="听到了", exact=True).click()
    await page.get_by_role("button", name="看得见、听得到，下一步").click()
    await page.get_by_role("checkbox", name=re.compile("我同意视频通话")).check()
    await page.get_by_role("button", name="同意，开始排队").click()


async def be_rung(clerk: ClerkPage) -> None:
    """The ring says who, for what, and why this clerk."""
    page = clerk.page
    await expect(page.get_by_role("heading", name="刘桂英")).to_be_visible()
    await expect(page.get_by_role("main").get_by_text("城乡居民养老保险参保登记").first).to_be_visible()
    await expect(page.get_by_text("为什么是您")).to_be_visible()
    await clerk.answer("刘桂英")


async def look_at_the_screenshot(clerk: ClerkPage, citizen: CitizenPage) -> None:
    """The citizen sends it in the chat, the clerk draws on it, both see the same."""
    await citizen.page.get_by_role("button", name=re.compile("聊天")).click()
    await send(citizen, "这一页不会填")
    await attach(citizen, {"name": "截图.jpg", "mimeType": "image/jpeg", "buffer": picture(size=SCREENSHOT)})
    await expect(bubbles(clerk).first).to_have_text("这一页不会填")
    await expect(clerk.page.get_by_role("button", name=re.compile("^新"))).to_be_visible()
    await send(clerk, "我在图上指给您看")
    await expect(bubbles(citizen).last).to_have_text("我在图上指给您看")
    await citizen.page.get_by_role("button", name="收起").click()
    await field(clerk).evaluate("field => field.blur()")
    await clerk.page.keyboard.press("l")
    for side in (clerk, citizen):
        await expect(sheet(side).locator("img")).to_be_visible()
        assert await shown(side) == list(SCREENSHOT)
    await clerk.page.keyboard.press("a")
    await drag(clerk, (0.2, 0.3), (0.5, 0.6), (0.7, 0.35))
    for side in (clerk, citizen):
        await until_strokes(side, 1)
    await same_place(clerk, citizen)
    await clerk.page.keyboard.press("a")


async def hand_over_papers(clerk: ClerkPage, citizen: CitizenPage) -> None:
    """The clerk pushes the form; the citizen reads it, and sends the photo that is asked for."""
    await choose_what_to_push(clerk)
    await push_file(clerk, papers.FORM)
    await expect(clerk.page.get_by_role("dialog", name="推送给对方")).to_have_count(0)
    await citizen.page.get_by_role("button", name=re.compile("^打开.*参保登记表.pdf")).click()
    await on_page(citizen, 1)
    await citizen.page.get_by_role("dialog").get_by_role("button", name="关闭").last.click()
    await ask_for(clerk, citizen)
    await choose(citizen, "身份证.jpg", picture(size=PHOTO))
    await citizen.page.get_by_role("button", name=re.compile("发给|仍然发送")).click()
    await citizen.in_call()
    await expect(clerk.page.get_by_role("button", name=re.compile("新.*身份证，有照片的一面"))).to_be_visible()


async def close_and_rate(clerk: ClerkPage, citizen: CitizenPage) -> None:
    """No wrap-up without an outcome and words; then the citizen sees both and rates."""
    await clerk.end()
    await expect(clerk.page.get_by_role("heading", name="小结", exact=True)).to_be_visible()
    await clerk.page.keyboard.press("Control+Enter")
    await expect(clerk.page.get_by_role("heading", name="小结", exact=True)).to_be_visible()
    await clerk.wrap_up("已指导网上参保，本人已提交。")
    await citizen.see_result("已指导网上参保，本人已提交。")
    await citizen.rate("非常满意", "不用提交证明")
    await expect(citizen.page.get_by_text("谢谢您的评价")).to_be_visible()


async def look_at_the_screen(clerk: ClerkPage, citizen: CitizenPage) -> None:
    """The citizen shares it, the clerk sees it move and draws on it, both see the same; then it is shared no more."""
    await citizen.page.get_by_role("button", name="共享屏幕").click()
    await expect(citizen.page.get_by_role("heading", name="正在看您的屏幕")).to_be_visible()
    await expect(clerk.page.get_by_role("region", name="主画面：刘桂英的屏幕")).to_be_visible()
    await clerk.until(WIDE)
    await clerk.until_flows()
    await clerk.page.keyboard.press("a")
    await drag(clerk, (0.2, 0.3), (0.5, 0.6), (0.7, 0.35))
    for side in (clerk, citizen):
        await until_strokes(side, 1)
    await same_place(clerk, citizen)
    await citizen.page.get_by_role("button", name="停止共享").click()
    await expect(citizen.page.get_by_role("heading", name="张艳丽")).to_be_visible()
    await expect(clerk.page.get_by_role("region", name="主画面：刘桂英", exact=True)).to_be_visible()


async def write_to_each_other(clerk: ClerkPage, citizen: CitizenPage) -> None:
    """Words both ways, beside the call."""
    await citizen.page.get_by_role("button", name=re.compile("聊天")).click()
    await send(citizen, "填好了，是这样吗？")
    await expect(bubbles(clerk)).to_have_text(["填好了，是这样吗？"])
    await send(clerk, "对，可以提交了。")
    await expect(bubbles(citizen)).to_have_text(["填好了，是这样吗？", "对，可以提交了。"])
    await field(clerk).evaluate("field => field.blur()")


async def check_record(server: Server, *happened: str, chat: list[tuple[str, bool]]) -> None:
    """What an auditor finds: the course, what was said, who sent files, the outcome, the rating."""
    async with server.city.database.reading() as rows:
        kinds = await rows.execute(text("SELECT kind FROM session_event ORDER BY seq"))
        course = [kind for (kind,) in kinds]
        assert course[0] == "answered"
        assert course[-1] == "closed"
        for kind in ("joined", "message", "stage", "stroke", "ended", *happened):
            assert kind in course, course
        said = await rows.execute(text("SELECT side, file_id IS NOT NULL FROM chat_message ORDER BY seq"))
        assert [tuple(one) for one in said] == chat
        assert (await rows.execute(text("SELECT outcome, end_reason FROM session"))).one() == ("guided_online", "clerk")
        rating = await rows.execute(text("SELECT state, level, options FROM rating"))
        assert rating.one() == ("given", 5, ["512"])


async def begin(browser: Browser, server: Server, *, phone: bool) -> tuple[ClerkPage, CitizenPage]:
    """From the word typed until both see and hear each other."""
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    await clerk.be_ready()
    citizen = await CitizenPage.open(browser, server.url, phone=phone)
    await find_and_prepare(citizen)
    await try_and_queue(citizen)
    await be_rung(clerk)
    await citizen.in_call()
    for side in (clerk, citizen):
        await side.until_flows()
    return clerk, citizen


async def finish(server: Server, clerk: ClerkPage, citizen: CitizenPage) -> None:
    """After all that they still see and hear each other; outcome, summary and rating follow, and no page complained."""
    for side in (clerk, citizen):
        await side.until_flows()
    await close_and_rate(clerk, citizen)
    await until_rows(server, ("closed", "closed", "ended"))
    for side in (clerk, citizen):
        assert side.trouble == []
        await side.context.close()


async def test_from_a_word_typed_on_a_phone_to_the_stars(browser: Browser, server: Server) -> None:
    clerk, citizen = await begin(browser, server, phone=True)
    await look_at_the_screenshot(clerk, citizen)
    await hand_over_papers(clerk, citizen)
    await finish(server, clerk, citizen)
    chat = [("applicant", False), ("applicant", True), ("clerk", False)]
    await check_record(server, "push_doc", "push_opened", "photo_asked", chat=chat)
    async with server.city.database.reading() as rows:
        photo = await rows.execute(text("SELECT state, width, height FROM photo_request"))
        assert photo.one() == ("sent", *PHOTO)


async def test_from_a_word_typed_at_a_computer_to_the_stars(browser: Browser, server: Server) -> None:
    clerk, citizen = await begin(browser, server, phone=False)
    await look_at_the_screen(clerk, citizen)
    await write_to_each_other(clerk, citizen)
    await finish(server, clerk, citizen)
    await check_record(server, "stage_off", chat=[("applicant", False), ("clerk", False)])
