"""Parameters: numbers that a standard or an office decides, kept as rows with unit and source (model §9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.database import driver_of
from cloudwindow.foundation.hot import TEXTS, Hot
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


def in_force(keys: ColumnElement[list[str]], region: ColumnElement[str], desk: ColumnElement[str]) -> Select[str, Any]:
    """Select the values in force now, the nearest scope first: desk (by key), region (by code), all."""
    nearest = case((Parameter.scope_kind == "desk", 0), (Parameter.scope_kind == "region", 1), else_=2)
    return (
        select(Parameter.key, Parameter.value)
        .ext(distinct_on(Parameter.key))
        .where(
            Parameter.key == func.any(keys),
            # The clock is asked once a statement, not once a row.
            Parameter.valid_from <= select(func.app_now()).scalar_subquery(),
            or_(
                Parameter.scope_kind == "all",
                and_(Parameter.scope_kind == "region", Parameter.scope_key == region),
                and_(Parameter.scope_kind == "desk", Parameter.scope_key == desk),
            ),
        )
        .order_by(Parameter.key, nearest, Parameter.valid_from.desc())
    )


def default_of(key: str) -> Any:
    """Return what counts where no row says anything. Raises `KeyError` for a parameter that nobody defined."""
    return _definitions[key].default


_READ = Hot(in_force(bindparam("keys", type_=TEXTS), bindparam("region", type_=Text), bindparam("desk", type_=Text)))


async def read(session: AsyncSession, *keys: str, region: str | None = None, desk: str | None = None) -> dict[str, Any]:
    """Return the values in force now, the nearest scope first: desk (by key), region (by code), all.

    Raises `KeyError` for a parameter that nobody defined.
    """
    return await read_by(await driver_of(session), *keys, region=region, desk=desk)


async def read_by(
    driver: asyncpg.Connection, *keys: str, region: str | None = None, desk: str | None = None
) -> dict[str, Any]:
    """Return what `read` does, for whoever has the driver's connection and no session."""
    rows = await _READ.rows(driver, keys=keys, region=region or "", desk=desk or "")
    found = {row["key"]: row["value"] for row in rows}
    return {key: found[key] if key in found else default_of(key) for key in keys}


async def get(session: AsyncSession, key: str, *, region: str | None = None, desk: str | None = None) -> Any:
    """Return one value in force now; see `read`."""
    return (await read(session, key, region=region, desk=desk))[key]
