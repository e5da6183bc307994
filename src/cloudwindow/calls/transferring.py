"""Handing a talk on 转接: somebody else, or another desk, goes on with the same session (model §3).

Whoever hands on writes no wrap-up: outcome and summary belong to whoever ends the session. Chat, matters and papers
stay with it. Where the ticket goes, and who is rung, stands in dispatch.
"""

from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from cloudwindow.calls import problems as _problems  # noqa: F401  registers the codes raised here
from cloudwindow.calls.call_views import show_call
from cloudwindow.calls.calling import lock_served
from cloudwindow.calls.evidence import note
from cloudwindow.calls.inviting import served_by
from cloudwindow.calls.schemas import CallView, TransferRequest
from cloudwindow.calls.sessions import end_live_call, release_clerk
from cloudwindow.dispatch import HANDED_ON, Target, TransferOptions, hand_on, transfer_options
from cloudwindow.foundation.actions import Tx, action
from cloudwindow.foundation.authentication import Actor
from cloudwindow.foundation.errors import Problem


async def where_to(session: AsyncSession, zone: ZoneInfo, actor: Actor, call_id: UUID) -> TransferOptions:
    """List to whom the clerk of a call may hand it on. Raises `not_found` and `not_allowed`."""
    ticket_id, clerk = await served_by(session, actor, call_id)
    return await transfer_options(session, zone, ticket_id, clerk)


@action("call.transfer")
async def transfer(tx: Tx, call_id: UUID, request: TransferRequest) -> CallView:
    """Hand the matter of a connected call on, and be free at once; the call ends, the session goes on.

    Raises `wrong_state` while the other side is not there, and what `dispatch.hand_on` raises.
    """
    call, row = await lock_served(tx, call_id)
    if call.state != "connected":
        raise Problem("wrong_state", thing="call", state=call.state, event="transfer")
    await end_live_call(tx, row, HANDED_ON)
    await hand_on(tx, row.ticket_id, Target(request.to, request.id), request.words)
    await note(tx, row.id, HANDED_ON, **{"from": str(row.clerk_id), request.to: str(request.id)})
    release_clerk(tx, row.clerk_id)
    return await show_call(tx.session, call_id)
