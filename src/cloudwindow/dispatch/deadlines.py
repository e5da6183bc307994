"""What a downtime of the service puts off in this room (model §3)."""

from datetime import timedelta

from sqlalchemy import select

from cloudwindow.dispatch.candidates import INVITE
from cloudwindow.dispatch.models import Ticket
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.dispatch.ringing import announce_clerk, announce_ticket
from cloudwindow.foundation.actions import Tx

# scope: a downtime is nobody's fault, so every live ticket keeps its time; what was agreed by the clock stays agreed
_TICKETS = """
    UPDATE ticket t SET lease_until = t.lease_until + $1,
        parked_until = CASE WHEN t.callback_at IS NULL THEN t.parked_until + $1 ELSE t.parked_until END
    FROM (SELECT id FROM ticket WHERE state <> 'closed' ORDER BY id FOR UPDATE) live
    WHERE t.id = live.id RETURNING t.id, t.state
"""
# scope: a downtime is nobody's fault, so every ring and wrap-up keeps its time
_ENGAGEMENTS = """
    UPDATE engagement e
    SET expires_at = CASE WHEN e.state = 'ringing' THEN e.expires_at + $1 ELSE e.expires_at END,
        wrap_until = e.wrap_until + $1
    FROM (SELECT id FROM engagement WHERE state = 'ringing' OR wrap_until IS NOT NULL ORDER BY id FOR UPDATE) live
    WHERE e.id = live.id RETURNING e.staff_id, e.state, e.ticket_id, e.kind
"""


async def put_off_tickets(tx: Tx, gap: timedelta) -> int:
    """Believe as much longer that pages are open, and let who stepped aside have the whole minute."""
    moved = await tx.driver.fetch(_TICKETS, gap)
    parked = [row["id"] for row in moved if row["state"] == "parked"]
    # scope: their owners are told the new time
    for ticket in await tx.session.scalars(select(Ticket).where(Ticket.id.in_(parked))):
        await announce_ticket(tx, ticket)
    return len(moved)


async def put_off_engagements(tx: Tx, gap: timedelta) -> int:
    """Let rings ring on and wrap-ups be written for the rest of their time. Comes after the sessions of the latter."""
    moved = await tx.driver.fetch(_ENGAGEMENTS, gap)
    for row in moved:
        if row["state"] != "ringing":
            await tx.port(Sessions).announce(tx, row["staff_id"])
            continue
        await announce_clerk(tx, row["staff_id"])
        if row["kind"] == INVITE:
            await tx.port(Sessions).rings_on(tx, row["ticket_id"])
    return len(moved)
