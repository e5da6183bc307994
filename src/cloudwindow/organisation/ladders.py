"""The ladder of a region: the codes from the city down to itself, up which whatever is nearest is sought (model §4)."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, any_, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from cloudwindow.organisation.models import Region

Ladder = ColumnElement[Any]
Code = ColumnElement[str] | InstrumentedAttribute[str]


def ladder_of(region: ColumnElement[str]) -> Ladder:
    """The ladder of a region by its code; null when there is no such region."""
    # The cast says that it is one array: ANY would take a bare subquery for a list of rows.
    return cast(select(Region.ladder).where(Region.code == region).scalar_subquery(), ARRAY(Text))


def is_on(ladder: Ladder, code: Code) -> ColumnElement[bool]:
    """Whether a region's code is a step of the ladder."""
    return code == any_(ladder)


def nearness(ladder: Ladder, code: Code) -> ColumnElement[int]:
    """How near a step of the ladder is, the more the nearer; for `ORDER BY … DESC`."""
    return func.array_position(ladder, code)
