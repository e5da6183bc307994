"""Who may see rows of this room (invariant 7): sessions by scope, ownership or part; calls with their session."""

from sqlalchemy import ColumnElement, or_, select

from cloudwindow.calls.models import Call, CallParticipant, Session, SessionEvent
from cloudwindow.dispatch import WATCHING
from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.organisation import Organisation


def _session(actor: Actor) -> ColumnElement[bool]:
    if actor.kind == "account":
        return Session.account_id == actor.id
    watched = select(Organisation.id).where(scope.within(actor, WATCHING, Organisation.path))
    return or_(Session.clerk_id == actor.id, Session.home_organisation_id.in_(watched))


def _call(actor: Actor) -> ColumnElement[bool]:
    return Call.session_id.in_(select(Session.id).where(scope.visible(actor, Session)))


def _participant(actor: Actor) -> ColumnElement[bool]:
    """One's own place only: being allowed to look at a session is not being in its call."""
    return CallParticipant.account_id == actor.id if actor.kind == "account" else CallParticipant.staff_id == actor.id


def _session_event(actor: Actor) -> ColumnElement[bool]:
    return SessionEvent.session_id.in_(select(Session.id).where(scope.visible(actor, Session)))


scope.declare(Session, _session)
scope.declare(Call, _call)
scope.declare(CallParticipant, _participant)
scope.declare(SessionEvent, _session_event)
