"""A page whose WebSockets are blocked, poll by poll."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from tests.support.city import City
from tests.support.client import LONG_ENOUGH, Citizen, Client
from tests.support.server import Server

POLL, MESSAGES = "/api/live/poll", "/api/live/messages"


@dataclass
class Line:
    """A page that asks when it is told to, and where."""

    client: Client
    watch: list[str] = field(default_factory=list)
    mark: Any = None
    tab: str = field(default_factory=lambda: str(uuid4()))

    def body(self) -> dict[str, Any]:
        return {"tab": self.tab, "after": dict(self.client.cursor), "watch": self.watch, "mark": self.mark}

    async def ask(self, server: Server, mark: Any = ..., **more: Any) -> list[dict[str, Any]]:
        """Poll once, with the last mark or another; returns the messages."""
        body = self.body() | ({} if mark is ... else {"mark": mark}) | more
        answer = await self.client.elsewhere(server.url, POLL, body)
        assert answer.status_code == 200, answer.text
        self.mark = answer.json()["mark"]
        messages: list[dict[str, Any]] = answer.json()["messages"]
        for message in messages:
            if message["type"] == "event":
                self.client.cursor[message["stream"]] = message["seq"]
        return messages

    async def until(self, server: Server, type_: str) -> dict[str, Any]:
        """Poll until a message of this type comes; returns it."""
        async with asyncio.timeout(LONG_ENOUGH):
            while True:
                for message in await self.ask(server):
                    if message["type"] == type_:
                        return message

    async def hang(self, server: Server, city: City) -> asyncio.Task[list[dict[str, Any]]]:
        """Poll, and return once the server has begun to wait."""
        holder = text("SELECT holder FROM tab_lease WHERE id = :tab")
        async with asyncio.timeout(LONG_ENOUGH), city.database.reading() as session:
            before = await session.scalar(holder, {"tab": self.tab})
            hanging = asyncio.create_task(self.ask(server))
            while await session.scalar(holder, {"tab": self.tab}) == before:
                await session.execute(text("SELECT pg_sleep(0.02)"))
        return hanging

    async def lease(self, city: City) -> float | None:
        """Return for how many seconds the tab counts as open; None without a lease."""
        async with city.database.reading() as session:
            left = text("SELECT extract(epoch FROM lease_until - app_now())::float FROM tab_lease WHERE id = :tab")
            found: float | None = await session.scalar(left, {"tab": self.tab})
        return found


async def guest(server: Server) -> Citizen:
    """A citizen whose page is loaded but has no line yet."""
    citizen = Citizen(server.url)
    body = {"form_of_address": "刘桂英", "phone": f"1990{uuid4().int % 10**7:07}", "elderly": False}
    citizen.csrf = (await citizen.post("/api/applicant/enter", body))["csrf"]
    await citizen.refresh()
    return citizen
