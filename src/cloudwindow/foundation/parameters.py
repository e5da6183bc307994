"""Parameters: numbers that a standard or an office decides, kept as rows with unit and source (model §9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.database import driver_of
from cloudwindow.foundation.models import Parameter

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Definition:
    """A parameter as the code knows it: the default is written as its first row by `migrate`."""

    key: str
    default: Any
    unit: str
    source: str
    help: str


_definitions: dict[str, Definition] = {}


def define(key: str, default: Any, unit: str, source: str, help: str) -> str:  # noqa: A002  the settings say "help" too
    """Register a parameter once and return its key. Raises `ValueError` on a second definition."""
    if key in _definitions:
        msg = f"parameter {key!r} is defined twice"
        raise ValueError(msg)
    _definitions[key] = Definition(key, default, unit, source, help)
    return key


def definitions() -> Iterable[Definition]:
    """All parameters that the rooms defined, by key."""
    return sorted(_definitions.values(), key=lambda definition: definition.key)


async def seed(session: AsyncSession) -> None:
    """Write the first row of every parameter that has none; existing rows stay as they are."""
    rows = [
        {
            "key": d.key,
            "scope_kind": "all",
            "scope_key": "",
            "value": d.default,
            "unit": d.unit,
            "source": d.source,
            "valid_from": BEGINNING,
        }
        for d in definitions()
    ]
    if rows:
        await session.execute(insert(Parameter).values(rows).on_conflict_do_nothing())


_READ = """
    SELECT DISTINCT ON (key) key, value FROM parameter
    WHERE key = ANY($1::text[]) AND valid_from <= (SELECT app_now())
      AND (scope_kind = 'all' OR (scope_kind = 'region' AND scope_key = $2) OR (scope_kind = 'desk' AND scope_key = $3))
    ORDER BY key, CASE scope_kind WHEN 'desk' THEN 0 WHEN 'region' THEN 1 ELSE 2 END, valid_from DESC
"""


async def read(session: AsyncSession, *keys: str, region: str | None = None, desk: str | None = None) -> dict[str, Any]:
    """Return the values in force now, the nearest scope first: desk (by key), region (by code), all.

    Raises `KeyError` for a parameter that nobody defined.
    """
    return await glance(await driver_of(session), *keys, region=region, desk=desk)


async def glance(
    driver: asyncpg.Connection, *keys: str, region: str | None = None, desk: str | None = None
) -> dict[str, Any]:
    """Read them on the driver's own connection; see `read`."""
    found = {row["key"]: row["value"] for row in await driver.fetch(_READ, keys, region or "", desk or "")}
    return {key: found[key] if key in found else _definitions[key].default for key in keys}


async def get(session: AsyncSession, key: str, *, region: str | None = None, desk: str | None = None) -> Any:
    """Return one value in force now; see `read`."""
    return (await read(session, key, region=region, desk=desk))[key]
