"""The live line over a WebSocket: one connection for as long as the page is open."""

import asyncio
import json
from contextlib import suppress
from uuid import UUID

import asyncpg
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocket, WebSocketDisconnect

from cloudwindow.foundation import frames, limits, parameters, tabs
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.live import HEARTBEAT_SECONDS, Connection, Live

SILENCE_SECONDS = 65.0
"""A client that says nothing for this long is gone; it pings every `HEARTBEAT_SECONDS`."""

NOT_UNDERSTOOD = 1002
"""The close code after a message that is none of ours (RFC 6455 §7.4.1, protocol error)."""

TOO_MUCH = 1008
"""The close code after more messages than a line may carry (RFC 6455 §7.4.1, policy violation)."""

GOING_AWAY = 1012
"""The close code of a line that may be opened again at once (IANA's registry, service restart)."""

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
    with live.holding(connection):
        writer = asyncio.create_task(_write(socket, connection))
        try:
            await live.rooms.arrived(actor)
            await _read(live, socket, connection)
        except WebSocketDisconnect:
            pass
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await writer
            await _forget(live, connection)


async def _greet(live: Live, socket: WebSocket, actor: Actor) -> Connection | None:
    try:
        hello = await asyncio.wait_for(frames.read(socket), HEARTBEAT_SECONDS)
        tab, after = UUID(str(hello["tab"])), hello.get("after") or {}
        if hello["type"] != "hello" or not isinstance(after, dict):
            return None
    except (KeyError, ValueError, TimeoutError):
        return None
    return await live.enter(actor, tab, after, greet=True)


async def _read(live: Live, socket: WebSocket, connection: Connection) -> None:
    clock = asyncio.get_running_loop().time
    async with live.database.reading() as session:
        most = await parameters.get(session, limits.MESSAGES_PER_LINE)
    since, seen = clock(), 0
    while True:
        try:
            message = await asyncio.wait_for(frames.read(socket), SILENCE_SECONDS)
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
            connection.watching = await live.watchable(connection.actor, message.get("keys"))
        elif kind in CARRIED:
            await live.rooms.received(connection.actor, message, None)


async def _write(socket: WebSocket, connection: Connection) -> None:
    while (message := await connection.outbox.get()) is not None:
        await socket.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
    await socket.close(code=GOING_AWAY)


async def _forget(live: Live, connection: Connection) -> None:
    """A closed tab gets no offers: its lease ends now, unless the tab came back on another connection."""
    with suppress(SQLAlchemyError, OSError, asyncpg.PostgresError):
        async with live.database.reading() as session:
            await tabs.close_tab(session, connection.tab, connection.id)
