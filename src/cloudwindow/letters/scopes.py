"""Who may see letters (invariant 7): who wrote it; the desk's clerks of that line; who watches the service centre."""

from sqlalchemy import ColumnElement, Exists, or_, select

from cloudwindow.dispatch import SERVING, WATCHING, Desk, DeskMember
from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.letters.models import Letter
from cloudwindow.organisation import Organisation


def _at_desk(actor: Actor) -> Exists:
    """The actor sits at the letter's desk, with a role that serves there and the item's line."""
    return (
        select(Desk.id)
        .join(Organisation, Organisation.id == Desk.organisation_id)
        .join(DeskMember, DeskMember.desk_id == Desk.id)
        .where(
            Desk.id == Letter.desk_id,
            DeskMember.staff_id == actor.id,
            scope.within(actor, SERVING, Organisation.path, Letter.line),
        )
        .correlate(Letter)
        .exists()
    )


def _letter(actor: Actor) -> ColumnElement[bool]:
    if actor.kind == "account":
        return Letter.account_id == actor.id
    watched = select(Organisation.id).where(scope.within(actor, WATCHING, Organisation.path))
    return or_(_at_desk(actor), Letter.home_organisation_id.in_(watched))


def may_answer(actor: Actor) -> ColumnElement[bool]:
    """Say of a letter that the actor may answer it: watching a desk is not sitting at it."""
    return _at_desk(actor)


scope.declare(Letter, _letter)
