"""J1, reduced to what exists: from item to rating in two real browsers, media flowing both ways, rows agreeing."""

import pytest
from playwright.async_api import Browser, Route, expect
from sqlalchemy import text

from tests.journeys.people import CitizenPage, ClerkPage
from tests.support.server import Server

pytestmark = pytest.mark.journey


async def meet(
    browser: Browser, url: str, *, clerks: Browser | None = None, deny_camera: bool = False, phone: bool = True
) -> tuple[ClerkPage, CitizenPage]:
    """Bring a clerk, perhaps in another browser, and a citizen into a call."""
    clerk = await ClerkPage.open(clerks or browser, url)
    await clerk.sign_in()
    await clerk.be_ready()
    citizen = await CitizenPage.open(browser, url, deny_camera=deny_camera, phone=phone)
    await citizen.take_number()
    await clerk.answer("刘桂英")
    if not deny_camera:
        await citizen.in_call()
    return clerk, citizen


async def states(server: Server) -> tuple[str, str, str]:
    async with server.city.database.reading() as rows:
        found = await rows.execute(
            text(
                "SELECT t.state, s.state, c.state FROM ticket t JOIN session s ON s.ticket_id = t.id"
                " JOIN call c ON c.session_id = s.id"
            )
        )
        ticket, session, call = found.one()
        return ticket, session, call


async def until_rows(server: Server, wanted: tuple[str, str, str]) -> None:
    async with server.city.database.reading() as rows:
        for _ in range(200):
            if await states(server) == wanted:
                return
            await rows.execute(text("SELECT pg_sleep(0.05)"))
    assert await states(server) == wanted


async def test_from_item_to_rating(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url)
    await clerk.until_flows()
    await citizen.until_flows()
    await until_rows(server, ("serving", "open", "connected"))
    await clerk.end()
    await clerk.wrap_up("已指导网上参保，本人已提交。")
    await until_rows(server, ("closed", "closed", "ended"))
    await citizen.see_result("已指导网上参保，本人已提交。")
    await citizen.rate("非常满意", "不用提交证明")
    await expect(citizen.page.get_by_text("谢谢您的评价")).to_be_visible()
    async with server.city.database.reading() as rows:
        assert (await rows.execute(text("SELECT state, level, options FROM rating"))).one() == ("given", 5, ["512"])
        outcome = await rows.execute(text("SELECT outcome, end_reason FROM session"))
        assert outcome.one() == ("guided_online", "clerk")
    assert clerk.trouble == []
    assert citizen.trouble == []
    await clerk.context.close()
    await citizen.context.close()


async def test_voice_only_when_the_camera_is_denied(browser: Browser, server: Server) -> None:
    clerk, citizen = await meet(browser, server.url, deny_camera=True)
    await citizen.in_call()
    await clerk.until_flows(video=False)
    await citizen.until_flows()
    await until_rows(server, ("serving", "open", "connected"))
    await citizen.hang_up()
    await until_rows(server, ("closed", "wrapping", "ended"))
    await clerk.context.close()
    await citizen.context.close()


async def test_becoming_ready_while_somebody_waits_rings_at_once(browser: Browser, server: Server) -> None:
    clerk = await ClerkPage.open(browser, server.url)
    await clerk.sign_in()
    citizen = await CitizenPage.open(browser, server.url)
    await citizen.take_number()

    async def answer_after_the_ring(route: Route) -> None:
        answer = await route.fetch()
        await expect(clerk.page.get_by_role("heading", name="刘桂英")).to_be_visible()
        await route.fulfill(response=answer)

    await clerk.page.route("**/api/workbench/presence", answer_after_the_ring)
    await clerk.page.keyboard.press("F8")
    await clerk.answer("刘桂英")
    await citizen.in_call()
    await clerk.context.close()
    await citizen.context.close()
