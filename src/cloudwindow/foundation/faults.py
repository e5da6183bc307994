"""Faults of the database: which it was, and whether it is gone for now rather than refusing something."""

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

DATABASE_FAULTS = (
    OSError,
    SQLAlchemyError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""Whatever may come of asking the database; loops in the background note it and go on."""

_GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InternalClientError,  # what the driver says of a connection that broke in the middle of an answer
    ConnectionError,
    FileNotFoundError,  # the socket
)


def sqlstate(error: BaseException) -> str | None:
    """Return PostgreSQL's code of an error, from asyncpg itself or wrapped by SQLAlchemy."""
    return getattr(error, "sqlstate", None) or getattr(getattr(error, "orig", None), "sqlstate", None)


def is_database_gone(error: BaseException) -> bool:
    """Say whether an error means that the server or the way to it is gone for now, rather than that it refuses."""
    inner = getattr(error, "orig", None) or error
    inner = getattr(inner, "__cause__", None) or inner if isinstance(error, DBAPIError) else inner
    if isinstance(inner, asyncpg.InterfaceError):
        return "clos" in str(inner)  # used after it was lost; others are mistakes of ours
    return isinstance(inner, _GONE)
