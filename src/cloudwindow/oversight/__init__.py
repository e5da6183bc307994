"""Ratings 好差评 and indicators (standard §四.7)."""

from cloudwindow.foundation.readings import overdue
from cloudwindow.foundation.sweeper import Sweep
from cloudwindow.oversight import scopes as _scopes  # noqa: F401  declares who may see these rows
from cloudwindow.oversight.actions import RatingDesk, expire
from cloudwindow.oversight.models import Rating
from cloudwindow.oversight.states import RATING
from cloudwindow.oversight.views import of_session

SWEEPS = [
    Sweep(
        "ratings over",
        # scope: the sweeper's own work
        "SELECT session_id FROM rating WHERE state = 'asked' AND expires_at <= app_now() LIMIT :batch",
        expire,
    )
]

# scope: an instant, of no person
READINGS = [overdue("rating", "SELECT min(expires_at) FROM rating WHERE state = 'asked'")]

__all__ = ["RATING", "READINGS", "SWEEPS", "Rating", "RatingDesk", "of_session"]
