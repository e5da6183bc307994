"""Actions: every state change is one function in one transaction, with its audit rows and events (invariant 2).

An action locks rows in the order ticket, persons by id, engagement, call, counters, streams; checks the state machine;
changes; and says what to record. Nothing commits outside `Actions.run`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import structlog
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation import audit, events, failpoints, idempotency, measures, recording
from cloudwindow.foundation.authentication import SYSTEM, Actor
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Database, Work
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.faults import is_database_gone, sqlstate
from cloudwindow.foundation.gathering import Ask, Question
from cloudwindow.foundation.keyring import Generation
from cloudwindow.foundation.notices import Notifier
from cloudwindow.foundation.wiring import Wiring

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")
Found = TypeVar("Found")
Answer = TypeVar("Answer", bound=BaseModel)
Port = TypeVar("Port")


class _Beginning(NamedTuple):
    """What every action must know first: the time, and the fingerprint of the keys in force."""

    now: datetime
    keys: str | None


_BEGINNING = "SELECT app_now(), (SELECT key_fingerprint FROM deployment WHERE id = 1)"


async def _beginning(driver: asyncpg.Connection, asked: Sequence[None]) -> dict[None, _Beginning]:
    """Read it; all actions that begin at once share the answer."""
    return dict.fromkeys(asked, _Beginning(*await driver.fetchrow(_BEGINNING)))


_RUN_AGAIN = {"40001", "40P01"}
"""SQLSTATE of a serialization failure and of a deadlock: the whole action runs once more."""


@dataclass
class Tx:
    """One running action: its name, its transaction, who acts, when, and what it wants recorded."""

    action: str
    request_key: idempotency.Key | None
    work: Work | None
    database: Database
    actor: Actor
    now: datetime
    known_keys: Keys
    wiring: Wiring
    closed: bool = False
    notes: list[audit.AuditNote] = field(default_factory=list)
    news: list[events.NewEvent] = field(default_factory=list)
    hints: set[str] = field(default_factory=set)
    follow_ups: list[tuple[Callable[..., Awaitable[object]], tuple[Any, ...]]] = field(default_factory=list)

    @property
    def session(self) -> AsyncSession:
        """The transaction's session."""
        return self._transaction().session

    @property
    def driver(self) -> asyncpg.Connection:
        """Asyncpg's own connection inside the transaction, for statements that are hot."""
        return self._transaction().driver

    @property
    def keys(self) -> Keys:
        """The keys in force since this transaction began. `keys rotate` waits for it, so what is written is found."""
        self._transaction()
        return self.known_keys

    @property
    def zone(self) -> ZoneInfo:
        """The deployment's time zone."""
        return self.database.zone

    @property
    def today(self) -> date:
        """The deployment's day."""
        return self.now.astimezone(self.zone).date()

    async def gathered(self, ask: Ask[Question, Found], question: Question) -> Found | None:
        """Read together with other actions; it sees what is committed, not what this action has written so far."""
        return await self.database.gathered(ask, question)

    def forget(self) -> None:
        """Take back what was to be recorded, when the change was not made."""
        self.notes.clear()
        self.news.clear()

    async def close(self, closing: recording.Closing, *args: Any, answer: Answer) -> Answer:
        """Write and commit an action that is one statement, with its record; nothing may follow.

        Returns the answer with the late text in place of `recording.LATE`. Raises what the statement raises; then
        nothing is written.
        """
        failpoints.reach(f"{self.action}.before_commit")
        response = answer.model_dump_json()
        async with self.database.driver() as driver:
            late = await recording.record(driver, self.record(response), closing, args)
        self.closed = True
        return type(answer).model_validate_json(response.replace(recording.LATE, late))

    def record(self, response: str | None) -> recording.Record:
        """Put together what stays of this action; `response` is the JSON kept as the answer to its request key."""
        origin = _origin(self.known_keys.current, self.actor.address) if self.actor.address else ""
        answer = (self.request_key, response) if self.request_key and response else None
        return recording.Record(self.now, self.action, self.actor, origin, self.notes, self.news, answer)

    def _transaction(self) -> Work:
        if self.work is None:
            raise RuntimeError("an action in one statement reads by `gathered` or `database`, and writes by `close`")
        return self.work

    def audit(self, table: str, subject: UUID | None, *, old: dict[str, Any] | None = None, **new: Any) -> None:
        """Put a change on record: the fields as they were and as they are. No personal data in clear."""
        self.notes.append(audit.AuditNote(table, subject, old or {}, new))

    def event(self, stream: str, type_: str, data: Any) -> None:
        """Tell everybody who follows `stream` that its sub-document `type_` is now `data`: models, or None."""
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


@dataclass(frozen=True)
class _Marks:
    name: str
    unless_idle: Ask[Any, bool] | None
    in_one_statement: bool


