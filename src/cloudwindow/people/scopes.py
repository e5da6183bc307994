"""Who may see rows of this room (invariant 7)."""

from sqlalchemy import ColumnElement, false, select

from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.organisation import Organisation
from cloudwindow.people.models import Account, Staff

LEADERS = {"centre_admin", "shift_supervisor", "authority_head", "authority_officer"}
"""Roles that see the staff of their organisations."""


def _staff(actor: Actor) -> ColumnElement[bool]:
    """A clerk sees colleagues of the same organisation by name; leaders see those below them."""
    if actor.kind != "staff":
        return false()
    own = select(Staff.organisation_id).where(Staff.id == actor.id).scalar_subquery()  # scope: the actor's own row
    led = select(Organisation.id).where(scope.within(actor, LEADERS, Organisation.path))
    return (Staff.id == actor.id) | (Staff.organisation_id == own) | Staff.organisation_id.in_(led)


def _account(actor: Actor) -> ColumnElement[bool]:
    """An account is seen by its own login; staff reach a person through the ticket they serve, never from here."""
    return Account.id == actor.id if actor.kind == "account" else false()


scope.declare(Staff, _staff)
scope.declare(Account, _account)
