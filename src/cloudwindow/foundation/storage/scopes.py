"""Who may see a file (invariant 7): whoever sees the thing to which it belongs, once its sender did something with it.

What nothing was done with yet is its sender's alone.
"""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_

from cloudwindow.foundation import scope
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.models import StoredFile

Visible = Callable[[Actor], Select[UUID]]

_anchors: dict[str, Visible] = {}


def anchored(anchor: str, visible: Visible) -> None:
    """Declare a kind of thing that files belong to, with the ids that an actor may see. Raises `ValueError` twice."""
    if anchor in _anchors:
        msg = f"files are anchored to {anchor} twice"
        raise ValueError(msg)
    _anchors[anchor] = visible


def _file(actor: Actor) -> ColumnElement[bool]:
    own = func.coalesce(StoredFile.staff_id, StoredFile.account_id) == actor.id
    belongs = [
        and_(StoredFile.anchor == anchor, StoredFile.anchor_id.in_(visible(actor)))
        for anchor, visible in _anchors.items()
    ]
    return and_(or_(*belongs), or_(own, StoredFile.used_at.is_not(None))) if belongs else false()


scope.declare(StoredFile, _file)
