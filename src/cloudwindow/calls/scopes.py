"""Who may see rows of this room (invariant 7): sessions by scope, ownership or part; a place in a call by person."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from cloudwindow.calls.models import Abuse, CallParticipant, Session
from cloudwindow.calls.models_pushed import Pushed, PushedPage  # noqa: F401  go with their session
from cloudwindow.calls.models_quality import CallQuality
from cloudwindow.dispatch import WATCHING, Engagement
from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.storage.files import anchored
from cloudwindow.organisation import Organisation


def _session(actor: Actor) -> ColumnElement[bool]:
    if actor.kind == "account":
        return Session.account_id == actor.id
    watched = select(Organisation.id).where(scope.within(actor, WATCHING, Organisation.path))
    return or_(Session.clerk_id == actor.id, invited(actor), Session.home_organisation_id.in_(watched))


def invited(actor: Actor) -> ColumnElement[bool]:
    """Say that the actor was asked into the session's call and takes part in it now."""
    return _has_part(actor, "invite")


def served(actor: Actor) -> ColumnElement[bool]:
    """Say that the actor serves the session's ticket now."""
    return _has_part(actor, "serve")


def _has_part(actor: Actor, kind: str) -> ColumnElement[bool]:
    parts = select(Engagement.ticket_id).where(scope.visible(actor, Engagement))
    return Session.ticket_id.in_(parts.where(Engagement.kind == kind, Engagement.state == "accepted"))


def _participant(actor: Actor) -> ColumnElement[bool]:
    """One's own place only, until one left: being allowed to look at a session is not being in its call."""
    mine = CallParticipant.account_id if actor.kind == "account" else CallParticipant.staff_id
    return and_(mine == actor.id, CallParticipant.left_at.is_(None))


def _quality(actor: Actor) -> ColumnElement[bool]:
    """For those who watch only: nobody who takes part reads how the other one's line was."""
    if actor.kind == "account":
        return false()
    watched = select(Organisation.id).where(scope.within(actor, WATCHING, Organisation.path))
    return CallQuality.home_organisation_id.in_(watched)


def _sessions(actor: Actor) -> Select[UUID]:
    """Whoever sees a session sees the files in it."""
    return select(Session.id).where(scope.visible(actor, Session))


def _abuse(actor: Actor) -> ColumnElement[bool]:
    """For whoever watches the desk; the clerk has said it, and the citizen is told on the page of the session."""
    watched = select(Organisation.id).where(scope.within(actor, WATCHING, Organisation.path))
    return Abuse.organisation_id.in_(watched)


scope.declare(Session, _session)
scope.declare(CallQuality, _quality)
scope.declare(Abuse, _abuse)
anchored("session", _sessions)
scope.declare(CallParticipant, _participant)
