"""The live line: events replayed by cursor, hints, signalling, leases (invariants 4, 5).

A line is carried by a WebSocket (`live_socket`) or, where those are blocked, by requests that hang (`live_polling`).
Nothing is decided here. A connection only remembers how far it has been told; kill the process and the client comes
back with its cursor to any other.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation import events, measures, tabs, tasks
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.database import Database, driver_of
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.hints import INSTANT, Hints
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.line import Connection
from cloudwindow.foundation.ports import LiveRooms

log = structlog.get_logger()

RENEW_SECONDS = 15.0
POLL_SECONDS = 5.0
"""A wake-up that got lost is caught after this long."""

HEARTBEAT_SECONDS = 20
"""A client says something at least this often over a WebSocket."""

WATCH_LIMIT = 16
STREAMS_AT_ONCE = 32
"""Streams whose events one statement reads: all of them a replay long are some 16 MB."""


class Live:
    """All connections of this process, and the one LISTEN that wakes them."""

    def __init__(self, database: Database, rooms: LiveRooms) -> None:
        self.database = database
        self.rooms = rooms
        self.hints = Hints()
        self._connections: set[Connection] = set()
        self._by_stream: dict[str, list[Connection]] = {}
        self._by_key: defaultdict[str, set[Connection]] = defaultdict(set)
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
        staff, account = (actor.id if actor.kind == kind else None for kind in ("staff", "account"))
        opened = await self.database.gathered(
            tabs.open_, tabs.Opening(tab, actor.login_id, staff, account, holder, stream)
        )
        if opened is None:
            return None
        told = after.get(stream)
        cursor = told if isinstance(told, int) and 0 <= told <= opened.last else opened.last
        connection = Connection(holder, actor, tab, stream, opened.now, cursor)
        if greet:
            welcome = {"server_time": opened.now.isoformat(), "heartbeat_seconds": HEARTBEAT_SECONDS}
            connection.send({"type": "welcome"} | welcome)
        if isinstance(told, int) and told > opened.last:  # a cursor of another database, such as before a restore
            connection.reset()
        return connection

    @contextmanager
    def holding(self, connection: Connection) -> Iterator[None]:
        """Deliver to a connection for as long as the block lasts, first what it has not been told yet."""
        self._connections.add(connection)
        self._by_stream.setdefault(connection.stream, []).append(connection)
        self._touch([connection.stream])
        try:
            yield
        finally:
            self._connections.discard(connection)
            self._by_stream[connection.stream].remove(connection)
            if not self._by_stream[connection.stream]:
                del self._by_stream[connection.stream]
            self._watch_only(connection, frozenset())

    async def watch(self, connection: Connection, keys: Any) -> None:
        """Hint at those of the keys that its actor may watch; what is none, or too much, is passed over."""
        if not isinstance(keys, list):
            return
        asked = [key for key in keys[:WATCH_LIMIT] if isinstance(key, str)]
        allowed: list[str] = []
        if asked:
            async with self.database.reading() as session:
                allowed = [key for key in asked if await self.rooms.may_watch(session, connection.actor, key)]
        if connection in self._connections:
            self._watch_only(connection, frozenset(allowed))

    def _watch_only(self, connection: Connection, keys: frozenset[str]) -> None:
        for key in connection.watching - keys:
            self._by_key[key].discard(connection)
            if not self._by_key[key]:
                del self._by_key[key]
        for key in keys - connection.watching:
            self._by_key[key].add(connection)
        connection.watching = keys

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
            await self._touch_behind()
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
            try:
                await self._touch_behind()
            except DATABASE_FAULTS as error:
                measures.count_failure("live.poll")
                log.warning("live.poll_failed", error=type(error).__name__)

    async def _touch_behind(self) -> None:
        """Look which streams went on without a wake-up reaching us: one statement for all of them."""
        async with self.database.driver() as driver:
            self._touch(await events.behind(driver, self._cursors(self._by_stream)))

    def _cursors(self, streams: Iterable[str]) -> dict[str, int]:
        """Up to where the page that knows least has been told, of streams that somebody follows here."""
        followed = {stream: self._by_stream[stream] for stream in streams if stream in self._by_stream}
        return {stream: min(one.cursor for one in pages) for stream, pages in followed.items()}

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
        for signal in signals:
            stream, _, id_ = signal.rpartition(":")
            if stream in self._by_stream:
                wanted[UUID(id_)] = stream
        if not wanted:
            return
        for message in await self.rooms.signals(session, list(wanted)):
            for connection in self._by_stream.get(wanted[UUID(message["id"])], ()):
                connection.send(message)

    async def _deliver_events(self, session: AsyncSession, dirty: Collection[str]) -> None:
        driver, streams = await driver_of(session), list(dirty)
        for first in range(0, len(streams), STREAMS_AT_ONCE):
            asked = self._cursors(streams[first : first + STREAMS_AT_ONCE])
            for stream, news in (await events.since(driver, asked)).items():
                if news is None:
                    self._reset(stream, asked[stream], await events.cursor(session, stream))
                else:
                    texts = [(seq, await self._text(session, stream, seq, *what)) for seq, *what in news]
                    self._tell(stream, asked[stream], texts)

    async def _text(self, session: AsyncSession, stream: str, seq: int, type_: str, data: str) -> str:
        """Write an event as it goes over the line; what the row says is JSON already."""
        data = await self.rooms.completed(session, stream, type_, data)
        return f'{{"type":"event","stream":"{stream}","seq":{seq},"event":"{type_}","data":{data}}}'

    def _told(self, stream: str, asked: int) -> list[Connection]:
        """Those whom an answer for this cursor serves; whoever came meanwhile and knows less has a round of its own."""
        return [connection for connection in self._by_stream.get(stream, ()) if connection.cursor >= asked]

    def _tell(self, stream: str, asked: int, news: list[tuple[int, str]]) -> None:
        for connection in self._told(stream, asked):
            for seq, text in news:
                if seq > connection.cursor:
                    connection.cursor = seq
                    connection.send_text(text)

    def _reset(self, stream: str, asked: int, last: int) -> None:
        for connection in self._told(stream, asked):
            connection.cursor = last
            connection.reset()

    def _deliver_hints(self, hints: set[str]) -> None:
        for key in hints & self._by_key.keys():
            text = json.dumps({"type": "hint", "key": key})
            for connection in self._by_key[key]:
                connection.send_text(text)
        ended = {hint for hint in hints if hint.startswith("login:")}
        for connection in list(self._connections) if ended else ():
            if f"login:{connection.actor.login_id}" in ended:
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
                    async with self.database.driver() as driver:
                        await tabs.renew(driver, open_tabs, holders)
                    async with self.database.reading() as session:
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