def action(
    name: str, *, unless_idle: Ask[Any, bool] | None = None, in_one_statement: bool = False
) -> Callable[[Act[P, T]], Act[P, T]]:
    """Mark a function as an action; `name` is what audit rows and failpoints call it.

    `unless_idle` says, unlocked and for the action's only argument, whether there is anything to do: as a follow-up the
    action is left out when not. `in_one_statement` has no transaction around it: it reads what is committed and writes
    by `Tx.close` alone, for changes so frequent that their locks must not wait for the statements of a longer one.
    """

    def mark(function: Act[P, T]) -> Act[P, T]:
        function.marks = _Marks(name, unless_idle, in_one_statement)  # type: ignore[attr-defined]  # read by `_marks`
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

        return await self._counted(actor, _marks(act), call, None)

    async def once(
        self, actor: Actor, key: idempotency.Key, act: Act[P, Answer], *args: P.args, **kwargs: P.kwargs
    ) -> Answer:
        """Run an action at most once per request key: asked again, it gives the first answer and changes nothing.

        Raises `Problem` as `run` does, and `idempotency_key_reused` when the key came with another request before.
        """

        async def call(tx: Tx) -> Answer:
            return await act(tx, *args, **kwargs)

        try:
            return await self._counted(actor, _marks(act), call, key)
        except (Problem, idempotency.AlreadyAnswered):
            async with self.database.reading() as session:
                answer: Answer | None = await idempotency.find(session, key)
            if answer is None:
                raise
            return answer

    async def _counted(
        self, actor: Actor, marks: _Marks, call: Callable[[Tx], Awaitable[T]], key: idempotency.Key | None
    ) -> T:
        with measures.counting_outcome(marks.name, idempotency.AlreadyAnswered):
            return await self._twice(actor, marks, call, key)

    async def _twice(
        self, actor: Actor, marks: _Marks, call: Callable[[Tx], Awaitable[T]], key: idempotency.Key | None
    ) -> T:
        try:
            return await self._attempt(actor, marks, call, key)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if not _worth_another_try(error):
                raise
        measures.count_action(marks.name, "retried")
        try:
            return await self._attempt(actor, marks, call, key)
        except (DBAPIError, asyncpg.PostgresError) as error:
            if _worth_another_try(error):
                raise Problem("busy_try_again") from error
            raise

    async def _attempt(
        self, actor: Actor, marks: _Marks, call: Callable[[Tx], Awaitable[T]], key: idempotency.Key | None
    ) -> T:
        if marks.in_one_statement:
            tx = await self._begin(None, actor, marks, key)
            result = await call(tx)
            if not tx.closed:  # nothing to change, but something to remember
                async with self.database.driver() as driver:
                    await recording.record(driver, tx.record(_json(result)))
        else:
            # The transaction is open before its keys are read: see `Tx.keys`.
            async with self.database.work() as work:
                tx = await self._begin(work, actor, marks, key)
                result = await call(tx)
                await recording.record(work.driver, tx.record(_json(result)))
                failpoints.reach(f"{marks.name}.before_commit")
        failpoints.reach(f"{marks.name}.after_commit")
        self.notifier.send([f"stream:{news.stream}" for news in tx.news] + [f"hint:{key}" for key in tx.hints])
        for act, args in tx.follow_ups:
            await self._follow_up(act, args)
        return result

    async def _begin(self, work: Work | None, actor: Actor, marks: _Marks, key: idempotency.Key | None) -> Tx:
        beginning = await self.database.gathered(_beginning, None)
        if beginning is None:
            raise RuntimeError("the database does not know the time")
        keys = self.keys.as_of(beginning.keys)
        return Tx(marks.name, key, work, self.database, actor, beginning.now, keys, self.wiring)

    async def _follow_up(self, act: Callable[..., Awaitable[object]], args: tuple[Any, ...]) -> None:
        """Run what comes after a commit. Whatever becomes of it, the caller's change is done and must be answered."""
        marks = _marks(act)
        try:
            if marks.unless_idle is not None and not await self.database.gathered(marks.unless_idle, *args):
                return
            await self.run(SYSTEM, act, *args)
        except Problem:
            return  # somebody else was faster
        except Exception as error:  # the sweeper does it later
            if is_database_gone(error):
                log.warning("actions.follow_up_left", action=marks.name, error=type(error).__name__)
            else:
                measures.count_failure("actions.follow_up")
                log.exception("actions.follow_up_failed", action=marks.name)


def _marks(act: Callable[..., object]) -> _Marks:
    marks: _Marks | None = getattr(act, "marks", None)
    if marks is None:
        msg = f"{act!r} is not an action"
        raise TypeError(msg)
    return marks


@lru_cache(maxsize=4096)
def _origin(keys: Generation, address: str) -> str:
    return keys.index("address", address).hex()[:32]


def _json(result: object) -> str | None:
    return result.model_dump_json() if isinstance(result, BaseModel) else None


def _worth_another_try(error: BaseException) -> bool:
    return sqlstate(error) in _RUN_AGAIN
