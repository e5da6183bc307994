"""Ratings, and the clerk's day."""

from uuid import UUID

from fastapi import APIRouter

from cloudwindow.calls import RatingView
from cloudwindow.foundation.http import Acting, ApplicantActor, OnceKey, Reading, StaffActor, once_key
from cloudwindow.oversight import abuse, actions, queries
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


@router.get("/abuse")
async def ended_for_abuse(acting: Acting, actor: StaffActor) -> list[abuse.AbuseView]:
    """Sessions that were ended for abuse at the desks that the actor watches, the newest first."""
    return await acting.run(actor, abuse.look)


@router.post("/abuse/{session_id}/block")
async def make_block(
    session_id: UUID, body: abuse.BlockRequest, acting: Acting, actor: StaffActor, key: OnceKey
) -> abuse.BlockView:
    """Keep whoever abused from taking numbers for some days; what was taken before goes on."""
    return await acting.once(actor, once_key(actor, key, abuse.BlockView), abuse.make_block, session_id, body)


@router.post("/blocks/{block_id}/lift")
async def lift_block(block_id: UUID, acting: Acting, actor: StaffActor) -> abuse.BlockView:
    """Take a block back."""
    return await acting.run(actor, abuse.lift_block, block_id)
