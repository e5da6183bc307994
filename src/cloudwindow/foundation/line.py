"""One open live line: who is on it, how far it has been told, and what is on its way to it.

There are thousands of these, and most say nothing most of the time: what only a busy one needs is made when it is
needed, and let go of afterwards.
"""

import asyncio
import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from starlette.websockets import WebSocket, WebSocketDisconnect

from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.ids import new_id

MESSAGE_LIMIT = 80_000
QUEUE_LIMIT = 1000

COME_BACK = 1012
"""The close code when the client shall open another line (IANA's registry, service restart)."""


@dataclass(eq=False, slots=True)
class Connection:
    """One open WebSocket: who, which tab, how far told, what it watches, how many messages a minute it may send."""

    socket: WebSocket
    actor: Actor
    tab: UUID
    stream: str
    cursor: int
    most: int
    id: UUID = field(default_factory=new_id)
    watching: frozenset[str] = frozenset()
    _outbox: deque[str | None] | None = None
    _writer: asyncio.Task[None] | None = None

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; a client that does not read is dropped and comes back with its cursor."""
        self.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    def send_text(self, text: str) -> None:
        """Queue a message that is JSON already; see `send`."""
        if self._outbox is not None and len(self._outbox) >= QUEUE_LIMIT:
            self.close()
        else:
            self._queue(text)

    def close(self) -> None:
        """End the connection after what is queued."""
        self._queue(None)

    async def end(self) -> None:
        """Stop writing; nothing is sent any more."""
        if self._writer is not None:
            self._writer.cancel()
            with suppress(asyncio.CancelledError):
                await self._writer

    def _queue(self, text: str | None) -> None:
        if self._outbox is None:
            self._outbox = deque()
        if not (self._outbox and self._outbox[-1] is None):  # nothing follows the end
            self._outbox.append(text)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):  # it ended meanwhile, which the reader notices too
            while self._outbox:
                text = self._outbox[0]  # it counts as queued until it is sent
                if text is None:
                    await self.socket.close(code=COME_BACK)
                    return  # whatever comes afterwards stays unsent
                await self.socket.send_text(text)
                self._outbox.popleft()
            self._outbox = self._writer = None


async def read_message(socket: WebSocket) -> dict[str, Any]:
    """Read one JSON object. Raises `ValueError` for anything else, or for more than fits."""
    received = await socket.receive()
    if received["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(received.get("code") or 1005)
    raw = received.get("text")
    if raw is None or len(raw) > MESSAGE_LIMIT:
        msg = "a message is text, and not too long"
        raise ValueError(msg)
    try:
        message = json.loads(raw)
    except RecursionError as error:
        msg = "a message is nested too deep"
        raise ValueError(msg) from error
    if not isinstance(message, dict):
        msg = "a message is an object"
        raise ValueError(msg)  # noqa: TRY004  the caller closes on any bad value alike
    return message
