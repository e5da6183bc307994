"""Statements that take long, one line of the log each: their text without any value, how long, for which request.

There are two ways to the database. SQLAlchemy prepares its statements, which is seen by its events; the hot ones go to
the driver itself, whose connections are of a class of ours. So each is seen, and none twice. asyncpg has a logger of
its own, but that calls back through the event loop for each statement: four times the cost of two looks at a clock.

A duration is what our side saw: a process that is too busy to take an answer makes its statements slow as well.
"""

from time import perf_counter
from typing import Any

import asyncpg
import structlog
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

log = structlog.get_logger()

LONGEST_TEXT = 2000
"""Characters of a statement that are kept."""

_BEGAN = "cloudwindow_began"


class SlowQueries:
    """Watches connections; `limit_ms` is the duration from which a statement is logged, 0 switches it off."""

    def __init__(self, limit_ms: int) -> None:
        self._seconds = limit_ms / 1000

    def connection_class(self) -> type[asyncpg.Connection]:
        """Return the class for the driver's connections."""
        return _watched(self._seconds) if self._seconds else asyncpg.Connection

    def watch_engine(self, engine: Engine) -> None:
        """Watch what SQLAlchemy runs."""
        if self._seconds:
            event.listen(engine, "before_cursor_execute", _begin)
            event.listen(engine, "after_cursor_execute", self._engine_ran)
            event.listen(engine, "handle_error", self._engine_failed)

    def _engine_ran(
        self, _connection: Connection, _cursor: Any, statement: str, _values: Any, context: Any, *_: Any
    ) -> None:
        self._check(statement, context)

    def _engine_failed(self, failure: ExceptionContext) -> None:
        if failure.statement is not None:
            self._check(failure.statement, failure.execution_context)

    def _check(self, statement: str, context: Any) -> None:
        began: float | None = getattr(context, _BEGAN, None)
        if began is not None and (elapsed := perf_counter() - began) >= self._seconds:
            _write(statement, elapsed)


def _begin(_connection: Connection, _cursor: Any, _statement: str, _values: Any, context: Any, *_: Any) -> None:
    setattr(context, _BEGAN, perf_counter())


def _watched(limit: float) -> type[asyncpg.Connection]:
    """Make a class of connections that look at the clock around each of their statements."""

    def done(query: str, began: float) -> None:
        elapsed = perf_counter() - began
        if elapsed >= limit:
            _write(query, elapsed)

    class Watched(asyncpg.Connection):  # type: ignore[misc]  # the driver has no types
        __slots__ = ()

        async def execute(self, query: str, *args: Any, **how: Any) -> Any:
            began = perf_counter()
            try:
                return await super().execute(query, *args, **how)
            finally:
                done(query, began)

        async def executemany(self, command: str, args: Any, **how: Any) -> Any:
            began = perf_counter()
            try:
                return await super().executemany(command, args, **how)
            finally:
                done(command, began)

        async def fetch(self, query: str, *args: Any, **how: Any) -> Any:
            began = perf_counter()
            try:
                return await super().fetch(query, *args, **how)
            finally:
                done(query, began)

        async def fetchrow(self, query: str, *args: Any, **how: Any) -> Any:
            began = perf_counter()
            try:
                return await super().fetchrow(query, *args, **how)
            finally:
                done(query, began)

        async def fetchval(self, query: str, *args: Any, **how: Any) -> Any:
            began = perf_counter()
            try:
                return await super().fetchval(query, *args, **how)
            finally:
                done(query, began)

    return Watched


def _write(statement: str, seconds: float) -> None:
    log.warning("database.slow", ms=round(seconds * 1000, 1), sql=" ".join(statement.split())[:LONGEST_TEXT])
