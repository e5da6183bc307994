"""Ratings, and the clerk's day."""

from uuid import UUID

from fastapi import APIRouter

from cloudwindow.calls import RatingView
from cloudwindow.foundation.http import Acting, ApplicantActor, OnceKey, Reading, StaffActor, once_key
from cloudwindow.oversight import actions, queries
from cloudwindow.oversight.options import rating_levels
from cloudwindow.oversight.schemas import RatingLevel, RatingRequest, Today

router = APIRouter(prefix="/api", tags=["oversight"])


@router.get("/rating-options")
async def list_options() -> list[RatingLevel]:
    """The levels with their national options and our local words."""
    return rating_levels()


@router.post("/sessions/{session_id}/rating")
async def rate(
    session_id: UUID, body: RatingRequest, acting: Acting, actor: ApplicantActor, key: OnceKey
) -> RatingView:
    """Rate a service once."""
    return await acting.once(actor, once_key(actor, key, RatingView), actions.give, session_id, body)


@router.get("/workbench/today")
async def today(session: Reading, actor: StaffActor) -> Today:
    """The clerk's own figures of today."""
    return await queries.today(session, actor)
