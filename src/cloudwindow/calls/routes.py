"""Answering, calls, wrap-up, what was done."""

from uuid import UUID

from fastapi import APIRouter, Request

from cloudwindow.calls import calling, queries, stage, wrapping
from cloudwindow.calls.schemas import (
    Accepted,
    ApplicantSession,
    CallView,
    Draft,
    Joined,
    OutcomeView,
    SessionSummary,
    StageView,
    WrapUpRequest,
)
from cloudwindow.calls.schemas_stage import Seq, StageRequest, Stroke, StrokeList, ViewRequest
from cloudwindow.dispatch import accept
from cloudwindow.foundation.http import Acting, EitherActor, OnceKey, Reading, StaffActor, house, once_key

router = APIRouter(prefix="/api", tags=["calls"])


@router.post("/engagements/{engagement_id}/accept")
async def accept_ring(engagement_id: UUID, acting: Acting, actor: StaffActor, key: OnceKey) -> Accepted:
    """Answer a ring; the clerk is in the call at once."""
    answer = await acting.once(actor, once_key(actor, key, Accepted), accept, engagement_id)
    return Accepted.model_validate(answer)


@router.post("/calls/{call_id}/join")
async def join(call_id: UUID, acting: Acting, actor: EitherActor, key: OnceKey) -> Joined:
    """Join a call, or join it again after a reload."""
    return await acting.once(actor, once_key(actor, key, Joined), calling.join, call_id)


@router.post("/calls/{call_id}/end")
async def end(call_id: UUID, acting: Acting, actor: EitherActor, key: OnceKey) -> CallView:
    """Hang up."""
    return await acting.once(actor, once_key(actor, key, CallView), calling.end, call_id)


@router.put("/calls/{call_id}/stage")
async def put_on_stage(call_id: UUID, body: StageRequest, acting: Acting, actor: EitherActor) -> StageView:
    """Put a picture on the stage for both sides."""
    return await acting.run(actor, stage.put_on_stage, call_id, body)


@router.delete("/calls/{call_id}/stage")
async def take_off_stage(call_id: UUID, acting: Acting, actor: EitherActor) -> CallView:
    """Empty the stage; each side sees the other's face."""
    return await acting.run(actor, stage.take_off_stage, call_id)


@router.put("/calls/{call_id}/stage/view")
async def turn_stage(call_id: UUID, body: ViewRequest, acting: Acting, actor: StaffActor) -> StageView:
    """Turn and enlarge what is on the stage."""
    return await acting.run(actor, stage.turn_stage, call_id, body)


@router.get("/calls/{call_id}/strokes")
async def list_strokes(call_id: UUID, session: Reading, actor: EitherActor, after: Seq = 0) -> StrokeList:
    """What was drawn on the stage since an event of the session."""
    return await stage.strokes(session, actor, call_id, after)


@router.post("/calls/{call_id}/strokes")
async def draw(call_id: UUID, body: Stroke, acting: Acting, actor: StaffActor) -> StageView:
    """Draw a stroke on the stage."""
    return await acting.run(actor, stage.draw, call_id, body)


@router.delete("/calls/{call_id}/strokes/{stage_no}/{stroke_id}")
async def undo_stroke(call_id: UUID, stage_no: Seq, stroke_id: UUID, acting: Acting, actor: StaffActor) -> StageView:
    """Take a stroke back."""
    return await acting.run(actor, stage.undo, call_id, stage_no, stroke_id)


@router.delete("/calls/{call_id}/strokes/{stage_no}")
async def clear_strokes(call_id: UUID, stage_no: Seq, acting: Acting, actor: StaffActor) -> StageView:
    """Wipe everything that is drawn on a stage."""
    return await acting.run(actor, stage.clear, call_id, stage_no)


@router.get("/outcomes")
async def list_outcomes(session: Reading) -> list[OutcomeView]:
    """The ways for a session to end."""
    return await queries.outcomes(session)


@router.get("/sessions/{session_id}")
async def show_session(session_id: UUID, request: Request, session: Reading, actor: EitherActor) -> SessionSummary:
    """What was done."""
    here = house(request)
    return await queries.summary(session, here.wiring, here.keys, actor, session_id)


@router.put("/sessions/{session_id}/draft")
async def save_draft(session_id: UUID, body: Draft, acting: Acting, actor: StaffActor) -> Draft:
    """Keep what the clerk has typed of the wrap-up so far."""
    return await acting.run(actor, wrapping.save_draft, session_id, body)


@router.post("/sessions/{session_id}/wrap-up")
async def wrap_up(
    session_id: UUID, body: WrapUpRequest, acting: Acting, actor: StaffActor, key: OnceKey
) -> ApplicantSession:
    """Close a session with its outcome and summary."""
    return await acting.once(actor, once_key(actor, key, ApplicantSession), wrapping.wrap_up, session_id, body)
