"""A photo that the clerk asks for 请拍照: asked, taken back, sent, or not at hand; one at a time in a call.

The photo itself comes first, as a file of the session; saying that it is the one asked for makes it everybody's.
"""

from uuid import UUID

from sqlalchemy import insert, select

from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls.asking import close, latest_photo
from cloudwindow.calls.calling import lock_call, own_place
from cloudwindow.calls.evidence import note
from cloudwindow.calls.files import SESSION
from cloudwindow.calls.models import PhotoRequest, Session
from cloudwindow.calls.schemas import PhotoRequestView
from cloudwindow.calls.schemas_pictures import PhotoAsked, PhotoTaken
from cloudwindow.calls.sessions import announce_call
from cloudwindow.calls.states import PHOTO
from cloudwindow.catalogue import Version
from cloudwindow.dispatch import Ticket
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.errors import Problem
from cloudwindow.foundation.ids import new_id
from cloudwindow.foundation.storage.files import Place, use


@action("photo.ask")
async def ask(tx: Tx, call_id: UUID, asked: PhotoAsked) -> PhotoRequestView:
    """Ask the citizen for a photo.

    Raises `photo_asked_already` while one is open, `material_unknown`, `not_allowed`, `call_over`.
    """
    row = await _lock(tx, call_id, "clerk")
    latest = await latest_photo(tx.session, call_id)
    if latest is not None and latest.state == PHOTO.first:
        raise Problem("photo_asked_already")
    request_id, label = new_id(), await _label(tx, row, asked)
    await tx.session.execute(  # scope: of the call in which the actor found its place
        insert(PhotoRequest).values(
            id=request_id,
            call_id=call_id,
            what=asked.what,
            label=label,
            state=PHOTO.first,
            asked_at=tx.now,
            warnings=[],
        )
    )
    tx.audit("photo_request", request_id, state=PHOTO.first, what=asked.what, material=asked.material)
    await note(tx, row.id, "photo_asked", request=request_id, what=asked.what, material=asked.material)
    return await _tell(tx, row, call_id)


@action("photo.withdraw")
async def withdraw(tx: Tx, call_id: UUID, request_id: UUID) -> PhotoRequestView:
    """Take back what was asked for. Raises `photo_not_asked`, `not_allowed`, `call_over`."""
    row = await _lock(tx, call_id, "clerk")
    await close(tx, row.id, await _open(tx, call_id, request_id), "withdraw")
    return await _tell(tx, row, call_id)


@action("photo.decline")
async def decline(tx: Tx, call_id: UUID, request_id: UUID) -> PhotoRequestView:
    """Say that it is not at hand. Raises `photo_not_asked`, `not_allowed`, `call_over`."""
    row = await _lock(tx, call_id, "applicant")
    await close(tx, row.id, await _open(tx, call_id, request_id), "decline")
    return await _tell(tx, row, call_id)


@action("photo.send")
async def send(tx: Tx, call_id: UUID, request_id: UUID, taken: PhotoTaken) -> PhotoRequestView:
    """Say which file is the photo; saying it again changes nothing.

    Raises `photo_not_asked`, `not_found` for a file that is not the actor's own of this session, `not_a_picture`.
    """
    row = await _lock(tx, call_id, "applicant")
    latest = await latest_photo(tx.session, call_id)
    if latest is not None and (latest.id, latest.file_id) == (request_id, taken.file_id):
        return PhotoRequestView.model_validate(latest)
    request = await _open(tx, call_id, request_id)
    file = await use(tx, taken.file_id, Place(SESSION, row.id))
    if not file.media_type.startswith("image/"):
        raise Problem("not_a_picture")
    await close(tx, row.id, request, "send", **taken.model_dump())
    return await _tell(tx, row, call_id)


async def _lock(tx: Tx, call_id: UUID, side: str) -> Session:
    place = await own_place(tx, call_id)
    if place.side != side:
        raise Problem("not_allowed")
    _, row = await lock_call(tx, call_id)
    return row


async def _open(tx: Tx, call_id: UUID, request_id: UUID) -> PhotoRequest:
    latest = await latest_photo(tx.session, call_id)
    if latest is None or latest.id != request_id or latest.state != PHOTO.first:
        raise Problem("photo_not_asked")
    return latest


async def _label(tx: Tx, row: Session, asked: PhotoAsked) -> str | None:
    """Return the name of a material in the version that the ticket froze."""
    if asked.what != "material":
        if asked.material is not None:
            raise Problem("material_unknown")
        return None
    content = await tx.session.scalar(
        select(Version.content)
        .join(Ticket, Ticket.version_id == Version.id)
        .where(Ticket.id == row.ticket_id)  # scope: the ticket of a session that the actor serves
    )
    for material in (content or {}).get("materials", ()):
        if material["key"] == asked.material:
            return str(material["material_name"])
    raise Problem("material_unknown")


async def _tell(tx: Tx, row: Session, call_id: UUID) -> PhotoRequestView:
    await announce_call(tx, row, call_id)
    return PhotoRequestView.model_validate(await latest_photo(tx.session, call_id))
