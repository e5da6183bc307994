"""The live line over requests that hang, where WebSockets are blocked: any process may take the next one.

A poll is a line for as long as it hangs; the hub delivers to it like to any other. Between two polls there is none, and
no process remembers anything: the client brings along how far it has been told, as a cursor for each stream and a
`Mark` for what has no numbers. See `docs/subsystems/live-line.md`.
"""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cloudwindow.foundation import tabs
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem, define
from cloudwindow.foundation.faults import DATABASE_FAULTS
from cloudwindow.foundation.hints import Hints
from cloudwindow.foundation.line import Connection
from cloudwindow.foundation.live import WATCH_LIMIT, Live
from cloudwindow.foundation.numbers import NOT_GUESSED

HANG_SECONDS = 25.0
"""How long a poll waits for something to tell: under the half minute after which common proxies give up."""

TOGETHER_SECONDS = 0.02
"""What one change has to tell — events, then hints — comes within this time."""

MOST_SIGNALS = 1000
"""In a mark; a call that starts has some twenty, and they are forgotten after half a minute."""

define(
    "tab_of_another_login",
    409,
    "这个页面属于另一次登录，请刷新页面。",
    "This page belongs to another login. Please reload it.",
)

Key = Annotated[str, Field(max_length=200)]
Instant = Annotated[int, Field(ge=0, lt=2**53), NOT_GUESSED]
"""Microseconds since 1970."""


class Mark(BaseModel):
    """How far a client has been told of what has no numbers: comes with each answer, goes back with the next poll.

    `since`: when the line began, and so the oldest that it is told; `signals`: the batches of signalling that it has;
    `hints`: the instant of the last hint of each key. Whoever makes one up hears their own things twice, or not at all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    since: Instant
    signals: list[UUID] = Field(max_length=MOST_SIGNALS)
    hints: dict[Key, Instant] = Field(max_length=WATCH_LIMIT)


class Told(NamedTuple):
    """The answer to a poll. Without a mark the line is over; another may be opened at once."""

    messages: list[dict[str, Any]]
    mark: Mark | None


class Polling:
    """The polls that hang in this process."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._hanging: set[Connection] = set()
        self._over = False

    def hang_up(self) -> None:
        """Answer every poll at once, now and from now on: the process is about to end."""
        self._over = True
        for connection in self._hanging:
            connection.close()

    async def open(self, actor: Actor, tab: UUID, after: dict[str, int]) -> Told:
        """Begin a line: what a page must hear first, at once. Raises `tab_of_another_login`."""
        connection = await self._enter(actor, tab, after, greet=True)
        await self._live.rooms.arrived(actor)
        began = int(connection.opened_at.timestamp() * 1_000_000)
        return Told(_taken(connection), Mark(since=began, signals=[], hints={}))

    async def poll(
        self, actor: Actor, tab: UUID, after: dict[str, int], keys: list[str], mark: Mark, gone: asyncio.Future[None]
    ) -> Told:
        """Wait until there is something to tell, at most `HANG_SECONDS`, and tell it.

        `gone` is done when the client has gone away; its tab then counts as open for a few seconds more. Raises
        `tab_of_another_login`.
        """
        connection = await self._enter(actor, tab, after, greet=False)
        gone.add_done_callback(lambda _: connection.close())
        self._hanging.add(connection)
        try:
            with self._live.holding(connection):
                if self._over:
                    connection.close()
                told = await self._catch_up(connection, keys, mark)
                messages = await _messages(connection)
        finally:
            self._hanging.discard(connection)
        if connection.closed:
            await self._forget(connection, broken_off=gone.done())
        return Told([each for each in messages if told.is_news(each)], None if connection.closed else told.mark())

    async def _enter(self, actor: Actor, tab: UUID, after: dict[str, int], *, greet: bool) -> Connection:
        connection = await self._live.enter(actor, tab, after, greet=greet)
        if connection is None:
            raise Problem("tab_of_another_login")
        return connection

    async def _catch_up(self, connection: Connection, keys: list[str], mark: Mark) -> "_Progress":
        """Queue what came between two polls and is no event: signals that are still kept, hints of a later instant."""
        live, since = self._live, datetime.fromtimestamp(mark.since / 1_000_000, UTC)
        await live.watch(connection, keys)
        async with live.database.reading() as session:
            kept = await live.rooms.kept_signals(session, connection.actor, since, mark.signals)
        for message in [message for _, message in kept if message is not None]:
            connection.send(message)
        hints = {key: mark.hints.get(key, mark.since) for key in sorted(connection.watching)}
        for key in [key for key, instant in hints.items() if instant < live.hints.last(key)]:
            connection.send({"type": "hint", "key": key})
        return _Progress(live.hints, mark.since, {id_ for id_, message in kept if message is None}, hints)

    async def _forget(self, connection: Connection, *, broken_off: bool) -> None:
        with suppress(*DATABASE_FAULTS):
            if broken_off:
                async with self._live.database.driver() as driver:
                    await tabs.break_off(driver, connection.tab, connection.id)
            else:
                await self._live.database.gathered(tabs.close, (connection.tab, connection.id))


async def _messages(connection: Connection) -> list[dict[str, Any]]:
    """Take what is queued; when that is nothing, wait for the first and take what comes with it."""
    if connection.first() is None and not connection.closed:
        queued = asyncio.Event()
        connection.carry = queued.set
        with suppress(TimeoutError):
            async with asyncio.timeout(HANG_SECONDS):
                await queued.wait()
            await asyncio.sleep(TOGETHER_SECONDS)
    return _taken(connection)


def _taken(connection: Connection) -> list[dict[str, Any]]:
    taken = []
    while (text := connection.first()) is not None:
        taken.append(json.loads(text))
        connection.carried()
    return taken


@dataclass
class _Progress:
    """What a client has been told so far, in the course of one answer."""

    known: Hints
    since: Instant
    signals: set[UUID]
    hints: dict[str, int]

    def is_news(self, message: dict[str, Any]) -> bool:
        """Say whether a message is to be told, and take note of it: what was caught up on may have been pushed, too."""
        if message["type"] == "signal":
            id_ = UUID(message["id"])
            fresh = id_ not in self.signals
            self.signals.add(id_)
            return fresh
        if message["type"] == "hint":
            key, told = message["key"], self.hints[message["key"]]
            self.hints[key] = self.known.last(key)
            return told < self.hints[key]
        return True

    def mark(self) -> Mark:
        """Return it as the client will bring it along."""
        return Mark(since=self.since, signals=sorted(self.signals)[:MOST_SIGNALS], hints=self.hints)
