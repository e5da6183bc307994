"""Asking another member of staff into a call, or handing it on."""

from uuid import UUID

from fastapi import APIRouter, Request

from cloudwindow.calls import inviting, transferring
from cloudwindow.calls.schemas import CallView, InviteRequest, TransferRequest
from cloudwindow.dispatch import Candidate, Reply, TransferOptions
from cloudwindow.foundation.http import Acting, OnceKey, Reading, StaffActor, house, once_key

router = APIRouter(prefix="/api", tags=["calls"])


@router.get("/calls/{call_id}/candidates")
async def list_candidates(call_id: UUID, session: Reading, actor: StaffActor) -> list[Candidate]:
    """Who could be asked into the call, the best first; the unavailable with the reason."""
    return await inviting.who_could_come(session, actor, call_id)


@router.post("/calls/{call_id}/invitations")
async def invite(call_id: UUID, body: InviteRequest, acting: Acting, actor: StaffActor, key: OnceKey) -> CallView:
    """Ring somebody for the call."""
    return await acting.once(actor, once_key(actor, key, CallView), inviting.invite, call_id, body)


@router.delete("/calls/{call_id}/invitations/{invitation_id}")
async def uninvite(call_id: UUID, invitation_id: UUID, acting: Acting, actor: StaffActor) -> CallView:
    """Take back an invitation that still rings."""
    return await acting.run(actor, inviting.uninvite, call_id, invitation_id)


@router.get("/calls/{call_id}/invitations/{invitation_id}/reply")
async def show_reply(
    call_id: UUID, invitation_id: UUID, request: Request, session: Reading, actor: StaffActor
) -> Reply:
    """What somebody wrote instead of coming."""
    return await inviting.read_reply(session, house(request).keys, actor, call_id, invitation_id)


@router.post("/calls/{call_id}/leave")
async def leave(call_id: UUID, acting: Acting, actor: StaffActor, key: OnceKey) -> CallView:
    """Leave a call into which one was invited."""
    return await acting.once(actor, once_key(actor, key, CallView), inviting.leave, call_id)


@router.delete("/calls/{call_id}/participants/{participant_id}")
async def remove(call_id: UUID, participant_id: UUID, acting: Acting, actor: StaffActor) -> CallView:
    """Let somebody go who was invited."""
    return await acting.run(actor, inviting.remove, call_id, participant_id)


@router.get("/calls/{call_id}/transfer")
async def list_transfers(call_id: UUID, request: Request, session: Reading, actor: StaffActor) -> TransferOptions:
    """To whom the call could be handed on."""
    return await transferring.where_to(session, house(request).database.zone, actor, call_id)


@router.post("/calls/{call_id}/transfer")
async def transfer(call_id: UUID, body: TransferRequest, acting: Acting, actor: StaffActor, key: OnceKey) -> CallView:
    """转接: hand the matter on; the clerk is free at once."""
    return await acting.once(actor, once_key(actor, key, CallView), transferring.transfer, call_id, body)
