"""Answering, calls, wrap-up, what was done."""

from typing import Annotated
from urllib.parse import unquote
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request

from cloudwindow.calls import (
    abuse,
    calling,
    canned,
    chat,
    coaching,
    covering,
    files,
    hold,
    matters,
    quality,
    quality_views,
    queries,
    stage,
    wrapping,
)
from cloudwindow.calls.chat_views import LONGEST_PAGE
from cloudwindow.calls.schemas import (
    Accepted,
    ApplicantSession,
    CallView,
    CannedReplyView,
    ChatView,
    ClerkSession,
    CoachingStep,
    Draft,
    FileView,
    Joined,
    Marks,
    MatterRequest,
    MatterView,
    MessagePage,
    OutcomeView,
    Say,
    Sent,
    Seq,
    SessionSummary,
    StageView,
    WrapUpRequest,
)
from cloudwindow.calls.schemas_quality import Day, Flag, Instant, QualityPage, QualityReport, Taken
from cloudwindow.calls.schemas_stage import CoverRequest, StageRequest, Stroke, StrokeList, ViewRequest
from cloudwindow.catalogue import Guide
from cloudwindow.dispatch import accept
from cloudwindow.foundation.http import Acting, BareKey, EitherActor, OnceKey, Reading, StaffActor, house, once_key
from cloudwindow.foundation.storage.files import Purpose

router = APIRouter(prefix="/api", tags=["calls"])

_FILE = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


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


@router.put("/calls/{call_id}/hold")
async def hold_call(call_id: UUID, acting: Acting, actor: StaffActor) -> CallView:
    """Put a call on hold."""
    return await acting.run(actor, hold.hold, call_id)


@router.delete("/calls/{call_id}/hold")
async def resume_call(call_id: UUID, acting: Acting, actor: StaffActor) -> CallView:
    """Go on with a call that is on hold."""
    return await acting.run(actor, hold.resume, call_id)


@router.post("/calls/{call_id}/end-for-abuse")
async def end_for_abuse(
    call_id: UUID, body: abuse.AbuseRequest, acting: Acting, actor: StaffActor, key: OnceKey
) -> CallView:
    """End the call because of insults or harassment, with words that say what happened."""
    return await acting.once(actor, once_key(actor, key, CallView), abuse.end_for_abuse, call_id, body)


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


@router.put("/calls/{call_id}/stage/cover")
async def cover_stage(call_id: UUID, body: CoverRequest, acting: Acting, actor: EitherActor) -> StageView:
    """Cover the screen that one shares, for a password or a payment, or show it again."""
    return await acting.run(actor, covering.cover, call_id, body)


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


@router.post("/calls/{call_id}/quality")
async def measure_call(call_id: UUID, body: QualityReport, acting: Acting, actor: EitherActor) -> Taken:
    """Say how one's own page finds the call so far; its number makes retries and late arrivals harmless."""
    return await acting.run(actor, quality.measure, call_id, body)


@router.get("/call-quality")
async def list_call_quality(
    session: Reading,
    actor: StaffActor,
    day: Day | None = None,
    bad: Flag = False,  # noqa: FBT002  a parameter of the address
    before: Instant | None = None,
) -> QualityPage:
    """How good the calls of a day were, of the centres that one watches over."""
    return await quality_views.quality(session, actor, day, bad=bad, before=before)


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


@router.put("/sessions/{session_id}/coaching/{step}")
async def reach_step(session_id: UUID, step: CoachingStep, acting: Acting, actor: StaffActor) -> ClerkSession:
    """Say that a step of the coaching was reached."""
    return await acting.run(actor, coaching.reach, session_id, step)


@router.delete("/sessions/{session_id}/coaching/{step}")
async def undo_step(session_id: UUID, step: CoachingStep, acting: Acting, actor: StaffActor) -> ClerkSession:
    """Take that back."""
    return await acting.run(actor, coaching.undo, session_id, step)


@router.get("/sessions/{session_id}/matters")
async def list_matters(session_id: UUID, session: Reading, actor: EitherActor) -> list[MatterView]:
    """What a session is about."""
    return await matters.matters(session, actor, session_id)


@router.post("/sessions/{session_id}/matters")
async def open_matter(session_id: UUID, body: MatterRequest, acting: Acting, actor: StaffActor) -> list[MatterView]:
    """Open a further matter in a session."""
    return await acting.run(actor, matters.open_matter, session_id, body)


@router.put("/sessions/{session_id}/matters/{matter_id}")
async def change_matter(
    session_id: UUID, matter_id: UUID, body: MatterRequest, acting: Acting, actor: StaffActor
) -> list[MatterView]:
    """Say that a matter is about another item."""
    return await acting.run(actor, matters.change_matter, session_id, matter_id, body)


@router.delete("/sessions/{session_id}/matters/{matter_id}")
async def remove_matter(session_id: UUID, matter_id: UUID, acting: Acting, actor: StaffActor) -> list[MatterView]:
    """Take back a further matter."""
    return await acting.run(actor, matters.remove_matter, session_id, matter_id)


@router.get("/sessions/{session_id}/matters/{matter_id}/guide")
async def show_matter_guide(
    session_id: UUID, matter_id: UUID, request: Request, session: Reading, actor: EitherActor
) -> Guide:
    """The guide of a matter."""
    return await matters.guide_of(session, house(request).wiring, actor, session_id, matter_id)


@router.post("/sessions/{session_id}/files", openapi_extra=_FILE)
async def upload_file(
    session_id: UUID,
    request: Request,
    acting: Acting,
    actor: EitherActor,
    key: BareKey,
    purpose: Purpose,
    x_file_name: Annotated[str, Header(max_length=3000)] = "",
) -> FileView:
    """Send a file as the body itself; its name, percent-encoded, goes in the header `X-File-Name`.

    Not as a form: its parser would lay the file down in clear. Not in the address: names are personal, addresses are
    logged.
    """
    asked = files.Upload(session_id, purpose, unquote(x_file_name), key)
    return await files.upload(acting, actor, asked, request.stream())


@router.post("/sessions/{session_id}/messages")
async def send_message(session_id: UUID, body: Say, acting: Acting, actor: EitherActor) -> Sent:
    """Say something; its `client_id` makes a retry harmless, also under another login."""
    return await acting.run(actor, chat.say, session_id, body)


@router.get("/sessions/{session_id}/messages")
async def list_messages(
    session_id: UUID,
    acting: Acting,
    actor: EitherActor,
    after: Seq | None = None,
    before: Seq | None = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = 50,
) -> MessagePage:
    """What was said: the next after a number, or the last ones, or the last ones before a number."""
    return await chat.history(acting, actor, session_id, after=after, before=before, limit=limit)


@router.post("/sessions/{session_id}/messages/marks")
async def mark_messages(session_id: UUID, body: Marks, acting: Acting, actor: EitherActor) -> ChatView:
    """Say up to which message one's own side has got and read them."""
    return await acting.run(actor, chat.mark, session_id, body)


@router.get("/sessions/{session_id}/canned-replies")
async def list_canned_replies(session_id: UUID, session: Reading, actor: StaffActor) -> list[CannedReplyView]:
    """Sentences that the session's clerk may want to send: those of its item, then those of all items."""
    return await canned.replies(session, actor, session_id)
