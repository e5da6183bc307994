"""Loads the demonstration city into an empty database: all in one transaction, or nothing (model §6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import CannedReply
from cloudwindow.catalogue import Implementation, Item, Version
from cloudwindow.demonstration import canned, desks, items, places, staff
from cloudwindow.dispatch import Desk, DeskItem, DeskMember
from cloudwindow.foundation import audit
from cloudwindow.foundation.authentication import SYSTEM
from cloudwindow.foundation.crypto import Keys
from cloudwindow.foundation.database import Base, Database, driver_of
from cloudwindow.foundation.models import Parameter
from cloudwindow.foundation.recording import Record, record
from cloudwindow.organisation import (
    OPEN_ALL_HOURS,
    CalendarDay,
    OpeningHours,
    OpeningRule,
    Organisation,
    Region,
    Site,
    Station,
)
from cloudwindow.people import Presence, RoleGrant, Skill, Staff, hash_password

Tables = list[tuple[type[Base], Collection[dict[str, Any]]]]


@dataclass(frozen=True)
class Summary:
    """How many rows of each table were loaded, by table name."""

    rows: dict[str, int]


async def is_empty(database: Database) -> bool:
    """Say whether nothing was loaded yet: there is not a single region."""
    async with database.reading() as session:
        return not await session.scalar(select(exists(select(Region.code))))


async def load(database: Database, keys: Keys, password: str, zone: ZoneInfo) -> Summary:
    """Load the demonstration city; every account signs in with `password`. Dates follow today in `zone`.

    Raises:
        DemonstrationError: the data files do not hold together.
        sqlalchemy.exc.IntegrityError: it is loaded already. Either way nothing was changed.
    """
    password_hash = hash_password(password)
    async with database.transaction() as session:
        now = (await session.execute(text("SELECT app_now()"))).scalar_one()
        summary = await _insert(session, _tables(keys, password_hash, now, now.astimezone(zone).date()))
        note = audit.AuditNote("deployment", None, {}, {"loaded": summary.rows})
        await record(await driver_of(session), Record(now, "demonstration.load", SYSTEM, notes=[note]))
        await session.execute(text("ANALYZE"))  # plans are made once, so let them be made for what is there
    return summary


def _tables(keys: Keys, password_hash: str, now: datetime, today: date) -> Tables:
    """Make every row, table by table, in an order in which each finds what it refers to."""
    organisations = places.organisations()
    sites = places.sites(organisations, today)
    stations = places.stations(sites)
    people = staff.staff(staff.Household(organisations, stations, keys, password_hash, now, today))
    regions = places.regions()
    catalogue = items.items(organisations, regions, now)
    queues = desks.desks(organisations, catalogue.items, people.staff)
    hours, rules = places.opening_hours()
    return [  # scope: rows of an empty database, loaded before anybody can sign in
        (Region, regions),
        (Organisation, organisations.rows.values()),
        (OpeningHours, hours),
        (OpeningRule, rules),
        (CalendarDay, places.calendar()),
        (Site, sites.values()),
        (Station, stations.values()),
        (Staff, people.staff.values()),
        (RoleGrant, people.grants),
        (Skill, people.skills),
        (Presence, people.presence),
        (Item, catalogue.items.values()),
        (Implementation, catalogue.implementations),
        (Version, catalogue.versions),
        (CannedReply, canned.replies(catalogue.items)),
        (Desk, queues.desks.values()),
        (DeskItem, queues.items),
        (DeskMember, queues.members),
        (Parameter, [_open_at_all_hours(now)]),
    ]


async def _insert(session: AsyncSession, tables: Tables) -> Summary:
    for table, rows in tables:
        await session.execute(insert(table), list(rows))
    return Summary({table.__tablename__: len(rows) for table, rows in tables})


def _open_at_all_hours(now: datetime) -> dict[str, Any]:
    return {
        "key": OPEN_ALL_HOURS,
        "scope_kind": "all",
        "scope_key": "",
        "value": True,
        "unit": "true/false",
        "source": "demonstration switch 全天开放",
        "valid_from": now,
    }
