"""Reads of regions, service centres, stations and opening hours; all public, so no scope narrows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation import parameters
from cloudwindow.foundation.database import driver_of
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.hot import TEXTS, Hot
from cloudwindow.organisation import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.organisation.hours import DayKind, Rule, Span, Timetable
from cloudwindow.organisation.ladders import Ladder, is_on, ladder_of, nearness
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
_PLACE = select(Region.code, Region.name, Region.level, Region.ladder).where(Region.code == bindparam("region"))


def centre_on(ladder: Ladder) -> Select[UUID]:
    """Select the service centre 政务服务中心 nearest upward of a region: the home of its tickets (model §4)."""
    return (
        select(Organisation.id)
        .where(is_on(ladder, Organisation.region_code), Organisation.kind == "centre")
        .order_by(nearness(ladder, Organisation.region_code).desc(), Organisation.key)
        .limit(1)
    )


_CENTRE = centre_on(ladder_of(bindparam("region")))
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
    found = (await session.execute(_PLACE, {"region": code})).one_or_none()
    if found is None:
        raise Problem("region_unknown", region=code)
    return Place(found.code, found.name, found.level, tuple(reversed(found.ladder)))


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
    if always:
        return {key: Timetable((), {}, zone, always=True) for key in hours_keys}
    hours = await read_hours(await driver_of(session), hours_keys)
    return {key: hours[key].timetable(zone) for key in hours_keys}


class Hours(NamedTuple):
    """Opening hours as they are published, with the days that differ from their weekday."""

    rules: tuple[Rule, ...]
    days: dict[date, DayKind]

    def timetable(self, zone: ZoneInfo) -> Timetable:
        """The hours in a time zone."""
        return Timetable(self.rules, self.days, zone)


async def read_hours(driver: asyncpg.Connection, hours_keys: Sequence[str]) -> dict[str, Hours]:
    """Read the hours of several keys; one that does not exist has none."""
    days = {row["day"]: row["kind"] for row in await _DAYS.rows(driver)}
    rules: dict[str, list[Rule]] = {key: [] for key in hours_keys}
    for row in await _RULES.rows(driver, keys=list(rules)):
        spans = tuple(Span.parse(text) for text in row["spans"])
        rules[row["hours_key"]].append(Rule(frozenset(row["weekdays"]), row["from_day"], row["to_day"], spans))
    return {key: Hours(tuple(of_key), days) for key, of_key in rules.items()}
