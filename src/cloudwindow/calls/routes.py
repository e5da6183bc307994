"""Answering, calls, wrap-up, what was done."""

from typing import Annotated
from urllib.parse import unquote
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request

from cloudwindow.calls import calling, chat, files, queries, wrapping
from cloudwindow.calls.chat_views import LONGEST_PAGE
from cloudwindow.calls.schemas import (
    Accepted,
    ApplicantSession,
    CallView,
    ChatView,
    Draft,
    FileView,
    Joined,
    Marks,
    MessagePage,
    OutcomeView,
    Say,
    Sent,
    Seq,
    SessionSummary,
    WrapUpRequest,
)
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
