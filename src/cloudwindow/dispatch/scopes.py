"""Who may see rows of this room (invariant 7, model §4)."""

from sqlalchemy import ColumnElement, false, or_, select

from cloudwindow.dispatch.models import Block, Desk, Engagement, Ticket
from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.organisation import Organisation

SERVING = {"agent", "acceptor", "expert", "interpreter"}
"""Roles that serve: they see the tickets of desks within their scope and lines, while these are there."""

WATCHING = {"shift_supervisor", "centre_admin"}
"""Roles that see the tickets of the service centres within their scope."""


def _ticket(actor: Actor) -> ColumnElement[bool]:
    if actor.kind == "account":
        return Ticket.account_id == actor.id
    served = (
        select(Desk.id)
        .join(Organisation, Organisation.id == Desk.organisation_id)
        .where(Desk.id == Ticket.desk_id, scope.within(actor, SERVING, Organisation.path, Ticket.line))
        .correlate(Ticket)
    )
    watched = select(Organisation.id).where(scope.within(actor, WATCHING, Organisation.path))
    return or_(served.exists(), Ticket.home_organisation_id.in_(watched))


def _engagement(actor: Actor) -> ColumnElement[bool]:
    """One's own part only: whoever watches a desk is not rung for its tickets and may not answer."""
    return Engagement.staff_id == actor.id if actor.kind == "staff" else false()


def _block(actor: Actor) -> ColumnElement[bool]:
    """For whoever watches the desk at which it came to this."""
    watched = select(Organisation.id).where(scope.within(actor, WATCHING, Organisation.path))
    return Block.organisation_id.in_(watched)


scope.declare(Ticket, _ticket)
scope.declare(Block, _block)
scope.declare(Engagement, _engagement)
