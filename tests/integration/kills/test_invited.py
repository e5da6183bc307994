"""kill -9 while somebody is asked into a call, and while three talk: the ring is still there, the three go on."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from tests.integration.kills.invariants import check, check_answers
from tests.integration.kills.steady import Steady, SteadyCitizen, SteadyClerk
from tests.support.client import flow
from tests.support.server import Server

EXPERT = "lihongxia"


@dataclass
class Talk:
    """A clerk and a citizen who talk, and an expert who could be asked in."""

    server: Server
    clerk: SteadyClerk
    citizen: SteadyCitizen
    expert: SteadyClerk
    call: str

    @property
    def everybody(self) -> list[Steady]:
        """All pages that are open."""
        return [self.clerk, self.citizen, self.expert]

    def ask(self, key: str) -> Callable[[], Awaitable[httpx.Response]]:
        """The clerk asks the expert in."""
        body = {"staff_id": self.expert.me["id"], "words": "能不能认？"}
        return lambda: self.clerk.send(f"/api/calls/{self.call}/invitations", body, key=key)

    async def come(self) -> dict[str, Any]:
        """The expert is rung and comes; all three pages say so."""
        joined = await self.expert.accept()
        await self.are("applicant", "clerk", "invited")
        return joined

    async def are(self, *sides: str) -> None:
        """Whoever is in the call knows these to be in it."""
        for page in self.everybody:
            if page is not self.expert or "invited" in sides:
                await page.until(lambda state: state["call"] and _sides(state) == sorted(sides))

    async def die_and_return(self) -> None:
        """The server is killed and comes back; pages and rows agree, and nothing is doubled."""
        self.server.kill()
        await check(self.server.city)
        await self.server.start()
        await self.all_is_well()

    async def die_at(self, place: str, request: Callable[[], Awaitable[httpx.Response]]) -> None:
        """The server dies at a place to which a request brings it, which nobody answers, and comes back."""
        await self.clerk.post("/api/test/failpoints", {"name": place, "effect": "kill"})
        with suppress(httpx.TransportError):
            raise AssertionError(await request())
        await self.server.wait_dead()
        await check(self.server.city)
        await self.server.start()

    async def all_is_well(self) -> None:
        """Rows hold together, answers stand, and every page agrees with a fresh fetch."""
        for page in self.everybody:
            await page.agrees()
        await check(self.server.city)
        await check_answers(self.server.city, self.everybody)

    async def parts(self) -> list[tuple[Any, ...]]:
        """Who is rung or takes part."""
        query = text("SELECT f.account, e.kind, e.state FROM engagement e JOIN staff f ON f.id = e.staff_id ORDER BY 1")
        async with self.server.city.database.reading() as rows:
            return [tuple(row) for row in await rows.execute(query)]


def _sides(state: dict[str, Any]) -> list[str]:
    return sorted(one["side"] for one in state["call"]["participants"])


@pytest.fixture
async def talk(server: Server) -> AsyncIterator[Talk]:
    async with AsyncExitStack() as stack:
        clerk = await stack.enter_async_context(SteadyClerk(server.url))
        expert = await stack.enter_async_context(SteadyClerk(server.url))
        citizen = await stack.enter_async_context(SteadyCitizen(server.url))
        await clerk.sign_in()
        await citizen.enter()
        await citizen.take()
        joined = await clerk.accept()
        await flow(clerk, citizen, joined)
        await expert.sign_in(EXPERT)
        opened = Talk(server, clerk, citizen, expert, joined["call"]["id"])
        for page in opened.everybody:
            await page.stay()
        yield opened


async def test_while_an_expert_is_rung(talk: Talk) -> None:
    await talk.clerk.post(f"/api/calls/{talk.call}/invitations", {"staff_id": talk.expert.me["id"], "words": ""})
    offer = (await talk.expert.until(lambda state: state["offer"]))["offer"]
    await talk.die_and_return()
    assert talk.expert.state["offer"]["engagement_id"] == offer["engagement_id"]
    # a time away that was longer than a moment is nobody's fault
    assert talk.expert.state["offer"]["expires_at"] >= offer["expires_at"]
    await talk.come()
    assert await talk.parts() == [("lihongxia", "invite", "accepted"), ("zhangyanli", "serve", "accepted")]
    await talk.all_is_well()


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_while_the_clerk_asks(talk: Talk, moment: str) -> None:
    key = str(uuid4())
    await talk.die_at(f"call.invite.{moment}_commit", talk.ask(key))
    for _ in range(2):  # asked again with its key, it rings once
        assert (await talk.ask(key)()).is_success
    await talk.come()
    assert await talk.parts() == [("lihongxia", "invite", "accepted"), ("zhangyanli", "serve", "accepted")]
    await talk.all_is_well()


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_while_the_expert_comes(talk: Talk, moment: str) -> None:
    await talk.ask(str(uuid4()))()
    ring = (await talk.expert.until(lambda state: state["offer"]))["offer"]["engagement_id"]
    key = str(uuid4())
    await talk.die_at(
        f"engagement.accept.{moment}_commit",
        lambda: talk.expert.send(f"/api/engagements/{ring}/accept", key=key),
    )
    await talk.expert.post(f"/api/engagements/{ring}/accept", key=key)
    await talk.are("applicant", "clerk", "invited")
    assert await talk.parts() == [("lihongxia", "invite", "accepted"), ("zhangyanli", "serve", "accepted")]
    await talk.all_is_well()


async def test_while_three_talk(talk: Talk) -> None:
    await talk.ask(str(uuid4()))()
    joined = await talk.come()
    seats = {one["id"]: one["attempt"] for one in talk.clerk.state["call"]["participants"]}
    await talk.die_and_return()
    for page in talk.everybody:
        call = page.state["call"]
        assert (call["id"], call["state"]) == (talk.call, "connected")
        assert {one["id"]: one["attempt"] for one in call["participants"]} == seats
    assert joined["participant_id"] in seats
    await talk.expert.post(f"/api/calls/{talk.call}/leave")
    await talk.are("applicant", "clerk")
    await talk.expert.until(lambda state: state["call"] is None and state["presence"]["work"] == "idle")
    assert await talk.parts() == [("lihongxia", "invite", "ended"), ("zhangyanli", "serve", "accepted")]
    await talk.all_is_well()
