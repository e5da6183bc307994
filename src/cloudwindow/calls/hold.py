"""Hold 保持: the clerk looks something up or asks somebody, and neither side hears the other meanwhile.

The server sees no media: the pages silence themselves by what the call says. The call itself goes on, so whoever hangs
up, loses the line or comes back does so as in any call, and the end of a call ends its hold.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, select

from cloudwindow.calls import parameters as limits
from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls.call_views import show_call
from cloudwindow.calls.calling import lock_served
from cloudwindow.calls.evidence import note
from cloudwindow.calls.models import Hold
from cloudwindow.calls.schemas import CallView
from cloudwindow.calls.sessions import announce_call, end_hold
from cloudwindow.foundation import parameters
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.ids import new_id


@action("call.hold")
async def hold(tx: Tx, call_id: UUID) -> CallView:
    """Put a call on hold; one that is held already stays as it is. Raises `not_found` and `call_over`."""
    call, row = await lock_served(tx, call_id)
    # scope: of the call in which the actor found its place
    if await tx.session.scalar(select(Hold.id).where(Hold.call_id == call.id, Hold.ended_at.is_(None))) is None:
        patience = timedelta(seconds=await parameters.get(tx.session, limits.HOLD_REMIND_SECONDS))
        hold_id = new_id()
        values = {"id": hold_id, "call_id": call.id, "started_at": tx.now, "remind_at": tx.now + patience}
        # scope: of the call in which the actor found its place
        await tx.session.execute(insert(Hold).values(**values))
        tx.audit("call_hold", hold_id, call=call.id, started_at=tx.now)
        await note(tx, row.id, "hold", call=str(call.id))
        return await announce_call(tx, row, call.id)
    return await show_call(tx.session, call.id)


@action("call.resume")
async def resume(tx: Tx, call_id: UUID) -> CallView:
    """Go on with a call; one that is not held stays as it is. Raises `not_found` and `call_over`."""
    call, row = await lock_served(tx, call_id)
    if await end_hold(tx, row, call.id, "resumed"):
        return await announce_call(tx, row, call.id)
    return await show_call(tx.session, call.id)
