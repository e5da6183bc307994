"""The photo that a clerk asked for last in a call, and its end with the call."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls.evidence import note
from cloudwindow.calls.models import PhotoRequest
from cloudwindow.calls.states import PHOTO
from cloudwindow.foundation.actions import Tx


async def latest_photo(session: AsyncSession, call_id: UUID) -> PhotoRequest | None:
    """Return the latest request of a call that the caller may see."""
    found: PhotoRequest | None = await session.scalar(
        select(PhotoRequest)  # scope: as the docstring says
        .where(PhotoRequest.call_id == call_id)
        .order_by(PhotoRequest.asked_at.desc(), PhotoRequest.id.desc())
        .limit(1),
        execution_options={"populate_existing": True},
    )
    return found


async def close(tx: Tx, session_id: UUID, request: PhotoRequest, event: str, **values: object) -> None:
    """Move an open request of a locked call, with audit and evidence. Raises `wrong_state`."""
    state = PHOTO.after(request.state, event)
    await tx.session.execute(
        update(PhotoRequest)
        .where(PhotoRequest.id == request.id)  # scope: of the call that the action locked
        .values(state=state, closed_at=tx.now, **values)
        .execution_options(synchronize_session=False)
    )
    tx.audit("photo_request", request.id, old={"state": request.state}, state=state, **values)
    await note(tx, session_id, f"photo_{state}", request=request.id, **values)


async def withdraw_open(tx: Tx, session_id: UUID, call_id: UUID) -> None:
    """Withdraw what is still asked for in a call that ends; its session stays."""
    request = await latest_photo(tx.session, call_id)
    if request is not None and request.state == "asked":
        await close(tx, session_id, request, "withdraw")
