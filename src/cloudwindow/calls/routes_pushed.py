"""Links and documents that a clerk pushes to the citizen."""

from uuid import UUID

from fastapi import APIRouter

from cloudwindow.calls import pushed_views, pushing
from cloudwindow.calls.schemas_pushed import LinkAsked, PushedMark, PushedView
from cloudwindow.foundation.http import Acting, ApplicantActor, EitherActor, OnceKey, Reading, StaffActor, once_key

router = APIRouter(prefix="/api", tags=["calls"])


@router.post("/calls/{call_id}/links")
async def push_link(call_id: UUID, body: LinkAsked, acting: Acting, actor: StaffActor, key: OnceKey) -> PushedMark:
    """Push a link: only HTTPS, and only to hosts on the list `links.hosts` or named by the session's items."""
    return await acting.once(actor, once_key(actor, key, PushedMark), pushing.push_link, call_id, body)


@router.post("/calls/{call_id}/pushed/{pushed_id}/opened")
async def open_pushed(call_id: UUID, pushed_id: UUID, acting: Acting, actor: ApplicantActor) -> PushedMark:
    """Say that one opened what was pushed."""
    return await acting.run(actor, pushing.open_pushed, call_id, pushed_id)


@router.get("/sessions/{session_id}/pushed")
async def list_pushed(session_id: UUID, session: Reading, acting: Acting, actor: EitherActor) -> list[PushedView]:
    """What was pushed in a session, the latest first."""
    return await pushed_views.list_pushed(session, acting.keys, actor, session_id)
