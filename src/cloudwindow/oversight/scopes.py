"""Who may see ratings (invariant 7): the citizen; never the rated clerk one by one, who would know the rater."""

from sqlalchemy import ColumnElement, select

from cloudwindow.dispatch import WATCHING
from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.organisation import Organisation
from cloudwindow.oversight.models import Rating


def _rating(actor: Actor) -> ColumnElement[bool]:
    if actor.kind == "account":
        return Rating.account_id == actor.id
    watched = select(Organisation.id).where(scope.within(actor, WATCHING, Organisation.path))
    return Rating.home_organisation_id.in_(watched)


scope.declare(Rating, _rating)
