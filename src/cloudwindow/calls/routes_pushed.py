"""Links and documents that a clerk pushes to the citizen."""

from typing import Annotated
from urllib.parse import unquote
from uuid import UUID

from fastapi import APIRouter, Header, Request

from cloudwindow.calls import documents, pushed_views, pushing
from cloudwindow.calls.schemas_pushed import LinkAsked, PushedMark, PushedView
from cloudwindow.foundation.http import (
    Acting,
    ApplicantActor,
    BareKey,
    EitherActor,
    OnceKey,
    Reading,
    StaffActor,
    once_key,
)

router = APIRouter(prefix="/api", tags=["calls"])


@router.post("/calls/{call_id}/links")
async def push_link(call_id: UUID, body: LinkAsked, acting: Acting, actor: StaffActor, key: OnceKey) -> PushedMark:
    """Push a link: only HTTPS, and only to hosts on the list `links.hosts` or named by the session's items."""
    return await acting.once(actor, once_key(actor, key, PushedMark), pushing.push_link, call_id, body)


_FILE = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


@router.post("/calls/{call_id}/documents", openapi_extra=_FILE)
async def push_document(
    call_id: UUID,
    request: Request,
    acting: Acting,
    actor: StaffActor,
    key: BareKey,
    x_file_name: Annotated[str, Header(max_length=3000)] = "",
) -> PushedMark:
    """Push a document (PDF, JPEG, PNG) as the body itself; its name, percent-encoded, in the header `X-File-Name`."""
    return await documents.push(acting, actor, documents.Document(call_id, unquote(x_file_name), key), request.stream())


@router.post("/calls/{call_id}/pushed/{pushed_id}/opened")
async def open_pushed(call_id: UUID, pushed_id: UUID, acting: Acting, actor: ApplicantActor) -> PushedMark:
    """Say that one opened what was pushed."""
    return await acting.run(actor, pushing.open_pushed, call_id, pushed_id)


@router.get("/sessions/{session_id}/pushed")
async def list_pushed(session_id: UUID, session: Reading, acting: Acting, actor: EitherActor) -> list[PushedView]:
    """What was pushed in a session, the latest first."""
    return await pushed_views.list_pushed(session, acting.keys, actor, session_id)
