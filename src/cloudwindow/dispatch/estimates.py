"""How long it may take: people ahead × median handling time ÷ members present (architecture §4, model §9)."""

import math
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.dispatch.matching import FREE, HANDED_ON, ON_DUTY
from cloudwindow.foundation.database import driver_of

ENOUGH_SESSIONS = 30
"""With fewer finished sessions than this, the item's own average is mixed in by their share."""

EXACT_UP_TO = 5
"""Up to this many minutes one figure is shown; beyond it a range of five."""


@dataclass(frozen=True)
class DeskPulse:
    """What a desk looks like now: members ready or serving, those of them who are free, tickets waiting, last times.

    `median_minutes` is the handling time of the last `sessions` services, of which at most `ENOUGH_SESSIONS` count.
    """

    present: int
    free: int
    waiting: int
    sessions: int
    median_minutes: float


# scope: counts only, which every citizen of the region is shown.
_PULSE = f"""
    SELECT
      (SELECT count(*) FROM desk_member m JOIN presence p ON p.staff_id = m.staff_id
        WHERE m.desk_id = $1 AND {ON_DUTY}) AS present,
      (SELECT count(*) FROM desk_member m JOIN presence p ON p.staff_id = m.staff_id
        WHERE m.desk_id = $1 AND {FREE}) AS free,
      (SELECT count(*) FROM ticket t WHERE t.desk_id = $1 AND t.state = 'waiting') AS waiting,
      h.sessions, h.median_minutes
    FROM (SELECT count(*) AS sessions,
                 coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes), 0) AS median_minutes
          FROM (SELECT extract(epoch FROM e.ended_at - e.answered_at) / 60 AS minutes FROM engagement e
                WHERE e.desk_id = $1 AND e.kind = 'serve' AND e.state = 'ended'
                  AND e.reason NOT IN ('postponed', 'lost', 'callback', 'not_reached', '{HANDED_ON}')
                ORDER BY e.ended_at DESC LIMIT $2) last) h
"""


async def pulse(session: AsyncSession, desk_id: UUID) -> DeskPulse:
    """Read the desk's pulse in one statement."""
    driver = await driver_of(session)  # hot: every page that waits asks for it upon each hint
    (row,) = await driver.fetch(_PULSE, desk_id, ENOUGH_SESSIONS)
    return DeskPulse(row["present"], row["free"], row["waiting"], row["sessions"], float(row["median_minutes"]))


def minutes(ahead: int, pulse_: DeskPulse, item_minutes: int) -> tuple[int, int] | None:
    """Return the shortest and longest likely wait in minutes; None when nobody is on duty.

    While no member is free, whoever is being served counts as one more ahead (docs/decisions/).
    """
    if not pulse_.present:
        return None
    share = min(pulse_.sessions, ENOUGH_SESSIONS) / ENOUGH_SESSIONS
    each = share * pulse_.median_minutes + (1 - share) * item_minutes
    before = ahead if pulse_.free else ahead + 1
    wait = math.ceil(before * each / pulse_.present)
    if wait <= EXACT_UP_TO:
        return wait, wait
    low = wait // 5 * 5
    return low, low + 5
