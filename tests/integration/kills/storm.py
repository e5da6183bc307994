"""A morning in a storm: people and clerks who go on with their business whatever is killed under them.

Everybody asks again with the same key until an answer comes, as pages do, and goes by the state that events keep.
"""

import asyncio
import random
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx

from tests.integration.kills.steady import Steady, SteadyCitizen, SteadyClerk

PAUSE = (0.01, 0.12)  # seconds a person thinks; nothing is waited for here
FIRST_SERVER_ERROR = 500


class Storm:
    """What all actors share: the chance, whether to go on, and how many answers came so far."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  a test that can be repeated
        self.going = asyncio.Event()
        self.going.set()
        self.answered = 0
        self._changed = asyncio.Condition()
        self._busy = 0

    async def note_answer(self) -> None:
        """One more request was answered."""
        self.answered += 1
        async with self._changed:
            self._changed.notify_all()

    async def answers(self, more: int) -> None:
        """Wait until so many more requests were answered."""
        goal = self.answered + more
        async with self._changed:
            while self.answered < goal:
                await self._changed.wait()

    async def rest(self) -> None:
        """Let everybody come to rest between two acts."""
        self.going.clear()
        async with self._changed:
            while self._busy:
                await self._changed.wait()

    async def act(self, actor: "Actor") -> None:
        """Let one actor act once, unless everybody rests."""
        await self.going.wait()
        self._busy += 1
        try:
            await actor.step()
        finally:
            self._busy -= 1
            async with self._changed:
                self._changed.notify_all()
        await asyncio.sleep(self.chance.uniform(*PAUSE))


class Actor:
    """Somebody with a page."""

    def __init__(self, storm: Storm, page: Steady) -> None:
        self.storm = storm
        self.page = page
        self.received = 0

    async def run(self) -> None:
        """Go on for ever."""
        while True:
            await self.storm.act(self)

    async def step(self) -> None:
        """Do what the state of the page asks for."""
        raise NotImplementedError

    async def insist(self, path: str, body: Any = None) -> httpx.Response:
        """Ask with one key until an answer comes that is no failure of the server."""
        key = str(uuid4())
        while True:
            with suppress(httpx.TransportError):
                response = await self.page.send(path, body, key=key)
                if response.status_code < FIRST_SERVER_ERROR:
                    await self.storm.note_answer()
                    return response
                assert response.json()["code"] in {"service_recovering", "busy_try_again"}, response.text
            await asyncio.sleep(self.storm.chance.uniform(0.02, 0.1))

    async def media(self, call: dict[str, Any], side: str) -> None:
        """Report that media flow, as long as the line is there."""
        attempt = next(one["attempt"] for one in call["participants"] if one["side"] == side)
        if attempt:
            self.received += 1000
            report = {"call": call["id"], "attempt": attempt, "ice": "connected", "bytes": self.received, "frames": 9}
            with suppress(TimeoutError):
                async with asyncio.timeout(0.2):
                    await self.page.say({"type": "media"} | report)

    def happens(self, share: float) -> bool:
        """Toss a coin."""
        return self.storm.chance.random() < share


class CitizenActor(Actor):
    """Takes numbers, sometimes leaves or lets the turn pass, talks, hangs up, rates."""

    def __init__(self, storm: Storm, page: SteadyCitizen) -> None:
        super().__init__(storm, page)
        self.wish = page.wish(*storm.chance.choice([("P01",), ("P01",), ("P04",), ("B01",)]))

    async def step(self) -> None:
        """See `Actor.step`."""
        ticket, call, rating = (self.page.state.get(name) for name in ("ticket", "call", "rating"))
        if ticket is None or ticket["state"] == "closed":
            if rating and rating["state"] == "asked" and self.happens(0.5):
                await self.insist(f"/api/sessions/{rating['session_id']}/rating", {"level": 5, "options": []})
            else:
                await self.insist("/api/tickets", self.wish)
        elif ticket["state"] == "serving" and call and call["state"] != "ended":
            await self._talk(call)
        elif ticket["state"] == "waiting" and self.happens(0.03):
            await self.insist(f"/api/tickets/{ticket['id']}/leave")
        elif ticket["state"] == "ringing" and self.happens(0.05):
            await self.insist(f"/api/tickets/{ticket['id']}/postpone")
        elif ticket["state"] == "parked" and ticket["callback_at"] and self.happens(0.3):
            await self.insist(f"/api/tickets/{ticket['id']}/callback/now")

    async def _talk(self, call: dict[str, Any]) -> None:
        mine = next(one for one in call["participants"] if one["side"] == "applicant")
        if mine["attempt"] == 0:
            await self.insist(f"/api/calls/{call['id']}/join")
        elif call["state"] == "connected" and self.happens(0.1):
            await self.insist(f"/api/calls/{call['id']}/end")
        elif self.happens(0.02):
            await self.insist(f"/api/tickets/{self.page.state['ticket']['id']}/callback", {"minutes": 10})
        else:
            await self.media(call, "applicant")


class ClerkActor(Actor):
    """Answers, sometimes declines, talks, ends, writes wrap-ups, takes breaks."""

    async def step(self) -> None:
        """See `Actor.step`."""
        state = self.page.state
        offer, session, call = state.get("offer"), state.get("session"), state.get("call")
        if session and session["state"] == "wrapping":
            wrap = {"outcome": "guided_online", "summary": "已指导。", "next_step": "none"}
            await self.insist(f"/api/sessions/{session['id']}/wrap-up", wrap)
        elif session and call and call["state"] != "ended":
            await self._talk(call)
        elif offer:
            await self._answer(offer["engagement_id"])
        elif state["unfinished"]:
            await self._finish(state["unfinished"][0]["session_id"])
        elif state["presence"]["wanted"] != "ready":
            await self.insist("/api/workbench/presence", {"wanted": "ready", "reason": None})
        elif self.happens(0.05):
            await self.insist("/api/workbench/presence", {"wanted": "break", "reason": "rest"})

    async def _answer(self, engagement: str) -> None:
        if self.happens(0.15):
            await self.insist(f"/api/engagements/{engagement}/decline", {"reason": "other"})
        else:
            await self.insist(f"/api/engagements/{engagement}/accept")

    async def _talk(self, call: dict[str, Any]) -> None:
        if call["state"] == "connected" and self.happens(0.2):
            await self.insist(f"/api/calls/{call['id']}/end")
        else:
            await self.media(call, "clerk")

    async def _finish(self, session: str) -> None:
        wrap = {"outcome": "solved", "summary": "补写。", "next_step": "none"}
        await self.insist(f"/api/sessions/{session}/wrap-up", wrap)


async def arrive(storm: Storm, urls: list[str], citizens: int, clerks: list[str]) -> list[Actor]:
    """Let people come in and clerks sit down, spread over the processes."""
    actors: list[Actor] = []
    for place in range(citizens):
        page = SteadyCitizen(urls[place % len(urls)])
        await page.enter("刘桂英", f"199{20000000 + place}", elderly=storm.chance.random() < 0.5)
        actors.append(CitizenActor(storm, page))
    for place, account in enumerate(clerks):
        clerk = SteadyClerk(urls[(place + 1) % len(urls)])
        await clerk.sign_in(account)
        actors.append(ClerkActor(storm, clerk))
    for actor in actors:
        await actor.page.stay()
    return actors
