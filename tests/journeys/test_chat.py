"""Both sides write and send pictures and files; a line that breaks loses nothing; a whole talk in writing."""

import re

import pytest
from playwright.async_api import Browser, FilePayload, Locator, Route, expect
from sqlalchemy import text

from tests.journeys.browsers import Watched
from tests.journeys.people import CitizenPage, ClerkPage
from tests.journeys.test_first_call import meet
from tests.support.pictures import HEIC, HTML, PDF, picture
from tests.support.server import Server

pytestmark = pytest.mark.journey


def field(side: Watched) -> Locator:
    return side.page.locator(".chat-write textarea")


def bubbles(side: Watched) -> Locator:
    return side.page.locator(".chat-line .chat-bubble")


async def send(side: Watched, words: str) -> None:
    await field(side).fill(words)
    await side.page.get_by_role("button", name="发送", exact=True).click()


async def attach(side: Watched, *files: FilePayload) -> None:
    await side.page.get_by_role("button", name="发照片或文件").click()
    await side.page.locator(".chat-attach input").last.set_input_files(list(files))


async def said(server: Server) -> list[tuple[str, bool]]:
    async with server.city.database.reading() as rows:
        found = await rows.execute(text("SELECT side, file_id IS NOT NULL FROM chat_message ORDER BY seq"))
        return [(side, is_file) for side, is_file in found]


