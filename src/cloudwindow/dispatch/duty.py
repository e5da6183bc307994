"""Whether somebody is on duty for a place at all: what the first page says before anyone has chosen a matter."""

from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.catalogue import Item
from cloudwindow.dispatch import estimates
from cloudwindow.dispatch.models import Desk, DeskItem
from cloudwindow.dispatch.schemas import Duty
from cloudwindow.organisation import find_city, find_place, is_on, ladder_of, nearness, timetables

_ladder = ladder_of(bindparam("region"))
# For each item the nearest desk upward that coaches it, as `choosing.desk_for` finds one (model §4).
_DESKS = (
    select(Desk.id, Desk.hours_key, Item.average_minutes)
    .ext(distinct_on(DeskItem.item_id))
    .join(DeskItem, DeskItem.desk_id == Desk.id)
    .join(Item, Item.id == DeskItem.item_id)
    .where(is_on(_ladder, Desk.region_code))
    .where(func.array_position(Desk.flows, "coach").is_not(None), func.cardinality(Desk.needs) == 0)
    .order_by(DeskItem.item_id, nearness(_ladder, Desk.region_code).desc(), Desk.priority, Desk.key)
)


async def duty_at(session: AsyncSession, zone: ZoneInfo, region_code: str | None) -> Duty:
    """Return whether a desk of the place (null: the city) is open with somebody at it, and the shortest wait.

    Raises:
        Problem: `region_unknown`.
    """
    place = await find_place(session, region_code or await find_city(session))
    desks = (await session.execute(_DESKS, {"region": place.code})).all()
    now = (await session.execute(text("SELECT app_now()"))).scalar_one()
    hours = await timetables(session, sorted({desk.hours_key for desk in desks}), zone)
    waits = []
    for desk_id, hours_key, average in {desk.id: desk for desk in desks}.values():
        if hours[hours_key].at(now).open:
            pulse = await estimates.pulse(session, desk_id)
            waits.append(estimates.minutes(pulse.waiting, pulse, average))
    known = [wait for wait in waits if wait is not None]
    return Duty(on_duty=bool(known), estimate_minutes=min(known, default=None))
