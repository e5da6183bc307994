"""Changes of a ticket that was taken: leave, set aside, come back, expire (model §3, architecture §4)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from cloudwindow.dispatch import parameters as limits
from cloudwindow.dispatch import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.dispatch import views
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
from cloudwindow.foundation import parameters, scope
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.messages import Sender


async def _own_ticket(tx: Tx, ticket_id: UUID) -> Ticket:
    ticket = await tx.session.scalar(
        scope.select_visible(tx.actor, Ticket)
        .where(Ticket.id == ticket_id, Ticket.account_id == tx.actor.id)
        .with_for_update()
    )
    if ticket is None:
        raise Problem("not_found")
    return ticket


@action("ticket.leave")
async def leave(tx: Tx, ticket_id: UUID) -> TicketView:
    """Leave the queue; a ring on its way is taken back. Raises `wrong_state` once the service has begun."""
    ticket = await _own_ticket(tx, ticket_id)
    TICKET.after(ticket.state, "leave")
    await _withdraw_ring(tx, ticket, "left")
    if ticket.answered_at is not None:
        await tx.port(Sessions).abandoned(tx, ticket)
    await move_ticket(tx, ticket_id, "leave", close_reason="left")
    return await views.ticket_view(tx.session, tx.wiring, ticket_id)


async def _withdraw_ring(tx: Tx, ticket: Ticket, reason: str) -> None:
    ringing = await tx.session.scalar(
        select(Engagement)  # scope: of the ticket that the action locked
        .where(Engagement.ticket_id == ticket.id, Engagement.state == "ringing")
        .with_for_update()
    )
    if ringing is not None:
        await withdraw(tx, ringing, reason)


@action("ticket.postpone")
async def postpone(tx: Tx, ticket_id: UUID) -> TicketView:
    """先不接: after a clerk answered and before they see each other, step aside for a minute, then come to the head."""
    ticket = await _own_ticket(tx, ticket_id)
    TICKET.after(ticket.state, "park")
    sessions = tx.port(Sessions)
    if not await sessions.is_connecting(tx.session, ticket_id):
        raise Problem("wrong_state", thing="call", state="connected", event="park")
    await sessions.set_aside(tx, ticket, "postponed")
    await end_engagement(tx, ticket_id, "postponed", None)
    seconds = await parameters.get(tx.session, limits.PARK_SECONDS)
    await move_ticket(tx, ticket_id, "park", parked_until=tx.now + timedelta(seconds=seconds))
    return await views.ticket_view(tx.session, tx.wiring, ticket_id)


@action("ticket.resume")
async def resume(tx: Tx, ticket_id: UUID) -> None:
    """The minute aside is over: to the head of the queue."""
    ticket = await _due(tx, ticket_id, "parked")
    if ticket is None or ticket.parked_until is None or ticket.parked_until > tx.now:
        return
    await return_to_head(tx, ticket_id, "postponed", event="resume")
    tx.follow_up(match_ticket, ticket_id)


@action("ticket.expire")
async def expire(tx: Tx, ticket_id: UUID) -> None:
    """The citizen's page has been gone longer than the place is kept."""
    ticket = await _due(tx, ticket_id, "waiting", "parked")
    if ticket is None or ticket.lease_until > tx.now:
        return
    if ticket.answered_at is not None:
        await tx.port(Sessions).abandoned(tx, ticket)
    await move_ticket(tx, ticket_id, "expire", close_reason="expired")


async def _due(tx: Tx, ticket_id: UUID, *states: str) -> Ticket | None:
    return await tx.session.scalar(
        select(Ticket)  # scope: the sweeper's own work
        .where(Ticket.id == ticket_id, Ticket.state.in_(states))
        .with_for_update(skip_locked=True)
    )


async def renew_leases(tx: Tx, account_ids: list[UUID]) -> None:
    """Keep these citizens' places for a while longer; longer still where a message can recall the phone."""
    grace = await parameters.read(tx.session, limits.WAITING_GRACE, limits.RECALL_GRACE)
    waiting, recall = (tx.now + timedelta(seconds=seconds) for seconds in grace.values())
    await tx.driver.execute(_RENEW, account_ids, waiting, recall if tx.port(Sender).is_there else waiting)


# scope: the leases of connections that this process holds
_RENEW = """
    UPDATE ticket t
    SET lease_until = greatest(
        t.lease_until, CASE WHEN a.phone_verified_at IS NULL THEN $2::timestamptz ELSE $3::timestamptz END)
    FROM (SELECT id FROM ticket WHERE account_id = ANY ($1::uuid[]) AND state <> 'closed' ORDER BY id FOR UPDATE) due,
        account a
    WHERE t.id = due.id AND a.id = t.account_id
"""
