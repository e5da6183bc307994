"""What a downtime of the service puts off in this room (model §3)."""

from datetime import timedelta

from sqlalchemy import select

from cloudwindow.calls.models import Call, Session
from cloudwindow.calls.sessions import announce_call
from cloudwindow.foundation.actions import Tx

# scope: a downtime is nobody's fault, so every live call keeps its grace
_CALLS = """
    UPDATE call c SET last_good_at = c.last_good_at + $1, grace_until = c.grace_until + $1
    FROM (SELECT id FROM call WHERE state <> 'ended' ORDER BY id FOR UPDATE) live
    WHERE c.id = live.id RETURNING c.id, c.state
"""
# scope: a downtime is nobody's fault, so who was invited is missed as much later
_INVITED = """
    UPDATE call_participant p SET joined_at = p.joined_at + $1, reported_at = p.reported_at + $1
    FROM call c WHERE c.id = p.call_id AND c.state <> 'ended' AND p.side = 'invited' AND p.left_at IS NULL
"""
# scope: a downtime is nobody's fault, so every wrap-up in its time keeps the rest of it
_WRAP_UPS = """
    UPDATE session s SET wrap_until = s.wrap_until + $1
    FROM (SELECT w.id FROM session w JOIN engagement e ON e.ticket_id = w.ticket_id AND e.staff_id = w.clerk_id
          WHERE w.state = 'wrapping' AND e.wrap_until IS NOT NULL ORDER BY w.id FOR UPDATE OF w) live
    WHERE s.id = live.id
"""


async def put_off_calls(tx: Tx, gap: timedelta) -> int:
    """Add the downtime to the grace of every live call; clerks hear of their wrap-ups with the engagements."""
    moved = await tx.driver.fetch(_CALLS, gap)
    await tx.driver.execute(_INVITED, gap)
    await tx.driver.execute(_WRAP_UPS, gap)
    lost = [row["id"] for row in moved if row["state"] == "interrupted"]
    # scope: both sides of each call are told the new time
    query = select(Session, Call.id).join(Call, Call.session_id == Session.id).where(Call.id.in_(lost))
    for row, call_id in await tx.session.execute(query):
        await announce_call(tx, row, call_id)
    return len(moved)
