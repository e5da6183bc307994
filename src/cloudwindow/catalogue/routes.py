"""Public search and guide of service items."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from cloudwindow.catalogue import queries
from cloudwindow.catalogue.ports import CoachAvailability
from cloudwindow.catalogue.schemas import Guide, ItemSummary
from cloudwindow.foundation.http import Reading, house
from cloudwindow.organisation import find_city

router = APIRouter(prefix="/api/items", tags=["catalogue"])

RegionCode = Annotated[
    str | None, Query(alias="region", pattern=r"^[0-9]{12}$", description="12-digit code; without it the city.")
]


def _coach(request: Request) -> CoachAvailability:
    return house(request).wiring.port(CoachAvailability)


Coach = Annotated[CoachAvailability, Depends(_coach)]


@router.get("")
async def list_items(
    session: Reading, region: RegionCode = None, q: Annotated[str, Query(max_length=100)] = ""
) -> list[ItemSummary]:
    """Items offered at a region; with `q`, those that the words fit, the best first."""
    return await queries.list_items(session, region or await find_city(session), q)


@router.get("/{key}")
async def show_guide(
    session: Reading,
    coach: Coach,
    key: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,40}$")],
    region: RegionCode = None,
) -> Guide:
    """The guide of an item at a region, with the availability of video coaching at this moment."""
    place = region or await find_city(session)
    resolved, organisation = await queries.show_guide(session, key, place)
    available = await coach.for_item(session, resolved.item.id, place, "coach")
    return queries.guide(resolved, organisation, available)
