"""The live line: one WebSocket a client, events replayed by cursor, hints, signalling, leases (invariants 4, 5).

Nothing is decided here. A connection only remembers how far it has been told; kill the process and the client comes
back with its cursor to any other.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.websockets import WebSocket, WebSocketDisconnect

from cloudwindow.foundation import events, frames, limits, measures, parameters, tasks
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.ports import LiveRooms

log = structlog.get_logger()

LEASE = timedelta(seconds=45)
RENEW_SECONDS = 15.0
POLL_SECONDS = 5.0
"""A wake-up that got lost is caught after this long."""

HEARTBEAT_SECONDS = 20
SILENCE_SECONDS = 65.0
"""A client that says nothing for this long is gone; it pings every `HEARTBEAT_SECONDS`."""

NOT_UNDERSTOOD = 1002
"""The close code after a message that is none of ours (RFC 6455 §7.4.1, protocol error)."""

TOO_MUCH = 1008
"""The close code after more messages than a line may carry (RFC 6455 §7.4.1, policy violation)."""

MINUTE_SECONDS = 60.0
QUEUE_LIMIT = 1000
WATCH_LIMIT = 16


@dataclass(eq=False)
class Connection:
    """One open WebSocket: who, which tab, how far told, what it watches."""

    socket: WebSocket
    actor: Actor
    tab: UUID
    stream: str
    cursor: int
    most: int
    id: UUID = field(default_factory=new_id)
    watching: set[str] = field(default_factory=set)
    outbox: asyncio.Queue[dict[str, Any] | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LIMIT))

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; a client that does not read is dropped and comes back with its cursor."""
        try:
            self.outbox.put_nowait(message)
        except asyncio.QueueFull:
            self.close()

    def close(self) -> None:
        """End the connection after what is queued, or at once when nothing more fits."""
        while True:
            try:
                self.outbox.put_nowait(None)
            except asyncio.QueueFull:
                self.outbox.get_nowait()
            else:
                return


