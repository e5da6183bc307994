"""Clients that live through the death of the server: they note what they were answered and come back by themselves."""

import asyncio
import random
from contextlib import suppress
from typing import Any, Self
from uuid import uuid4

import httpx
import websockets

from tests.support.client import Citizen, Clerk, Client

KEYED = ("/api/tickets", "/api/engagements", "/api/calls")
"""Requests below these are carried out at most once per key."""


class Steady(Client):
    """A page of either face."""

    def __init__(self, url: str) -> None:
        super().__init__(url)  # type: ignore[call-arg]  # the face's own class comes between
        self.answers: list[tuple[str, str, Any]] = []
        self._keeper: asyncio.Task[None] | None = None

    async def get(self, path: str, expect: int = 200) -> Any:
        """Fetch; once more when the server has just closed the idle connection, as browsers do (RFC 9112 §9.3.1)."""
        try:
            return await super().get(path, expect)
        except httpx.RemoteProtocolError:
            return await super().get(path, expect)

    async def send(
        self, path: str, body: Any = None, *, method: str = "POST", key: str | None = None
    ) -> httpx.Response:
        """Send and note the answer, if one arrives."""
        key = key or str(uuid4())
        response = await super().send(path, body, method=method, key=key)
        if response.is_success and path.startswith(KEYED):
            self.answers.append((key, path, response.json()))
        return response

    async def say(self, message: dict[str, Any]) -> None:
        """Send a message as soon as there is a line to send it on, as pages do."""
        while True:
            if self._socket is not None:
                with suppress(websockets.ConnectionClosed):
                    await super().say(message)
                    return
            await asyncio.sleep(0.02)

    async def stay(self) -> Self:
        """From now on open the line again whenever it is lost, at the cursor, as pages do."""
        self._keeper = asyncio.create_task(self._keep_line())
        return self

    async def _keep_line(self) -> None:
        while True:
            if self._reader is not None:
                await asyncio.wait([self._reader])
            with suppress(OSError, websockets.WebSocketException):
                await self.connect()
                continue
            await asyncio.sleep(random.uniform(0.02, 0.1))  # noqa: S311  what a page does; nothing is waited for here

    async def hang_up_line(self) -> None:
        """Close the line; the keeper itself calls this before it opens another."""
        if self._keeper is not None and self._keeper is not asyncio.current_task():
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        await super().hang_up_line()


class SteadyCitizen(Steady, Citizen):
    """A guest."""


class SteadyClerk(Steady, Clerk):
    """A clerk."""
