"""The pictures of a session: which there are, and one of them for the stage."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.files import SESSION
from cloudwindow.calls.models import PhotoRequest
from cloudwindow.calls.schemas_pictures import PhotoFacts, PictureView
from cloudwindow.calls.taking_part import find_own
from cloudwindow.foundation import scope
from cloudwindow.foundation.actions import Tx
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.models import StoredFile
from cloudwindow.foundation.storage.files import Place, use

MOST_SHOWN = 100
"""The latest ones; nobody looks for more in a strip."""


async def list_pictures(session: AsyncSession, actor: Actor, session_id: UUID) -> list[PictureView]:
    """List the pictures that were sent into a session in which the actor takes part, the latest first."""
    row = await find_own(session, actor, session_id)
    found = await session.execute(
        scope.select_visible(actor, StoredFile)
        .add_columns(PhotoRequest)
        .outerjoin(PhotoRequest, PhotoRequest.file_id == StoredFile.id)  # scope: the request that the file answers
        .where(
            StoredFile.anchor == SESSION,
            StoredFile.anchor_id == row.id,
            StoredFile.state == "stored",
            StoredFile.used_at.is_not(None),
            StoredFile.media_type.startswith("image/"),
            StoredFile.purpose != "page",  # a document's pages have a place of their own
        )
        .order_by(StoredFile.created_at.desc(), StoredFile.id.desc())
        .limit(MOST_SHOWN)
    )
    return [_show(file, request) for file, request in found]


def _show(file: StoredFile, request: PhotoRequest | None) -> PictureView:
    return PictureView(
        id=file.id,
        purpose=file.purpose,
        media_type=file.media_type,
        size=file.size,
        at=file.created_at,
        side="clerk" if file.staff_id else "applicant",
        photo=request and PhotoFacts.model_validate(request, from_attributes=True),
    )


async def picture_for_stage(tx: Tx, session_id: UUID, file_id: UUID) -> StoredFile:
    """Find a picture of a session for its stage; one that its sender had not used yet is used now.

    Raises `not_found` for what the actor does not see, or a citizen did not send; `not_a_picture`.
    """
    file = await tx.session.scalar(
        scope.select_visible(tx.actor, StoredFile).where(
            StoredFile.id == file_id,
            StoredFile.anchor == SESSION,
            StoredFile.anchor_id == session_id,
            StoredFile.state == "stored",
        )
    )
    if file is None or (tx.actor.kind == "account" and file.account_id != tx.actor.id):
        raise Problem("not_found")
    if not file.media_type.startswith("image/"):
        raise Problem("not_a_picture")
    if file.used_at is None:
        await use(tx, file.id, Place(SESSION, session_id))
    return file
