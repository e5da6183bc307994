"""The live line over a WebSocket: one connection for as long as the page is open."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

import asyncpg
from starlette.websockets import WebSocket, WebSocketDisconnect

from cloudwindow.foundation import frames, limits, parameters, tabs
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.line import Connection
from cloudwindow.foundation.live import HEARTBEAT_SECONDS, Live

SILENCE_SECONDS = 65.0
"""A client that says nothing for this long is gone; it pings every `HEARTBEAT_SECONDS`."""

NOT_UNDERSTOOD = 1002
"""The close code after a message that is none of ours (RFC 6455 §7.4.1, protocol error)."""

TOO_MUCH = 1008
"""The close code after more messages than a line may carry (RFC 6455 §7.4.1, policy violation)."""

COME_BACK = 1012
"""The close code when the client may open another line at once (IANA's registry, service restart)."""

CARRIED = ("signal", "media")
"""What is handed on to the rooms. A tuple: what a client calls a type may be anything, also what no set can hold."""

MINUTE_SECONDS = 60.0


async def serve(live: Live, socket: WebSocket, actor: Actor) -> None:
    """Serve one accepted WebSocket until it ends. The first message must be `hello`."""
    try:
        connection = await _greet(live, socket, actor)
    except WebSocketDisconnect:
        return
    if connection is None:
        await socket.close(code=NOT_UNDERSTOOD)
        return
    writer = Writer(socket, connection)
    try:
        with live.holding(connection):
            await live.rooms.arrived(actor)
            await _read(live, socket, connection)
    except WebSocketDisconnect:
        pass
    finally:
        await writer.end()
        await _forget(live, connection)


async def _greet(live: Live, socket: WebSocket, actor: Actor) -> Connection | None:
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            hello = await frames.read(socket)
        tab, after = UUID(str(hello["tab"])), hello.get("after") or {}
        if hello["type"] != "hello" or not isinstance(after, dict):
            return None
    except (KeyError, ValueError, TimeoutError):
        return None
    return await live.enter(actor, tab, after, greet=True)


async def _read(live: Live, socket: WebSocket, connection: Connection) -> None:
    clock = asyncio.get_running_loop().time
    most = await live.database.gathered(_most, None) or 0
    since, seen = clock(), 0
    while True:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                message = await frames.read(socket)
        except TimeoutError:
            return
        except ValueError:
            await socket.close(code=NOT_UNDERSTOOD)
            return
        if clock() - since > MINUTE_SECONDS:
            since, seen = clock(), 0
        seen += 1
        if seen > most:  # a line is one process's own, so its count may be too
            await socket.close(code=TOO_MUCH)
            return
        kind = message.get("type")
        if kind == "ping":
            connection.send({"type": "pong"})
        elif kind == "watch":
            await live.watch(connection, message.get("keys"))
        elif kind in CARRIED:
            await live.rooms.received(connection.actor, message, None)


async def _most(driver: asyncpg.Connection, questions: Sequence[None]) -> dict[None, int]:
    most = (await parameters.read_by(driver, limits.MESSAGES_PER_LINE))[limits.MESSAGES_PER_LINE]
    return dict.fromkeys(questions, int(most))


class Writer:
    """Carries what a line has queued; while there is nothing, no task waits for it."""

    __slots__ = ("_connection", "_socket", "_task")

    def __init__(self, socket: WebSocket, connection: Connection) -> None:
        self._socket = socket
        self._connection = connection
        self._task: asyncio.Task[None] | None = None
        connection.carry = self._begin
        self._begin()

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._write())

    async def _write(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):  # it ended meanwhile, which the reader notices too
            while (text := self._connection.first()) is not None:
                await self._socket.send_text(text)
                self._connection.carried()
            if self._connection.closed:
                await self._socket.close(code=COME_BACK)
                return
            self._task = None

    async def end(self) -> None:
        """Stop writing; nothing is sent any more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task


async def _forget(live: Live, connection: Connection) -> None:
    """A closed tab gets no offers: its lease ends now, unless the tab came back on another connection."""
    with suppress(*DATABASE_FAULTS):
        await live.database.gathered(tabs.close, (connection.tab, connection.id))
