"""Actions: every state change is one function in one transaction, with its audit rows and events (invariant 2).

An action locks rows in the order ticket, persons by id, engagement, call, counters, streams; checks the state machine;
changes; and says what to record. Nothing commits outside `Actions.run`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import structlog
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation import audit, events, failpoints, idempotency, recording
from cloudwindow.foundation.authentication import SYSTEM, Actor
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database, Work, sqlstate
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.notices import Notifier
from cloudwindow.foundation.wiring import Wiring

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")
Answer = TypeVar("Answer", bound=BaseModel)
Port = TypeVar("Port")

_NOW = "SELECT app_now()"
_RUN_AGAIN = {"40001", "40P01"}
"""SQLSTATE of a serialization failure and of a deadlock: the whole action runs once more."""


@dataclass
class Tx:
    """One running action: its transaction, who acts, when, and what it wants recorded.

    `driver` is asyncpg's own connection inside the same transaction, for statements that are hot.
    """

    work: Work
    driver: asyncpg.Connection
    actor: Actor
    now: datetime
    keys: Keys
    wiring: Wiring
    zone: ZoneInfo
    notes: list[audit.AuditNote] = field(default_factory=list)
    news: list[events.NewEvent] = field(default_factory=list)
    hints: set[str] = field(default_factory=set)
    follow_ups: list[tuple[Callable[..., Awaitable[object]], tuple[Any, ...]]] = field(default_factory=list)

    @property
    def session(self) -> AsyncSession:
        """The transaction's session."""
        return self.work.session

    @property
    def today(self) -> date:
        """The deployment's day."""
        return self.now.astimezone(self.zone).date()

    def audit(self, table: str, subject: UUID | None, *, old: dict[str, Any] | None = None, **new: Any) -> None:
        """Put a change on record: the fields as they were and as they are. No personal data in clear."""
        self.notes.append(audit.AuditNote(table, subject, old or {}, new))

    def event(self, stream: str, type_: str, data: Any) -> None:
        """Tell everybody who follows `stream` that its sub-document `type_` is now `data`."""
        self.news.append(events.NewEvent(stream, type_, data))

    def hint(self, key: str) -> None:
        """Tell watchers of `key` that something hot changed; they fetch it anew. Not kept."""
        self.hints.add(key)

    def follow_up(self, act: Callable[..., Awaitable[object]], *args: Any) -> None:
        """Let the system run another action after the commit; if the process dies first, the sweeper does it."""
        self.follow_ups.append((act, args))

    def port(self, protocol: type[Port]) -> Port:
        """Return what a later room provides for an interface that this one declares."""
        return self.wiring.port(protocol)


Act = Callable[Concatenate[Tx, P], Awaitable[T]]


Look = Callable[..., Awaitable[bool]]


def action(name: str, *, unless_idle: Look | None = None) -> Callable[[Act[P, T]], Act[P, T]]:
    """Mark a function as an action; `name` is what audit rows and failpoints call it.

    `unless_idle` looks, unlocked, whether there is anything to do: as a follow-up the action is left out when not.
    """

    def mark(function: Act[P, T]) -> Act[P, T]:
        function.action_name = name  # type: ignore[attr-defined]  # an attribute on a function, read by `_name`
        function.unless_idle = unless_idle  # type: ignore[attr-defined]  # likewise, read by `_follow_up`
        return function

    return mark


class Actions:
    """Runs actions against one database."""

    def __init__(self, database: Database, keys: Keys, wiring: Wiring, notifier: Notifier) -> None:
        self.database = database
        self.keys = keys
        self.wiring = wiring
        self.notifier = notifier

    async def run(self, actor: Actor, act: Act[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run one action to its commit. Raises `Problem` when it refuses; then nothing changed."""

        async def call(tx: Tx) -> T:
            return await act(tx, *args, **kwargs)

        return await self._twice(actor, _name(act), call, None)

    async def once(
        self, actor: Actor, key: idempotency.Key, act: Act[P, Answer], *args: P.args, **kwargs: P.kwargs
    ) -> Answer:
        """Run an action at most once per request key: asked again, it gives the first answer and changes nothing.

        Raises `Problem` as `run` does, and `idempotency_key_reused` when the key came with another request before.
        """

        async def call(tx: Tx) -> Answer:
            return await act(tx, *args, **kwargs)

        try:
            return await self._twice(actor, _name(act), call, key)
        except (Problem, idempotency.AlreadyAnswered):
            async with self.database.reading() as session:
                answer: Answer | None = await idempotency.find(session, key)
            if answer is None:
                raise
            return answer

    async def _twice(
        self, actor: Actor, name: str, call: Callable[[Tx], Awaitable[T]], key: idempotency.Key | None
    ) -> T:
        try:
            return await self._transaction(actor, name, call, key)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if not _worth_another_try(error):
                raise
        try:
            return await self._transaction(actor, name, call, key)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if _worth_another_try(error):
                raise Problem("busy_try_again") from error
            raise

    async def _transaction(
        self, actor: Actor, name: str, call: Callable[[Tx], Awaitable[T]], key: idempotency.Key | None
    ) -> T:
        async with self.database.work() as work:
            now = await work.driver.fetchval(_NOW)
            tx = Tx(work, work.driver, actor, now, self.keys, self.wiring, self.database.zone)
            result = await call(tx)
            await self._record(tx, name, key, result)
            failpoints.reach(f"{name}.before_commit")
        failpoints.reach(f"{name}.after_commit")
        self.notifier.send([f"stream:{news.stream}" for news in tx.news] + [f"hint:{key}" for key in tx.hints])
        for act, args in tx.follow_ups:
            await self._follow_up(act, args)
        return result

    async def _follow_up(self, act: Callable[..., Awaitable[object]], args: tuple[Any, ...]) -> None:
        """Run what comes after a commit. Whatever becomes of it, the caller's change is done and must be answered."""
        look: Callable[..., Awaitable[bool]] | None = getattr(act, "unless_idle", None)
        try:
            if look is not None:
                async with self.database.glance() as driver:
                    if not await look(driver, *args):
                        return
            await self.run(SYSTEM, act, *args)
        except Problem:
            return  # somebody else was faster
        except Exception:  # the sweeper does it later
            log.exception("actions.follow_up_failed", action=_name(act))

    async def _record(self, tx: Tx, name: str, key: idempotency.Key | None, result: object) -> None:
        origin = self.keys.blind("address", tx.actor.address).hex()[:32] if tx.actor.address else ""
        notes = [audit.row(tx.actor, origin, name, note, tx.now) for note in tx.notes]
        answer = (key, name, result.model_dump_json()) if key and isinstance(result, BaseModel) else None
        await recording.record(tx.driver, notes, tx.news, answer)


def _name(act: Callable[..., object]) -> str:
    name: str = getattr(act, "action_name", "")
    if not name:
        msg = f"{act!r} is not an action"
        raise TypeError(msg)
    return name


def _worth_another_try(error: BaseException) -> bool:
    return sqlstate(error) in _RUN_AGAIN