class Live:
    """All connections of this process, and the one LISTEN that wakes them."""

    def __init__(self, database: Database, rooms: LiveRooms) -> None:
        self._database = database
        self._rooms = rooms
        self._connections: set[Connection] = set()
        self._dirty: set[str] = set()
        self._hints: set[str] = set()
        self._signals: list[str] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def numbers(self) -> dict[str, int]:
        """Count the open lines by face."""
        kinds = Counter(connection.actor.kind for connection in self._connections)
        return {"staff": kinds["staff"], "applicant": kinds["account"]}

    async def start(self) -> None:
        """Begin listening, delivering, polling and renewing."""
        loops = {"listen": self._listen, "deliver": self._deliver, "poll": self._poll, "renew": self._renew}
        self._tasks = [tasks.begin(loop(), f"live.{name}") for name, loop in loops.items()]

    async def stop(self) -> None:
        """Close every connection, so that clients go elsewhere at once."""
        for connection in list(self._connections):
            connection.close()
        await tasks.end(*self._tasks)

    async def serve(self, socket: WebSocket, actor: Actor) -> None:
        """Serve one accepted WebSocket until it ends. The first message must be `hello`."""
        try:
            connection = await self._greet(socket, actor)
        except WebSocketDisconnect:
            return
        if connection is None:
            await socket.close(code=NOT_UNDERSTOOD)
            return
        self._connections.add(connection)
        self._touch([connection.stream])
        writer = asyncio.create_task(self._write(connection))
        try:
            await self._rooms.arrived(actor)
            await self._read(connection)
        except WebSocketDisconnect:
            pass
        finally:
            self._connections.discard(connection)
            writer.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                await writer
            await self._forget(connection)

    async def _greet(self, socket: WebSocket, actor: Actor) -> Connection | None:
        try:
            hello = await asyncio.wait_for(frames.read(socket), HEARTBEAT_SECONDS)
            if hello["type"] != "hello":
                return None
            tab = UUID(str(hello["tab"]))
            after = hello.get("after") or {}
            stream = self._rooms.stream(actor)
            told = after.get(stream)
        except (KeyError, ValueError, AttributeError, TypeError, TimeoutError):
            return None
        async with self._database.reading() as session:
            last = await events.cursor(session, stream)
            most = await parameters.get(session, limits.MESSAGES_PER_LINE)
            connection = Connection(socket, actor, tab, stream, last, most)
            lease = {"tab": tab, "login": actor.login_id, "lease": LEASE, "holder": connection.id}
            now = await session.scalar(_OPEN, lease | _person(actor))
        if now is None:  # the tab's id belongs to somebody else
            return None
        if isinstance(told, int) and 0 <= told <= last:
            connection.cursor = told
        await socket.send_text(
            json.dumps({"type": "welcome", "server_time": now.isoformat(), "heartbeat_seconds": HEARTBEAT_SECONDS})
        )
        if isinstance(told, int) and told > last:  # a cursor of another database, such as before a restore
            await socket.send_text(json.dumps({"type": "reset", "stream": stream}))
        return connection

    async def _read(self, connection: Connection) -> None:
        clock = asyncio.get_running_loop().time
        since, seen = clock(), 0
        while True:
            try:
                message = await asyncio.wait_for(frames.read(connection.socket), SILENCE_SECONDS)
            except TimeoutError:
                return
            except ValueError:
                await connection.socket.close(code=NOT_UNDERSTOOD)
                return
            if clock() - since > MINUTE_SECONDS:
                since, seen = clock(), 0
            seen += 1
            if seen > connection.most:  # a line is one process's own, so its count may be too
                await connection.socket.close(code=TOO_MUCH)
                return
            kind = message.get("type")
            if kind == "ping":
                connection.send({"type": "pong"})
            elif kind == "watch":
                await self._watch(connection, message.get("keys"))
            elif kind in ("signal", "media"):  # a stranger's kind may be a list, which no set can look for
                await self._rooms.received(connection.actor, message)

    async def _watch(self, connection: Connection, keys: Any) -> None:
        if not isinstance(keys, list):
            return
        async with self._database.reading() as session:
            asked = [key for key in keys[:WATCH_LIMIT] if isinstance(key, str)]
            connection.watching = {key for key in asked if await self._rooms.may_watch(session, connection.actor, key)}

    async def _write(self, connection: Connection) -> None:
        while (message := await connection.outbox.get()) is not None:
            await connection.socket.send_text(json.dumps(message, ensure_ascii=False, separators=(",", ":")))
        await connection.socket.close(code=1012)

    async def _forget(self, connection: Connection) -> None:
        """A closed tab gets no offers: its lease ends now, unless the tab came back on another connection."""
        with suppress(SQLAlchemyError, OSError, asyncpg.PostgresError):
            async with self._database.reading() as session:
                await session.execute(_CLOSE, {"tab": connection.tab, "holder": connection.id})

    def _touch(self, streams: Iterable[str]) -> None:
        self._dirty.update(streams)
        self._wake.set()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_on(await self._database.connect_alone())
            except DATABASE_FAULTS as error:
                measures.count_failure("live.listen")
                log.warning("live.listen_lost", error=type(error).__name__)
            await asyncio.sleep(0.5)

    async def _listen_on(self, connection: asyncpg.Connection) -> None:
        gone = asyncio.Event()
        connection.add_termination_listener(lambda _c: gone.set())
        try:
            await connection.add_listener(events.CHANNEL, self._noticed)
            self._touch({c.stream for c in self._connections})
            await gone.wait()
        finally:
            connection.terminate()

    def _noticed(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        kind, _, rest = payload.partition(":")
        if kind == "stream":
            self._dirty.add(rest)
        elif kind == "hint":
            self._hints.add(rest)
        elif kind == "signal":
            self._signals.append(rest)
        self._wake.set()

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            self._touch({c.stream for c in self._connections})

    async def _deliver(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            dirty, self._dirty = self._dirty, set()
            hints, self._hints = self._hints, set()
            signals, self._signals = self._signals, []
            try:
                async with self._database.reading() as session:
                    await self._deliver_signals(session, signals)
                    await self._deliver_events(session, dirty)
            except DATABASE_FAULTS as error:
                measures.count_failure("live.deliver")
                log.warning("live.deliver_failed", error=type(error).__name__)
                self._dirty |= dirty
                await asyncio.sleep(0.5)
            self._deliver_hints(hints)

    async def _deliver_signals(self, session: AsyncSession, signals: list[str]) -> None:
        wanted: dict[UUID, str] = {}
        streams = {connection.stream for connection in self._connections}
        for signal in signals:
            stream, _, id_ = signal.rpartition(":")
            if stream in streams:
                wanted[UUID(id_)] = stream
        if not wanted:
            return
        for message in await self._rooms.signals(session, list(wanted)):
            stream = wanted[message.pop("id")]
            for connection in [c for c in self._connections if c.stream == stream]:
                connection.send(message)

    async def _deliver_events(self, session: AsyncSession, dirty: set[str]) -> None:
        for stream in dirty:
            listeners = [c for c in self._connections if c.stream == stream]
            if not listeners:
                continue
            news = await events.since(session, stream, min(c.cursor for c in listeners))
            last = None if news is not None else await events.cursor(session, stream)
            news = news and [
                (seq, kind, await self._rooms.completed(session, stream, kind, d)) for seq, kind, d in news
            ]
            for connection in listeners:
                _tell(connection, news, last)

    def _deliver_hints(self, hints: set[str]) -> None:
        for connection in list(self._connections):
            for key in hints & connection.watching:
                connection.send({"type": "hint", "key": key})
            if f"login:{connection.actor.login_id}" in hints:
                connection.send({"type": "signed_out"})
                connection.close()

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            tabs = [connection.tab for connection in self._connections]
            holders = [connection.id for connection in self._connections]
            accounts = {c.actor.id for c in self._connections if c.actor.kind == "account" and c.actor.id}
            try:
                if tabs:
                    async with self._database.reading() as session:
                        await session.execute(_RENEW, {"tabs": tabs, "holders": holders, "lease": LEASE})
                        await self._check_rights(session)
                if accounts:
                    await self._rooms.renew(sorted(accounts))
            except DATABASE_FAULTS as error:
                measures.count_failure("live.renew")
                log.warning("live.renew_failed", error=type(error).__name__)

    async def _check_rights(self, session: AsyncSession) -> None:
        """Close the lines of people whose login, employment or roles changed; whoever may, comes back at once."""
        connections = list(self._connections)
        unchanged = await self._rooms.unchanged(session, [connection.actor for connection in connections])
        for connection in connections:
            if connection.actor.login_id not in unchanged:
                connection.close()


def _tell(connection: Connection, news: list[tuple[int, str, Any]] | None, last: int | None) -> None:
    if news is None:
        connection.cursor = last or 0
        connection.send({"type": "reset", "stream": connection.stream})
        return
    for seq, type_, data in news:
        if seq > connection.cursor:
            connection.cursor = seq
            connection.send({"type": "event", "stream": connection.stream, "seq": seq, "event": type_, "data": data})


def _person(actor: Actor) -> dict[str, UUID | None]:
    return {
        "staff": actor.id if actor.kind == "staff" else None,
        "account": actor.id if actor.kind == "account" else None,
    }


# scope: the actor's own tab; one of another login is refused, unless it was left behind by a process that was killed
_OPEN = text(
    """
    INSERT INTO tab_lease (id, login_id, staff_id, account_id, opened_at, lease_until, holder)
    VALUES (:tab, :login, CAST(:staff AS uuid), CAST(:account AS uuid), app_now(),
            app_now() + CAST(:lease AS interval), :holder)
    ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until, holder = excluded.holder,
        login_id = excluded.login_id, staff_id = excluded.staff_id, account_id = excluded.account_id
        WHERE tab_lease.login_id = excluded.login_id OR tab_lease.lease_until <= app_now()
    RETURNING app_now()
    """
)
# scope: a tab whose connection this process held
_CLOSE = text("DELETE FROM tab_lease WHERE id = :tab AND holder = :holder")
# scope: the tabs whose connections this process holds
_RENEW = text(
    """
    UPDATE tab_lease l SET lease_until = app_now() + CAST(:lease AS interval)
    FROM (SELECT id FROM tab_lease WHERE id = ANY (:tabs) AND holder = ANY (:holders) ORDER BY id FOR UPDATE) mine
    WHERE l.id = mine.id
    """
)
