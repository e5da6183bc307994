"""留言: written instead of waiting, answered by the desk in writing, read at once, asked on and answered again."""

import re

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import text

from tests.journeys.people import CitizenPage, ClerkPage
from tests.support.server import Server

pytestmark = pytest.mark.journey

QUESTION = "卡丢了，待遇会不会停发？"
ANSWER = "不会停发，补卡以后照常发到新卡。"


async def until_found(server: Server, sql: str, wanted: object) -> None:
    async with server.city.database.reading() as rows:
        for _ in range(200):
            if await rows.scalar(text(sql)) == wanted:
                return
            await rows.execute(text("SELECT pg_sleep(0.05)"))
        assert await rows.scalar(text(sql)) == wanted


async def leave_a_letter(citizen: CitizenPage) -> None:
    """Give the number up for a letter."""
    await citizen.page.get_by_role("link", name=re.compile(r"改为留言.*前答复您")).click()
    await citizen.page.get_by_label("您想问什么？").fill(QUESTION)
    await citizen.page.get_by_role("button", name="留言，不排了").click()
    await expect(citizen.page.get_by_text(re.compile("等答复"))).to_be_visible()


async def test_a_letter_is_answered_read_and_asked_on(browser: Browser, server: Server) -> None:
    citizen = await CitizenPage.open(browser, server.url)
    await citizen.take_number()
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    await leave_a_letter(citizen)
    await until_found(server, "SELECT t.close_reason FROM letter l JOIN ticket t ON t.id = l.ticket_id", "left")

    # the clerk sees that something waits, and who and what only after opening it
    await expect(clerk.page.get_by_role("link", name=re.compile("留言待回.*1"))).to_be_visible()
    await clerk.page.keyboard.press("y")
    await expect(clerk.page.get_by_role("heading", name="留言和回呼")).to_be_visible()
    assert QUESTION not in await clerk.page.content()
    await clerk.page.keyboard.press("j")
    await clerk.page.keyboard.press("Enter")
    await expect(clerk.page.get_by_role("heading", name=re.compile("刘桂英：居民养老参保"))).to_be_visible()
    await expect(clerk.page.get_by_text(QUESTION)).to_be_visible()
    await clerk.page.get_by_label("写给刘桂英的话").fill(ANSWER)

    # what was typed is still there after a reload
    await clerk.page.reload()
    await clerk.page.get_by_role("button", name=re.compile("居民养老参保.*写了一半")).click()
    reply = clerk.page.get_by_label("写给刘桂英的话")
    await expect(reply).to_have_value(ANSWER)
    await reply.press("Control+Enter")
    await expect(clerk.page.get_by_text("留言都回完了")).to_be_visible()

    # the page that is open shows it, and says so
    await expect(citizen.page.get_by_text(ANSWER)).to_be_visible()
    await expect(citizen.page.get_by_text("张艳丽").first).to_be_visible()
    await until_found(server, "SELECT count(*) FROM letter WHERE read_at IS NOT NULL", 1)
    await citizen.page.get_by_label("还想问什么？").fill("那要几天？")
    await citizen.page.get_by_role("button", name="追问").click()
    await citizen.page.get_by_role("link", name=re.compile("首页|返回")).first.click()
    await expect(citizen.page.get_by_role("link", name=re.compile("留言：居民养老参保.*等答复"))).to_be_visible()

    await clerk.page.get_by_role("button", name=re.compile("居民养老参保.*追问")).click()
    await clerk.page.get_by_label("写给刘桂英的话").fill("三个工作日。")
    await clerk.page.get_by_role("button", name="发出").click()
    await citizen.page.get_by_role("link", name=re.compile("留言：居民养老参保.*有答复了")).click()
    await expect(citizen.page.get_by_text("三个工作日。")).to_be_visible()
    assert clerk.trouble == []
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()


async def test_a_ring_wins_over_a_half_written_answer(browser: Browser, server: Server) -> None:
    writer = await CitizenPage.open(browser, server.url)
    await writer.take_number("王秀兰", "19900001302")
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    await leave_a_letter(writer)
    await clerk.be_ready()
    await clerk.page.get_by_role("button", name=re.compile("回复")).click()
    await clerk.page.get_by_label("写给王秀兰的话").fill(ANSWER)
    caller = await CitizenPage.open(browser, server.url)
    await caller.take_number()
    await clerk.answer("刘桂英")
    await caller.in_call()
    await caller.hang_up()
    await expect(clerk.page.get_by_role("heading", name="小结", exact=True)).to_be_visible()
    await clerk.page.keyboard.press("2")
    await clerk.page.keyboard.press("Control+Enter")

    # back where the ring came in between
    await expect(clerk.page.get_by_label("写给王秀兰的话")).to_have_value(ANSWER)
    assert clerk.trouble == []
    for person in (writer, caller, clerk):
        await person.context.close()
