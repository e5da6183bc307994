"""Breaks 示忙: how long one may take, and what today went into them (domain §6)."""

from datetime import datetime, timedelta
from typing import get_args
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx
from cloudwindow.people.parameters import BREAK_MINUTES
from cloudwindow.people.schemas import BreakReason, Breaks, BreakUse

LIMITED = {"rest", "helping_on_site", "paperwork"}
"""Reasons whose end is the clerk's own to choose. A meeting or a fault takes as long as it takes."""

ALL_REASONS: list[BreakReason] = [reason for part in get_args(BreakReason) for reason in get_args(part) or (part,)]


async def end_of(tx: Tx, reason: str | None) -> datetime | None:
    """Return when a break that begins now for this reason has taken as long as it may; None without a limit."""
    if reason not in LIMITED:
        return None
    return tx.now + timedelta(minutes=await parameters.get(tx.session, BREAK_MINUTES))


# scope: the person's own record, summed. It begins with the last change before midnight, which may be a break.
_TODAY = text(
    """
    WITH clock AS MATERIALIZED (SELECT app_now() AS now, app_now()::date::timestamptz AS midnight), told AS (
        SELECT c.at, c.wanted, c.reason, lead(c.at) OVER each AS until, lag(c.wanted) OVER each AS before
        FROM presence_change c CROSS JOIN clock
        WHERE c.staff_id = :me AND c.at >= coalesce((
            SELECT max(earlier.at) FROM presence_change earlier
            WHERE earlier.staff_id = :me AND earlier.at < clock.midnight), clock.midnight)
        WINDOW each AS (ORDER BY c.at, c.id)
    )
    SELECT clock.now, told.reason, count(*) FILTER (WHERE told.before IS DISTINCT FROM 'break') AS begun,
           extract(epoch FROM sum(coalesce(told.until, clock.now) - greatest(told.at, clock.midnight)))::int AS seconds
    FROM clock LEFT JOIN told ON told.wanted = 'break'
    GROUP BY clock.now, told.reason
    """
)


async def breaks_today(session: AsyncSession, staff_id: UUID | None) -> Breaks:
    """Sum a clerk's breaks since midnight; of one that began before, the part that belongs to today."""
    rows = (await session.execute(_TODAY, {"me": staff_id})).all()
    used = {row.reason: row for row in rows if row.reason is not None}
    minutes = await parameters.get(session, BREAK_MINUTES)
    return Breaks(
        times=sum(row.begun for row in used.values()),
        seconds=sum(row.seconds for row in used.values()),
        at=rows[0].now,
        reasons=[
            BreakUse(
                reason=reason,
                seconds=used[reason].seconds if reason in used else 0,
                limit_minutes=minutes if reason in LIMITED else None,
            )
            for reason in ALL_REASONS
        ],
    )
