"""Indicators of one clerk's day (domain §10)."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.foundation.authentication import Actor
from cloudwindow.oversight.schemas import LastTalk, Today
from cloudwindow.people import breaks_today

FEWEST_SHOWN = 5
"""Fewer ratings than this would tell who gave them (domain §10: suppress below 5)."""

GOOD_DAYS = 30

# scope: the clerk's own figures; ratings only as counts, and only from five on
_TODAY = text(
    """
    WITH mine AS (
        SELECT e.*, t.enqueued_at FROM engagement e JOIN ticket t ON t.id = e.ticket_id
        WHERE e.staff_id = :me AND e.kind = 'serve' AND e.offered_at >= app_now()::date
    ), closed AS (
        SELECT o.solved FROM session s JOIN outcome o ON o.code = s.outcome
        WHERE s.clerk_id = :me AND s.closed_at >= app_now()::date
        UNION ALL
        SELECT o.solved FROM session s JOIN matter m ON m.session_id = s.id JOIN outcome o ON o.code = m.outcome
        WHERE s.clerk_id = :me AND s.closed_at >= app_now()::date
    ), rated AS (
        SELECT level FROM rating WHERE clerk_id = :me AND given_at >= app_now() - make_interval(days => :days)
    )
    SELECT count(*) FILTER (WHERE answered_at IS NOT NULL) AS answered,
           count(*) FILTER (WHERE state = 'missed') AS missed,
           round(avg(extract(epoch FROM answered_at - enqueued_at)))::int AS answer,
           round(avg(extract(epoch FROM ended_at - answered_at)) FILTER (WHERE state = 'ended'))::int AS talk,
           (SELECT count(*) FROM closed WHERE solved) AS solved, (SELECT count(*) FROM closed) AS ended,
           (SELECT count(*) FROM rated) AS rated, (SELECT count(*) FROM rated WHERE level >= 3) AS good
    FROM mine
    """
)

# scope: the clerk's own last part in which the two saw each other; of its ticket number and item
_LAST = text(
    """
    SELECT t.number, i.short_name, e.ended_at, extract(epoch FROM e.ended_at - e.answered_at)::int AS seconds
    FROM engagement e JOIN ticket t ON t.id = e.ticket_id JOIN item i ON i.id = t.item_id
    WHERE e.staff_id = :me AND e.kind = 'serve' AND e.state = 'ended' AND e.offered_at >= app_now()::date
      AND EXISTS (SELECT 1 FROM session s JOIN session_event v ON v.session_id = s.id
                  WHERE s.ticket_id = e.ticket_id AND v.kind = 'connected'
                    AND v.at BETWEEN e.answered_at AND e.ended_at)
    ORDER BY e.ended_at DESC LIMIT 1
    """
)


async def today(session: AsyncSession, actor: Actor) -> Today:
    """Return the clerk's own figures; ratings cover 30 days and are 0 of 0 below five."""
    row = (await session.execute(_TODAY, {"me": actor.id, "days": GOOD_DAYS})).one()
    last = (await session.execute(_LAST, {"me": actor.id})).one_or_none()
    enough = row.rated >= FEWEST_SHOWN
    return Today(
        answered=row.answered,
        missed=row.missed,
        average_answer_seconds=row.answer,
        average_talk_seconds=row.talk,
        solved=row.solved,
        ended=row.ended,
        rated=row.rated if enough else 0,
        good=row.good if enough else 0,
        breaks=await breaks_today(session, actor.id),
        last=last
        and LastTalk(number=last.number, item_short_name=last.short_name, ended_at=last.ended_at, seconds=last.seconds),
    )