async def test_words_pictures_and_files_go_both_ways(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    await clerk.page.keyboard.press("F4")
    await expect(field(clerk)).to_be_focused()
    await clerk.page.keyboard.type("您好，请发身份证")
    await clerk.page.keyboard.press("Enter")
    await expect(citizen.page.get_by_role("status").filter(has_text="张艳丽：您好，请发身份证")).to_be_visible()
    await citizen.page.get_by_role("button", name=re.compile("^聊天，1 条没看|^1?聊天")).click()
    await expect(bubbles(citizen)).to_have_text(["您好，请发身份证"])
    await expect(clerk.page.locator(".chat-line").first).to_contain_text("已读")

    await attach(citizen, {"name": "身份证.jpg", "mimeType": "image/jpeg", "buffer": picture(size=(800, 600))})
    shown = (
        "return [...document.querySelectorAll('.chat-line .chat-picture img')].some((one) => one.naturalWidth > 300)"
    )
    for side in (citizen, clerk):
        await side.until(shown)
    await clerk.page.locator(".chat-picture").click()
    await expect(clerk.page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    await clerk.page.keyboard.press("Escape")
    await attach(clerk, {"name": "样表.pdf", "mimeType": "application/pdf", "buffer": PDF})
    line = citizen.page.get_by_role("link", name=re.compile("样表.pdf"))
    async with citizen.page.expect_download() as saving:
        await line.click()
    assert (await (await saving.value).path()).read_bytes() == PDF

    for name, kind, content, words in (
        ("网页.jpg", "image/jpeg", HTML, "这种文件不能发"),
        ("照片.heic", "image/heic", HEIC, "兼容性最佳"),
        ("大.jpg", "image/jpeg", picture()[:9] + bytes(21 * 1_048_576), "最多 20 MB"),
    ):
        await attach(citizen, {"name": name, "mimeType": kind, "buffer": content})
        await expect(citizen.page.locator(".chat-line").last).to_contain_text(words)
        await citizen.page.get_by_role("button", name="不发了").click()
    await field(citizen).fill("长" * 10_000)
    await citizen.page.get_by_role("button", name="发送", exact=True).click(force=True)
    await expect(citizen.page.get_by_role("alert")).to_contain_text("一次最多 2000 个字")
    await expect(field(citizen)).to_have_value("长" * 10_000)

    assert await said(server) == [("clerk", False), ("applicant", True), ("clerk", True)]
    assert clerk.trouble == []
    assert [one for one in citizen.trouble if "415" not in one] == []  # the browser reports the refused web page
    await clerk.context.close()
    await citizen.context.close()


async def test_papers_have_a_button_of_their_own(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    page = citizen.page
    button = page.get_by_role("button", name="传材料", exact=True)
    await button.click()
    await expect(page.get_by_role("heading", name="传材料")).to_be_focused()
    await expect(page.get_by_text("传过的材料会列在这里，张艳丽马上看得到。")).to_be_visible()
    await expect(page.locator(".papers input[capture=environment]")).to_have_count(1)  # a phone's camera
    papers = page.get_by_role("list", name="这次传的").get_by_role("listitem")
    for name, content, words in (
        ("户口簿.jpg", picture(size=(800, 600)), "张艳丽收到了"),
        ("网页.jpg", HTML, "这种文件不能发"),
    ):
        chosen: FilePayload = {"name": name, "mimeType": "image/jpeg", "buffer": content}
        await page.locator(".papers input").last.set_input_files(chosen)
        await expect(papers.filter(has_text=name)).to_contain_text(words)
    await papers.filter(has_text="网页.jpg").get_by_role("button", name="不传了").click()
    await expect(papers).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(button).to_be_focused()
    await page.get_by_role("button", name=re.compile("^聊天")).click()
    await expect(page.locator(".chat-line .chat-picture")).to_have_count(1)
    assert await said(server) == [("applicant", True)]
    assert clerk.trouble == []
    assert [one for one in citizen.trouble if "415" not in one] == []
    await clerk.context.close()
    await citizen.context.close()


async def test_a_line_that_breaks_doubles_and_loses_nothing(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    await citizen.page.get_by_role("button", name="聊天").click()
    lost: list[str] = []

    async def lose_the_answer(route: Route) -> None:
        """The server does it, and nobody hears of it."""
        await route.fetch()
        lost.append(route.request.url)
        await route.abort("connectionreset")

    await citizen.page.route("**/messages", lose_the_answer)
    await field(citizen).fill("第一条")
    await field(citizen).press("Enter")
    await send(citizen, "第一条\n接着写")
    await expect(bubbles(clerk)).to_have_text(["第一条\n接着写"], use_inner_text=True)
    assert lost
    await citizen.page.unroute("**/messages")
    await citizen.context.set_offline(True)
    await send(citizen, "断了也不丢")
    await expect(citizen.page.locator(".chat-line").last).to_contain_text("连上网就自动发")
    await citizen.context.set_offline(False)
    for side in (citizen, clerk):
        await expect(bubbles(side)).to_have_text(["第一条\n接着写", "断了也不丢"], use_inner_text=True)
    await expect(citizen.page.locator(".chat-line").last).to_contain_text("已读")

    await field(citizen).fill("写到一半")
    await citizen.page.reload()
    await citizen.in_call()
    await citizen.page.get_by_role("button", name="聊天").click()
    await expect(field(citizen)).to_have_value("写到一半")
    await expect(bubbles(citizen)).to_have_count(2)
    assert await said(server) == [("applicant", False)] * 2
    await clerk.context.close()
    await citizen.context.close()


async def test_a_whole_talk_in_writing(browser: Browser, server: Server) -> None:
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    citizen = await CitizenPage.open(browser, server.url)
    await citizen.take_number(typed=True)
    await expect(clerk.page.locator(".queue .ticket").first).to_contain_text("文字沟通")
    await clerk.page.keyboard.press("F8")
    await expect(clerk.page.locator(".ring-card")).to_contain_text("对方听不到或说不了")
    await clerk.answer("刘桂英")
    await citizen.in_call()
    await expect(clerk.page.get_by_text("文字沟通：对方听不到或说不了，请打字")).to_be_visible()
    await expect(citizen.page.get_by_role("heading", name="张艳丽，打字交谈")).to_be_visible()
    await expect(citizen.page.get_by_role("button", name="开话筒")).to_be_visible()
    muted = "return window.connections[0].getSenders().some((one) => one.track?.kind === 'audio' && !one.track.enabled)"
    await citizen.until(muted)

    await clerk.page.keyboard.press("F4")
    await clerk.page.keyboard.press("/")
    await clerk.page.get_by_role("combobox", name="打几个字来找").fill("不收费")
    await expect(clerk.page.get_by_role("option", name="这件事不收费。")).to_be_visible()  # once they have come
    await clerk.page.keyboard.press("Enter")
    await expect(field(clerk)).to_have_value("这件事不收费。")
    await expect(bubbles(citizen)).to_have_count(0)
    await clerk.page.keyboard.press("Enter")
    await expect(bubbles(citizen)).to_have_text(["这件事不收费。"])
    await send(citizen, "好，谢谢")
    await expect(bubbles(clerk)).to_have_text(["这件事不收费。", "好，谢谢"])
    size = await bubbles(citizen).first.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 21

    await citizen.page.get_by_role("button", name="开话筒").click()
    await expect(citizen.page.get_by_role("button", name="关话筒")).to_be_visible()
    await clerk.end()
    await clerk.page.get_by_role("tab", name=re.compile("^聊天")).click()
    await expect(bubbles(clerk)).to_have_text(["这件事不收费。", "好，谢谢"])
    await clerk.wrap_up("文字沟通，指导网上参保，已提交。")
    await citizen.see_result("文字沟通，指导网上参保，已提交。")
    assert clerk.trouble == []
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()
