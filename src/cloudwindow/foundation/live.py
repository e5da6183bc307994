"""The live line: one WebSocket a client, events replayed by cursor, hints, signalling, leases (invariants 4, 5).

Nothing is decided here. A connection only remembers how far it has been told; kill the process and the client comes
back with its cursor to any other.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.websockets import WebSocket, WebSocketDisconnect

from cloudwindow.foundation import events, limits, measures, parameters, tabs, tasks
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.database import Database, driver_of
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.line import Connection, read_message
from cloudwindow.foundation.ports import LiveRooms

log = structlog.get_logger()

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
WATCH_LIMIT = 16
STREAMS_AT_ONCE = 32
"""Streams whose events one statement reads: all of them a replay long are some 16 MB."""


class Live:
    """All connections of this process, and the one LISTEN that wakes them."""

    def __init__(self, database: Database, rooms: LiveRooms) -> None:
        self._database = database
        self._rooms = rooms
        self._connections: set[Connection] = set()
        self._by_stream: dict[str, list[Connection]] = {}
        self._by_key: defaultdict[str, set[Connection]] = defaultdict(set)
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
        self._enter(connection)
        try:
            await self._rooms.arrived(actor)
            await self._read(connection)
        except WebSocketDisconnect:
            pass
        finally:
            self._leave(connection)
            await connection.end()
            await self._forget(connection)

    def _enter(self, connection: Connection) -> None:
        self._connections.add(connection)
        self._by_stream.setdefault(connection.stream, []).append(connection)
        self._touch([connection.stream])

    def _leave(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self._by_stream[connection.stream].remove(connection)
        if not self._by_stream[connection.stream]:
            del self._by_stream[connection.stream]
        self._watch_only(connection, frozenset())

    async def _greet(self, socket: WebSocket, actor: Actor) -> Connection | None:
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                hello = await read_message(socket)
            if hello["type"] != "hello":
                return None
            tab = UUID(str(hello["tab"]))
            after = hello.get("after") or {}
            stream = self._rooms.stream(actor)
            told = after.get(stream)
        except (KeyError, ValueError, AttributeError, TypeError, TimeoutError):
            return None
        most = await self._database.gathered(_most, None)
        connection = Connection(socket, actor, tab, stream, 0, most or 0)
        staff, account = (actor.id if actor.kind == kind else None for kind in ("staff", "account"))
        asked = tabs.Opening(tab, actor.login_id, staff, account, connection.id, stream)
        opened = await self._database.gathered(tabs.open_, asked)
        if opened is None:  # the tab's id belongs to somebody else
            return None
        connection.cursor = opened.last
        if isinstance(told, int) and 0 <= told <= opened.last:
            connection.cursor = told
        welcome = {"type": "welcome", "server_time": opened.now.isoformat(), "heartbeat_seconds": HEARTBEAT_SECONDS}
        await socket.send_text(json.dumps(welcome))
        if isinstance(told, int) and told > opened.last:  # a cursor of another database, such as before a restore
            await socket.send_text(json.dumps({"type": "reset", "stream": stream}))
        return connection

    async def _read(self, connection: Connection) -> None:
        clock = asyncio.get_running_loop().time
        since, seen = clock(), 0
        while True:
            try:
                async with asyncio.timeout(SILENCE_SECONDS):
                    message = await read_message(connection.socket)
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
            elif kind in {"signal", "media"}:
                await self._rooms.received(connection.actor, message)

    async def _watch(self, connection: Connection, keys: Any) -> None:
        if not isinstance(keys, list):
            return
        async with self._database.reading() as session:
            asked = [key for key in keys[:WATCH_LIMIT] if isinstance(key, str)]
            allowed = [key for key in asked if await self._rooms.may_watch(session, connection.actor, key)]
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

    async def _forget(self, connection: Connection) -> None:
        """A closed tab gets no offers: its lease ends now, unless the tab came back on another connection."""
        with suppress(SQLAlchemyError, OSError, asyncpg.PostgresError):
            await self._database.gathered(tabs.close, (connection.tab, connection.id))

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
            await self._touch_behind()
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
            try:
                await self._touch_behind()
            except DATABASE_FAULTS as error:
                measures.count_failure("live.poll")
                log.warning("live.poll_failed", error=type(error).__name__)

    async def _touch_behind(self) -> None:
        """Look which streams went on without a wake-up reaching us: one statement for all of them."""
        async with self._database.driver() as driver:
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
        for signal in signals:
            stream, _, id_ = signal.rpartition(":")
            if stream in self._by_stream:
                wanted[UUID(id_)] = stream
        if not wanted:
            return
        for message in await self._rooms.signals(session, list(wanted)):
            for connection in self._by_stream.get(wanted[message.pop("id")], ()):
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
        data = await self._rooms.completed(session, stream, type_, data)
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
            connection.send({"type": "reset", "stream": stream})

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
            mine = [connection.tab for connection in self._connections]
            holders = [connection.id for connection in self._connections]
            accounts = {c.actor.id for c in self._connections if c.actor.kind == "account" and c.actor.id}
            try:
                if mine:
                    async with self._database.driver() as driver:
                        await tabs.renew(driver, mine, holders)
                    async with self._database.reading() as session:
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


async def _most(driver: asyncpg.Connection, asked: Sequence[None]) -> dict[None, int]:
    """Read how many messages a minute a line may carry; all that open at once share the answer."""
    return dict.fromkeys(asked, (await parameters.read_by(driver, limits.MESSAGES_PER_LINE))[limits.MESSAGES_PER_LINE])
