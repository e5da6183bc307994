"""Which errors mean that the database is gone for now, and which that something is wrong."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from cloudwindow.foundation.faults import is_database_gone, sqlstate


def _wrapped(error: Exception) -> DBAPIError:
    """As SQLAlchemy raises it: around an error of its dialect, which was caused by the driver's."""
    dialects = Exception("what the dialect says")
    dialects.__cause__ = error
    return DBAPIError("SELECT 1", {}, dialects)


@pytest.mark.parametrize("wrap", [lambda error: error, _wrapped], ids=["driver", "sqlalchemy"])
@pytest.mark.parametrize(
    ("error", "gone"),
    [
        (asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"), True),
        (asyncpg.CannotConnectNowError("the database system is starting up"), True),
        (asyncpg.AdminShutdownError("terminating connection due to administrator command"), True),
        (asyncpg.CrashShutdownError("terminating connection because of crash"), True),
        (asyncpg.InternalClientError("cannot switch to state 12"), True),
        (asyncpg.InterfaceError("cannot perform operation: connection is closed"), True),
        (ConnectionRefusedError(), True),
        (FileNotFoundError("no socket"), True),
        (asyncpg.InterfaceError("cannot use Connection.transaction() in a manually started transaction"), False),
        (asyncpg.UniqueViolationError("duplicate key"), False),
        (asyncpg.DeadlockDetectedError("deadlock detected"), False),
        (asyncpg.UndefinedTableError("no such table"), False),
        (PermissionError("a file"), False),
        (ValueError("ours"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_gone_or_refused(error: Exception, wrap: object, *, gone: bool) -> None:
    assert callable(wrap)
    assert is_database_gone(wrap(error)) is gone


def test_the_code_is_found_through_the_wrapping() -> None:
    error = asyncpg.DeadlockDetectedError("deadlock detected")
    assert sqlstate(error) == "40P01"
    assert sqlstate(ValueError()) is None
