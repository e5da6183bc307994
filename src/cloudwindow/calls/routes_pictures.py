"""Pictures of a session, and photos that a clerk asks for."""

from uuid import UUID

from fastapi import APIRouter

from cloudwindow.calls import photos, pictures
from cloudwindow.calls.schemas import PhotoRequestView
from cloudwindow.calls.schemas_pictures import PhotoAsked, PhotoTaken, PictureView
from cloudwindow.foundation.http import Acting, ApplicantActor, OnceKey, Reading, StaffActor, once_key

router = APIRouter(prefix="/api", tags=["calls"])


@router.get("/sessions/{session_id}/pictures")
async def list_pictures(session_id: UUID, session: Reading, actor: StaffActor) -> list[PictureView]:
    """The pictures of a session, the latest first."""
    return await pictures.list_pictures(session, actor, session_id)


@router.post("/calls/{call_id}/photos")
async def ask_photo(
    call_id: UUID, body: PhotoAsked, acting: Acting, actor: StaffActor, key: OnceKey
) -> PhotoRequestView:
    """Ask the citizen for a photo."""
    return await acting.once(actor, once_key(actor, key, PhotoRequestView), photos.ask, call_id, body)


@router.post("/calls/{call_id}/photos/{photo_id}/withdraw")
async def withdraw_photo(call_id: UUID, photo_id: UUID, acting: Acting, actor: StaffActor) -> PhotoRequestView:
    """Take back what was asked for."""
    return await acting.run(actor, photos.withdraw, call_id, photo_id)


@router.post("/calls/{call_id}/photos/{photo_id}/decline")
async def decline_photo(call_id: UUID, photo_id: UUID, acting: Acting, actor: ApplicantActor) -> PhotoRequestView:
    """Say that it is not at hand."""
    return await acting.run(actor, photos.decline, call_id, photo_id)


@router.put("/calls/{call_id}/photos/{photo_id}/file")
async def send_photo(
    call_id: UUID, photo_id: UUID, body: PhotoTaken, acting: Acting, actor: ApplicantActor
) -> PhotoRequestView:
    """Say which file, sent before, is the photo."""
    return await acting.run(actor, photos.send, call_id, photo_id, body)
