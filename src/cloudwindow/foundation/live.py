"""The live line: events replayed by cursor, hints, signalling, leases (invariants 4, 5).

A line is carried by a WebSocket (`live_socket`) or, where those are blocked, by requests that hang (`live_polling`).
Nothing is decided here. A connection only remembers how far it has been told; kill the process and the client comes
back with its cursor to any other.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation import events, measures, tabs, tasks
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.database import Database
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.hints import INSTANT, Hints
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.ports import LiveRooms

log = structlog.get_logger()

RENEW_SECONDS = 15.0
POLL_SECONDS = 5.0
"""A wake-up that got lost is caught after this long."""

HEARTBEAT_SECONDS = 20
"""A client says something at least this often over a WebSocket."""

TOGETHER_SECONDS = 0.02
"""What one change has to tell — events, then hints — comes within this time."""

QUEUE_LIMIT = 1000
WATCH_LIMIT = 16


@dataclass(eq=False)
class Connection:
    """A line while this process holds it: whose, since when, how far told, what it watches, and what is to be sent."""

    id: UUID
    actor: Actor
    tab: UUID
    stream: str
    opened_at: datetime
    cursor: int
    watching: set[str] = field(default_factory=set)
    closed: bool = False
    outbox: asyncio.Queue[dict[str, Any] | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LIMIT))

    def send(self, message: dict[str, Any]) -> None:
        """Queue a message; a client that does not read is dropped and comes back with its cursor."""
        try:
            self.outbox.put_nowait(message)
        except asyncio.QueueFull:
            self.close()

    def reset(self) -> None:
        """Tell the client to fetch its state anew; whatever comes after the cursor will be told."""
        self.send({"type": "reset", "stream": self.stream, "seq": self.cursor})

    async def messages(self, seconds: float) -> list[dict[str, Any]]:
        """Take what is queued; when that is nothing, wait so long for the first and take what comes with it."""
        queued = []
        if self.outbox.empty():
            with suppress(TimeoutError):
                queued.append(await asyncio.wait_for(self.outbox.get(), seconds))
                await asyncio.sleep(TOGETHER_SECONDS)
        while not self.outbox.empty():
            queued.append(self.outbox.get_nowait())
        return [message for message in queued if message is not None]

    def close(self) -> None:
        """End the connection after what is queued, or at once when nothing more fits."""
        self.closed = True
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
        self.database = database
        self.rooms = rooms
        self.hints = Hints()
        self._connections: set[Connection] = set()
        self._dirty: set[str] = set()
        self._hinted: set[str] = set()
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

    async def enter(self, actor: Actor, tab: UUID, after: dict[str, Any], *, greet: bool) -> Connection | None:
        """Take the tab's lease and say what a page must hear first: `welcome` if asked to `greet`, `reset` if need be.

        Returns None when the tab's id belongs to somebody else.
        """
        holder, stream = new_id(), self.rooms.stream(actor)
        async with self.database.reading() as session:
            last = await events.cursor(session, stream)
            now = await tabs.open_tab(session, actor, tab, holder)
        if now is None:
            return None
        told = after.get(stream)
        cursor = told if isinstance(told, int) and 0 <= told <= last else last
        connection = Connection(holder, actor, tab, stream, now, cursor)
        if greet:
            welcome = {"server_time": now.isoformat(), "heartbeat_seconds": HEARTBEAT_SECONDS}
            connection.send({"type": "welcome"} | welcome)
        if isinstance(told, int) and told > last:  # a cursor of another database, such as before a restore
            connection.reset()
        return connection

    @contextmanager
    def holding(self, connection: Connection) -> Iterator[None]:
        """Deliver to a connection for as long as the block lasts, first what it has not been told yet."""
        self._connections.add(connection)
        self._touch([connection.stream])
        try:
            yield
        finally:
            self._connections.discard(connection)

    async def watchable(self, actor: Actor, keys: Any) -> set[str]:
        """Return those of the keys that an actor may watch; what is none, or too much, is passed over."""
        if not isinstance(keys, list):
            return set()
        asked = [key for key in keys[:WATCH_LIMIT] if isinstance(key, str)]
        if not asked:
            return set()
        async with self.database.reading() as session:
            return {key for key in asked if await self.rooms.may_watch(session, actor, key)}

    def _touch(self, streams: Iterable[str]) -> None:
        self._dirty.update(streams)
        self._wake.set()

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_on(await self.database.connect_alone())
            except DATABASE_FAULTS as error:
                measures.count_failure("live.listen")
                log.warning("live.listen_lost", error=type(error).__name__)
            await asyncio.sleep(0.5)

    async def _listen_on(self, connection: asyncpg.Connection) -> None:
        gone = asyncio.Event()
        connection.add_termination_listener(lambda _c: gone.set())
        try:
            await connection.add_listener(events.CHANNEL, self._noticed)
            self.hints.listen_from(await connection.fetchval(f"SELECT {INSTANT}"))
            self._touch({c.stream for c in self._connections})
            await gone.wait()
        finally:
            connection.terminate()

    def _noticed(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        kind, _, rest = payload.partition(":")
        if kind == "stream":
            self._dirty.add(rest)
        elif kind == "hint":
            key, _, instant = rest.rpartition("@")
            self.hints.hear(key, int(instant))
            self._hinted.add(key)
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
            hints, self._hinted = self._hinted, set()
            signals, self._signals = self._signals, []
            try:
                async with self.database.reading() as session:
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
        for message in await self.rooms.signals(session, list(wanted)):
            for connection in [c for c in self._connections if c.stream == wanted[UUID(message["id"])]]:
                connection.send(message)

    async def _deliver_events(self, session: AsyncSession, dirty: set[str]) -> None:
        for stream in dirty:
            listeners = [c for c in self._connections if c.stream == stream]
            if not listeners:
                continue
            news = await events.since(session, stream, min(c.cursor for c in listeners))
            last = None if news is not None else await events.cursor(session, stream)
            news = news and [(seq, kind, await self.rooms.completed(session, stream, kind, d)) for seq, kind, d in news]
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
            open_tabs = [connection.tab for connection in self._connections]
            holders = [connection.id for connection in self._connections]
            accounts = {c.actor.id for c in self._connections if c.actor.kind == "account" and c.actor.id}
            try:
                if open_tabs:
                    async with self.database.reading() as session:
                        await tabs.renew_tabs(session, open_tabs, holders)
                        await self._check_rights(session)
                if accounts:
                    await self.rooms.renew(sorted(accounts))
            except DATABASE_FAULTS as error:
                measures.count_failure("live.renew")
                log.warning("live.renew_failed", error=type(error).__name__)

    async def _check_rights(self, session: AsyncSession) -> None:
        """Close the lines of people whose login, employment or roles changed; whoever may, comes back at once."""
        connections = list(self._connections)
        unchanged = await self.rooms.unchanged(session, [connection.actor for connection in connections])
        for connection in connections:
            if connection.actor.login_id not in unchanged:
                connection.close()


def _tell(connection: Connection, news: list[tuple[int, str, Any]] | None, last: int | None) -> None:
    if news is None:
        connection.cursor = last or 0
        connection.reset()
        return
    for seq, type_, data in news:
        if seq > connection.cursor:
            connection.cursor = seq
            connection.send({"type": "event", "stream": connection.stream, "seq": seq, "event": type_, "data": data})
