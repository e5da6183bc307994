"""A browser's WebSocket to an application in this process, and the polls of one whose WebSockets are blocked."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from tests.integration.scope.world import ORIGIN, World

LONG_ENOUGH = 10.0


class Line:
    """The live line of one actor: what it says, everything it hears, and how it ended."""

    def __init__(self, world: World, actor: str, *, face: str = "", origin: str = ORIGIN) -> None:
        person = world.people.get(actor)
        headers = {"origin": origin, "host": "localhost:8000"} | (person.headers() if person else {})
        query = f"face={face or (person.face if person else 'applicant')}"
        self.heard: list[dict[str, Any]] = []
        self.accepted = False
        self.code: int | None = None
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._changed = asyncio.Condition()
        self._app = world.app
        self._scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": "/api/ws",
            "raw_path": b"/api/ws",
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 50000),
            "server": ("localhost", 8000),
            "subprotocols": [],
        }

    async def __aenter__(self) -> Self:
        self._inbox.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(self._app(self._scope, self._inbox.get, self._take))
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(self._task, LONG_ENOUGH)

    async def _take(self, message: Any) -> None:
        async with self._changed:
            if message["type"] == "websocket.accept":
                self.accepted = True
            elif message["type"] == "websocket.send":
                self.heard.append(json.loads(message["text"]))
            elif message["type"] == "websocket.close":
                self.code = message.get("code", 1000)
                self._inbox.put_nowait({"type": "websocket.disconnect", "code": self.code})
            self._changed.notify_all()

    def say(self, message: dict[str, Any]) -> None:
        """Send a message."""
        self.throw(json.dumps(message))

    def throw(self, frame: str | bytes) -> None:
        """Send a frame as it is: a text, or bytes."""
        kind = "text" if isinstance(frame, str) else "bytes"
        self._inbox.put_nowait({"type": "websocket.receive", kind: frame})

    async def hear(self, type_: str) -> None:
        """Wait until a message of this type has come."""
        await self.hear_that(lambda message: message["type"] == type_)

    async def hear_that(self, fits: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until a message that fits has come."""
        async with asyncio.timeout(LONG_ENOUGH), self._changed:
            await self._changed.wait_for(lambda: any(map(fits, self.heard)))

    async def ended(self) -> int:
        """Wait until the other side closes; returns the code."""
        async with asyncio.timeout(LONG_ENOUGH), self._changed:
            await self._changed.wait_for(lambda: self.code is not None)
        assert self.code is not None
        return self.code

    async def greet(self, tab: str | None = None, after: dict[str, int] | None = None) -> None:
        """Say hello and wait for the welcome."""
        self.say({"type": "hello", "tab": tab or str(uuid4()), "after": after or {}})
        await self.hear("welcome")

    async def handled(self) -> None:
        """Wait until everything said so far has been dealt with."""
        before = sum(message["type"] == "pong" for message in self.heard)
        self.say({"type": "ping"})
        async with asyncio.timeout(LONG_ENOUGH), self._changed:
            await self._changed.wait_for(lambda: sum(message["type"] == "pong" for message in self.heard) > before)

    def of_type(self, type_: str) -> list[dict[str, Any]]:
        """Return what was heard of one type."""
        return [message for message in self.heard if message["type"] == type_]


class Polled:
    """The live line of one actor without WebSockets: everything that it hears."""

    def __init__(self, world: World, actor: str, after: dict[str, int], watch: list[str]) -> None:
        self.heard: list[dict[str, Any]] = []
        self._world, self._actor = world, actor
        self._body: dict[str, Any] = {"tab": str(uuid4()), "after": after, "watch": watch, "mark": None}
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> Self:
        await self._ask()
        self._task = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _ask(self) -> None:
        answer = await self._world.must(self._actor, "POST", "/api/live/poll", self._body)
        async with self._changed:
            for message in answer["messages"]:
                self.heard.append(message)
                if message["type"] == "event":
                    self._body["after"][message["stream"]] = message["seq"]
            self._changed.notify_all()
        self._body["mark"] = answer["mark"]

    async def _go_on(self) -> None:
        while self._body["mark"]:
            await self._ask()

    async def hears(self, messages: list[dict[str, Any]]) -> None:
        """Wait until all of these have been heard; the time of a welcome is each line's own."""
        async with asyncio.timeout(LONG_ENOUGH), self._changed:
            await self._changed.wait_for(lambda: what_of(self.heard) >= what_of(messages))


def what_of(messages: list[dict[str, Any]]) -> set[str]:
    """What was said, each thing once, but for greetings."""
    return {
        json.dumps(each, sort_keys=True) for each in messages if each["type"] in {"event", "hint", "signal", "reset"}
    }
