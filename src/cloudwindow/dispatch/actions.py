"""Changes of a ticket that was taken: leave, set aside, come back, expire (model §3, architecture §4)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import asyncpg
from sqlalchemy import select

from cloudwindow.dispatch import callback, views
from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch.locking import due_ticket, own_ticket
from cloudwindow.dispatch.models import Engagement, Ticket
from cloudwindow.dispatch.ports import Sessions
from cloudwindow.dispatch.ringing import (
    end_engagement,
    match_ticket,
    move_ticket,
    return_to_head,
    withdraw,
)
from cloudwindow.dispatch.schemas import TicketView
from cloudwindow.dispatch.states import TICKET
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem


@action("ticket.leave")
async def leave(tx: Tx, ticket_id: UUID) -> TicketView:
    """Leave the queue; a ring on its way is taken back. Raises `wrong_state` once the service has begun."""
    ticket = await own_ticket(tx, ticket_id)
    TICKET.after(ticket.state, "leave")
    await _withdraw_ring(tx, ticket, "left")
    if ticket.answered_at is not None:
        await tx.port(Sessions).abandoned(tx, ticket, "applicant")
    await move_ticket(tx, ticket_id, "leave", close_reason="left")
    return await views.ticket_view(tx.session, tx.wiring, ticket_id)


async def _withdraw_ring(tx: Tx, ticket: Ticket, reason: str) -> None:
    ringing = await tx.session.scalar(
        select(Engagement)  # scope: of the ticket that the action locked
        .where(Engagement.ticket_id == ticket.id, Engagement.kind == "serve", Engagement.state == "ringing")
        .with_for_update()
    )
    if ringing is not None:
        await withdraw(tx, ringing, reason)


@action("ticket.postpone")
async def postpone(tx: Tx, ticket_id: UUID) -> TicketView:
    """先不接: after a clerk answered and before they see each other, step aside for a minute, then come to the head.

    Whoever was called back before the agreed time steps aside until that.
    """
    ticket = await own_ticket(tx, ticket_id)
    TICKET.after(ticket.state, "park")
    sessions = tx.port(Sessions)
    if not await sessions.is_connecting(tx.session, ticket_id):
        raise Problem("wrong_state", thing="call", state="connected", event="park")
    await sessions.set_aside(tx, ticket, "postponed")
    await end_engagement(tx, ticket_id, "postponed", None)
    if not await callback.keep_the_time(tx, ticket):
        seconds = await parameters.get(tx.session, limits.PARK_SECONDS)
        until = tx.now + timedelta(seconds=seconds)
        # who is here was reached
        await move_ticket(tx, ticket_id, "park", parked_until=until, **callback.NOTHING_AGREED)
    return await views.ticket_view(tx.session, tx.wiring, ticket_id)


@action("ticket.resume")
async def resume(tx: Tx, ticket_id: UUID) -> None:
    """The minute aside is over, or the time of a callback has come: to the head of the queue."""
    ticket = await due_ticket(tx, ticket_id, "parked")
    if ticket is None or ticket.parked_until is None or ticket.parked_until > tx.now:
        return
    if ticket.callback_at is not None:
        await callback.resume_called_back(tx, ticket)
        return
    await return_to_head(tx, ticket_id, "postponed", event="resume")
    tx.follow_up(match_ticket, ticket_id)


@action("ticket.expire")
async def expire(tx: Tx, ticket_id: UUID) -> None:
    """The citizen's page has been gone longer than the place is kept; where a callback was agreed it is tried again."""
    ticket = await due_ticket(tx, ticket_id, "waiting", "parked")
    if ticket is None or ticket.lease_until > tx.now or (ticket.state == "parked" and ticket.callback_at is not None):
        return
    missed = await callback.missed(tx, ticket_id)
    if missed.again_at is not None:
        await callback.try_again(tx, ticket_id, missed.again_at)
        return
    if ticket.answered_at is not None:
        await tx.port(Sessions).abandoned(tx, ticket, "dropped")
    await move_ticket(tx, ticket_id, "expire", close_reason="callback_failed" if missed.agreed else "expired")


# scope: the tickets of accounts whose pages this process has open
_RENEW = """
    UPDATE ticket t SET lease_until = greatest(t.lease_until, app_now() + make_interval(
        secs => CASE WHEN due.recalled AND a.phone_verified_at IS NOT NULL THEN $4::float8 ELSE $3::float8 END))
    FROM (SELECT t.id, asked.recalled FROM unnest($1::uuid[], $2::boolean[]) AS asked (account, recalled)
        JOIN ticket t ON t.account_id = asked.account AND t.state <> 'closed'
        ORDER BY t.id FOR UPDATE OF t) due, account a
    WHERE t.id = due.id AND a.id = t.account_id RETURNING t.account_id, due.recalled, t.id, t.state
"""


class Place(NamedTuple):
    """Whose place is to be kept, and whether a message can recall a phone of theirs that is verified."""

    account: UUID
    recalled: bool


async def keep_places(driver: asyncpg.Connection, asked: Sequence[Place]) -> dict[Place, UUID | None]:
    """Believe for a while longer that these citizens' pages are open; longer still where a message recalls the phone.

    No state changes, so nothing is recorded. Returns the live ticket of each account that has one: its key while it
    waits, else null.
    """
    grace = await parameters.read_by(driver, limits.WAITING_GRACE, limits.RECALL_GRACE)
    accounts, recalled = map(list, zip(*asked, strict=True))
    rows = await driver.fetch(_RENEW, accounts, recalled, grace[limits.WAITING_GRACE], grace[limits.RECALL_GRACE])
    return {Place(row["account_id"], row["recalled"]): row["id"] if row["state"] == "waiting" else None for row in rows}
