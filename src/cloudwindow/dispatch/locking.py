"""Finding and locking the ticket that an action is about."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from cloudwindow.dispatch.models import Engagement, Ticket
from cloudwindow.foundation import scope
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem


async def own_ticket(tx: Tx, ticket_id: UUID) -> Ticket:
    """Lock a ticket of the actor's own account. Raises `not_found`."""
    ticket = await tx.session.scalar(
        scope.select_visible(tx.actor, Ticket)
        .where(Ticket.id == ticket_id, Ticket.account_id == tx.actor.id)
        .with_for_update()
    )
    if ticket is None:
        raise Problem("not_found")
    return ticket


def is_served_by(actor: Actor) -> ColumnElement[bool]:
    """Say of a ticket that the actor serves it at this moment; being invited is not serving."""
    return exists().where(
        scope.visible(actor, Engagement),
        Engagement.ticket_id == Ticket.id,  # scope: a condition on a ticket, which the actor's own part makes visible
        Engagement.kind == "serve",
        Engagement.state == "accepted",
    )


async def served_ticket(tx: Tx, ticket_id: UUID) -> Ticket:
    """Lock the ticket that the actor serves. Raises `not_found`."""
    # scope: the ticket that the actor serves. Asked again under the lock, since it may end while one waits for that.
    query = select(Ticket).where(Ticket.id == ticket_id, is_served_by(tx.actor))
    if await tx.session.scalar(query.with_for_update()) is None:
        raise Problem("not_found")
    ticket = await tx.session.scalar(query, execution_options={"populate_existing": True})
    if ticket is None:
        raise Problem("not_found")
    return ticket


async def due_ticket(tx: Tx, ticket_id: UUID, *states: str) -> Ticket | None:
    """Lock a ticket that the sweeper found, if it is still in one of these states and nobody else has it."""
    return await tx.session.scalar(
        select(Ticket)  # scope: the sweeper's own work
        .where(Ticket.id == ticket_id, Ticket.state.in_(states))
        .with_for_update(skip_locked=True)
    )
