"""Reads of regions, service centres, stations and opening hours; all public, so no scope narrows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from cloudwindow.foundation import parameters
from cloudwindow.foundation.database import driver_of
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.hot import TEXTS, Hot
from cloudwindow.organisation import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.organisation.hours import Rule, Span, Timetable
from cloudwindow.organisation.models import CalendarDay, OpeningRule, Organisation, Region, Site, Station
from cloudwindow.organisation.schemas import RegionChoice, StationChoice

CLERK_STATIONS = ("agent", "acceptor")  # a help point 帮办点 is the town hall's, not a clerk's

OPEN_ALL_HOURS = parameters.define(
    "demonstration.open_all_hours",
    default=False,
    unit="true/false",
    source="demonstration switch 全天开放",
    help="Everything is open at all hours; only a demonstration turns this on.",
)


@dataclass(frozen=True)
class Place:
    """A region and the codes from it up to the city, itself first: the ladder up which desks are sought."""

    code: str
    name: str
    level: str
    ladder: tuple[str, ...]


# Statements of the hot path are built once: making one anew takes longer than running it.
_other = aliased(Region)
_PLACE = (
    select(Region.code, Region.name, Region.level, _other.code.label("step"))
    .join(_other, _other.path.op("@>")(Region.path))
    .where(Region.code == bindparam("region"))
    .order_by(func.nlevel(_other.path).desc())
)


def centre_above(region: ColumnElement[str]) -> Select[UUID]:
    """Select the service centre 政务服务中心 nearest upward of a region: the home of its tickets (model §4)."""
    return (
        select(Organisation.id)
        .join(Region, Region.code == Organisation.region_code)
        .join(_other, Region.path.op("@>")(_other.path))
        .where(_other.code == region, Organisation.kind == "centre")
        .order_by(func.nlevel(Region.path).desc(), Organisation.key)
        .limit(1)
    )


_CENTRE = centre_above(bindparam("region"))
_DAYS = Hot(select(CalendarDay.day, CalendarDay.kind))
_RULES = Hot(
    select(
        OpeningRule.hours_key,
        OpeningRule.weekdays,
        OpeningRule.from_day,
        OpeningRule.to_day,
        OpeningRule.spans,
    )
    .where(OpeningRule.hours_key == func.any(bindparam("keys", type_=TEXTS)))
    .order_by(OpeningRule.hours_key, OpeningRule.position)
)


async def list_regions(session: AsyncSession) -> list[RegionChoice]:
    """List the city and its counties, the city first, then by code."""
    rows = await session.execute(
        select(Region.code, Region.name, Region.level, Region.parent_code.label("parent"))
        .where(Region.level.in_(("city", "county")))
        .order_by(func.nlevel(Region.path), Region.code)
    )
    return [RegionChoice.model_validate(row._asdict()) for row in rows]


async def find_place(session: AsyncSession, code: str) -> Place:
    """Return a region of any level with its ladder.

    Raises:
        Problem: `region_unknown` when the code names none.
    """
    rows = await session.execute(_PLACE, {"region": code})
    found = rows.all()
    if not found:
        raise Problem("region_unknown", region=code)
    first = found[0]
    return Place(first.code, first.name, first.level, tuple(row.step for row in found))


async def find_city(session: AsyncSession) -> str:
    """Return the code of the region on top, which stands for the whole deployment.

    Raises:
        Problem: `region_unknown` when no region is loaded.
    """
    code = await session.scalar(select(Region.code).where(Region.parent_code.is_(None)).order_by(Region.code).limit(1))
    if code is None:
        raise Problem("region_unknown", region="")
    return code


async def service_centre(session: AsyncSession, region_code: str) -> UUID:
    """Return the service centre 政务服务中心 nearest upward of a region: the home of its tickets (model §4).

    Raises:
        Problem: `region_unknown` when there is no such region, or no centre above it.
    """
    found = await session.scalar(_CENTRE, {"region": region_code})
    if found is None:
        raise Problem("region_unknown", region=region_code)
    return found


async def list_stations(session: AsyncSession) -> list[StationChoice]:
    """List the clerks' stations in use, at sites in use, by organisation and number."""
    rows = await session.execute(
        select(
            Station.id,
            Station.number,
            Site.name.label("site_name"),
            Organisation.name.label("organisation_name"),
        )
        .join(Site, Site.id == Station.site_id)
        .join(Organisation, Organisation.id == Site.organisation_id)
        .where(Station.status == "in_use", Site.status == "in_use", Station.kind.in_(CLERK_STATIONS))
        .order_by(Organisation.key, Station.number, Station.key)
    )
    return [StationChoice.model_validate(row._asdict()) for row in rows]


async def timetable(session: AsyncSession, hours_key: str, zone: ZoneInfo) -> Timetable:
    """Return the timetable behind an hours key; an unknown key is never open. `zone` is the deployment's."""
    return (await timetables(session, [hours_key], zone))[hours_key]


async def timetables(session: AsyncSession, hours_keys: Sequence[str], zone: ZoneInfo) -> dict[str, Timetable]:
    """Return several timetables in at most three reads; see `timetable`."""
    always = bool(await parameters.get(session, OPEN_ALL_HOURS))
    return await read_timetables(await driver_of(session), hours_keys, zone, always=always)


async def read_timetables(
    driver: asyncpg.Connection, hours_keys: Sequence[str], zone: ZoneInfo, *, always: bool
) -> dict[str, Timetable]:
    """Read several timetables for whoever knows already whether everything is open at all hours."""
    if always:
        return {key: Timetable((), {}, zone, always=True) for key in hours_keys}
    days = {row["day"]: row["kind"] for row in await _DAYS.rows(driver)}
    rules: dict[str, list[Rule]] = {key: [] for key in hours_keys}
    for row in await _RULES.rows(driver, keys=list(rules)):
        spans = tuple(Span.parse(text) for text in row["spans"])
        rules[row["hours_key"]].append(Rule(frozenset(row["weekdays"]), row["from_day"], row["to_day"], spans))
    return {key: Timetable(rules[key], days, zone) for key in hours_keys}
