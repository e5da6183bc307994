"""Where a letter goes and until when it is answered: at the desk that coaches the item there, in its own hours.

The hours are those that the desk publishes, also where a demonstration opens everything at all hours: an answer is
promised for when somebody is at work.
"""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.catalogue import Resolved, resolve
from cloudwindow.dispatch import Desk, find_desk
from cloudwindow.foundation import parameters
from cloudwindow.foundation.database import driver_of
from cloudwindow.foundation.errors import Problem
from cloudwindow.letters import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.letters.due import answer_by
from cloudwindow.letters.parameters import SAME_DAY_MINUTES
from cloudwindow.organisation import find_place, read_hours


class Address(NamedTuple):
    """What a letter is about, the desk that answers it, and by when."""

    resolved: Resolved
    desk: Desk
    due_at: datetime


async def address(session: AsyncSession, item_key: str, region_code: str, now: datetime, zone: ZoneInfo) -> Address:
    """Find the desk for a letter that is left now. Raises `region_unknown`, `item_unknown`, `no_letters`."""
    await find_place(session, region_code)
    resolved = await resolve(session, item_key, region_code)
    if resolved is None:
        raise Problem("item_unknown", item=item_key, region=region_code)
    desk = await find_desk(session, resolved.item.id, region_code, "coach")
    if desk is None:
        raise Problem("no_letters")
    return Address(resolved, desk, await due(session, desk, now, zone))


async def due(session: AsyncSession, desk: Desk, now: datetime, zone: ZoneInfo) -> datetime:
    """Return until when a desk answers what is asked now. Raises `no_letters` where it is never open."""
    minutes: int = await parameters.get(session, SAME_DAY_MINUTES, desk=desk.key)
    hours = (await read_hours(await driver_of(session), [desk.hours_key]))[desk.hours_key]
    found = answer_by(now, hours.timetable(zone), zone, minutes)
    if found is None:
        raise Problem("no_letters")
    return found
