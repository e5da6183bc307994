"""Another item on a ticket: the wrong one was chosen, and the clerk who serves it knows the right one."""

from sqlalchemy import update

from cloudwindow.catalogue import Resolved
from cloudwindow.dispatch.models import Ticket
from cloudwindow.dispatch.ringing import announce_ticket
from cloudwindow.foundation.actions import Tx


async def change_item(tx: Tx, ticket: Ticket, found: Resolved) -> None:
    """Say that a locked ticket is about another item, and tell its owner.

    Place, number and desk stay. The answers go, since they answer questions of another version.
    """
    before = {"item": ticket.item_id, "implementation": ticket.implementation_id, "version": ticket.version_id}
    await tx.session.execute(
        update(Ticket)
        .where(Ticket.id == ticket.id)  # scope: locked by the action, which checked the actor
        .values(
            item_id=found.item.id,
            implementation_id=found.implementation.id,
            version_id=found.version.id,
            line=found.item.line,
            answers={},
        )
        .execution_options(synchronize_session=False)
    )
    await tx.session.refresh(ticket)
    tx.audit("ticket", ticket.id, old=before, item=found.item.key, version=found.version.id)
    await announce_ticket(tx, ticket)
