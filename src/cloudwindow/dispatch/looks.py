"""Looks at personal data: each is an action, since who looked must be on record (invariant 11)."""

from uuid import UUID

from cloudwindow.dispatch import queries
from cloudwindow.dispatch.schemas import TicketCard
from cloudwindow.foundation.actions import Tx, action


@action("ticket.look")
async def look_at_ticket(tx: Tx, ticket_id: UUID) -> TicketCard:
    """Show the person and the matter of a ticket to the clerk who is rung for it or serves it."""
    card = await queries.ticket_card(tx.session, tx.wiring, tx.keys, tx.actor, ticket_id)
    tx.audit("ticket", ticket_id, looked=["form_of_address", "phone_masked", "answers"])
    return card
