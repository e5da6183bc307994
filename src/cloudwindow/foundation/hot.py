"""Hot statements: written with SQLAlchemy like any other, rendered once, and run by the driver itself.

A rule of the data then stands in one place for hot and ordinary reads alike; what is saved is building, compiling and
unpacking the statement each time, which takes far longer than running it.
"""

from typing import Any

import asyncpg
from sqlalchemy import ARRAY, Executable, Text, Uuid
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.sql import ClauseElement

TEXTS: Any = ARRAY(Text)
"""The type of a parameter that is a list of texts, for `= any(…)`."""

UUIDS: Any = ARRAY(Uuid)
"""The type of a parameter that is a list of keys."""

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy's own


class Hot:
    """One statement with named parameters (`bindparam`), each given at every run."""

    def __init__(self, statement: Executable) -> None:
        if not isinstance(statement, ClauseElement):
            msg = f"{statement!r} has no text"
            raise TypeError(msg)
        compiled = statement.compile(dialect=_DIALECT)
        self.sql = str(compiled)
        self._fixed: dict[str, Any] = compiled.params
        self._order: list[str] = compiled.positiontup or []  # type: ignore[attr-defined]  # of compiled SQL, which this is

    async def rows(self, driver: asyncpg.Connection, **values: Any) -> list[asyncpg.Record]:
        """Run it and return all rows."""
        rows: list[asyncpg.Record] = await driver.fetch(self.sql, *self._arguments(values))
        return rows

    async def row(self, driver: asyncpg.Connection, **values: Any) -> asyncpg.Record | None:
        """Run it and return the first row, if there is one."""
        return await driver.fetchrow(self.sql, *self._arguments(values))

    def _arguments(self, values: dict[str, Any]) -> list[Any]:
        known = self._fixed | values
        return [known[name] for name in self._order]
