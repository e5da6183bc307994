"""uvicorn's side of a live line, with less in memory while nothing is said: most lines are idle most of the time."""

import asyncio
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class Inbox:
    """What uvicorn uses of `asyncio.Queue`, for its one reader; an idle one of those keeps three deques of 0.7 kB."""

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        """Add a message; there are never many, since uvicorn stops reading after each."""
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Any:
        """Wait for the next message."""
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.pop(0)

    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._messages


class Gate:
    """What uvicorn uses of `asyncio.Event`, open most of the time; only a closed one keeps those who wait: 0.9 kB."""

    __slots__ = ("_closed",)

    def __init__(self) -> None:
        self._closed: asyncio.Event | None = None

    def set(self) -> None:
        """Open it, and let everybody through."""
        if self._closed is not None:
            self._closed.set()
            self._closed = None

    def clear(self) -> None:
        """Close it."""
        if self._closed is None:
            self._closed = asyncio.Event()

    async def wait(self) -> None:
        """Wait until it is open."""
        if self._closed is not None:
            await self._closed.wait()


class LeanLine(WebSocketsSansIOProtocol):
    """One WebSocket; once it is accepted, what it was asked with and answered by is let go of: 6 kB."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = Inbox()  # type: ignore[assignment]  # the part of a queue that is used
        self.writable = Gate()  # type: ignore[assignment]  # the part of an event that is used

    async def send(self, message: Any) -> None:
        """Send as uvicorn does."""
        await super().send(message)
        if message["type"] == "websocket.accept":
            # The parser keeps the request itself for as long as it runs, so it is emptied.
            for head in (self.request, self.response):
                head.headers.clear()
            self.scope["headers"] = []
